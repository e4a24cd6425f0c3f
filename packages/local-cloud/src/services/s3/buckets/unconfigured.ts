/** Settings that no bucket has here. Asking for one is answered truthfully (it is not configured); setting one is refused as not implemented. */
import { AwsError } from '../../../http/aws-error.ts';
import { authorizeBucket } from '../access.ts';
import type { Handler } from '../core.ts';
import { leaf, sendXml, xmlDocument } from '../wire/xml.ts';

/** Refuses as AWS does for a bucket without the setting. */
function absent(action: string, code: string, message: string): Handler {
  return (request) => {
    const bucket = authorizeBucket(request, action);
    throw new AwsError(404, code, message, { BucketName: bucket.name });
  };
}

/** Answers with the empty or standing configuration. */
function standing(action: string, root: string, ...children: readonly string[]): Handler {
  return (request, response) => {
    authorizeBucket(request, action);
    sendXml(response, 200, xmlDocument(root, ...children));
  };
}

export const getLifecycle = absent('s3:GetLifecycleConfiguration', 'NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist');
export const getWebsite = absent('s3:GetBucketWebsite', 'NoSuchWebsiteConfiguration', 'The specified bucket does not have a website configuration');
export const getReplication = absent('s3:GetReplicationConfiguration', 'ReplicationConfigurationNotFoundError', 'The replication configuration was not found');
export const getObjectLock = absent(
  's3:GetBucketObjectLockConfiguration',
  'ObjectLockConfigurationNotFoundError',
  'Object Lock configuration does not exist for this bucket',
);
export const getLogging = standing('s3:GetBucketLogging', 'BucketLoggingStatus');
export const getNotification = standing('s3:GetBucketNotification', 'NotificationConfiguration');
export const getAccelerate = standing('s3:GetAccelerateConfiguration', 'AccelerateConfiguration');
export const getRequestPayment = standing('s3:GetBucketRequestPayment', 'RequestPaymentConfiguration', leaf('Payer', 'BucketOwner'));
