/**
 * Which verb a request is: the method, what it is addressed to, and its subresource. The table is closed: a subresource that is not here is refused,
 * never taken for the plain verb beside it.
 */
import { createBucket, deleteBucket, getBucketLocation, headBucket, listBuckets } from './buckets/buckets.ts';
import {
  deleteBucketTagging,
  deleteEncryption,
  deleteOwnership,
  deletePublicAccessBlock,
  getBucketTagging,
  getEncryption,
  getOwnership,
  getPublicAccessBlock,
  getVersioning,
  putBucketTagging,
  putEncryption,
  putOwnership,
  putPublicAccessBlock,
  putVersioning,
} from './buckets/configuration.ts';
import { deleteCors, getCors, putCors } from './buckets/cors.ts';
import { listObjectsV1, listObjectsV2 } from './buckets/list-objects.ts';
import { listObjectVersions } from './buckets/list-versions.ts';
import { deletePolicy, getPolicy, getPolicyStatus, putPolicy } from './buckets/policy.ts';
import {
  getAccelerate,
  getLifecycle,
  getLogging,
  getNotification,
  getObjectLock,
  getReplication,
  getRequestPayment,
  getWebsite,
} from './buckets/unconfigured.ts';
import type { Handler } from './core.ts';
import { completeMultipartUpload } from './multipart/complete.ts';
import { listMultipartUploads, listParts } from './multipart/listings.ts';
import { uploadPart, uploadPartCopy } from './multipart/parts.ts';
import { abortMultipartUpload, createMultipartUpload } from './multipart/upload.ts';
import { getBucketAcl, getObjectAcl, putBucketAcl, putObjectAcl } from './objects/acl.ts';
import { getObjectAttributes } from './objects/attributes.ts';
import { copyObject } from './objects/copy.ts';
import { deleteObject, deleteObjects } from './objects/delete.ts';
import { getObject, headObject } from './objects/get.ts';
import { postObject } from './objects/post.ts';
import { putObject } from './objects/put.ts';
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from './objects/tagging.ts';

interface Route {
  readonly handler: Handler;
  /** Query parameters beside the subresource that this verb understands. */
  readonly parameters: readonly string[];
}

const LISTING = ['prefix', 'delimiter', 'max-keys', 'encoding-type'];
const OVERRIDES = ['content-type', 'content-language', 'expires', 'cache-control', 'content-disposition', 'content-encoding'].map((name) => `response-${name}`);

function route(handler: Handler, ...parameters: readonly string[]): Route {
  return { handler, parameters };
}

/** `METHOD scope`, then ` ?subresource` if there is one, then ` copy` where `x-amz-copy-source` makes a PUT a copy. */
export const ROUTES: Readonly<Record<string, Route>> = {
  'GET service': route(listBuckets, 'max-buckets', 'prefix', 'continuation-token', 'bucket-region'),

  'PUT bucket': route(createBucket),
  'HEAD bucket': route(headBucket),
  'DELETE bucket': route(deleteBucket),
  'GET bucket': route(listObjectsV1, ...LISTING, 'marker'),
  'GET bucket ?list-type': route(listObjectsV2, ...LISTING, 'continuation-token', 'start-after', 'fetch-owner'),
  'GET bucket ?versions': route(listObjectVersions, ...LISTING, 'key-marker', 'version-id-marker'),
  'GET bucket ?location': route(getBucketLocation),
  'GET bucket ?versioning': route(getVersioning),
  'PUT bucket ?versioning': route(putVersioning),
  'GET bucket ?encryption': route(getEncryption),
  'PUT bucket ?encryption': route(putEncryption),
  'DELETE bucket ?encryption': route(deleteEncryption),
  'GET bucket ?publicAccessBlock': route(getPublicAccessBlock),
  'PUT bucket ?publicAccessBlock': route(putPublicAccessBlock),
  'DELETE bucket ?publicAccessBlock': route(deletePublicAccessBlock),
  'GET bucket ?ownershipControls': route(getOwnership),
  'PUT bucket ?ownershipControls': route(putOwnership),
  'DELETE bucket ?ownershipControls': route(deleteOwnership),
  'GET bucket ?tagging': route(getBucketTagging),
  'PUT bucket ?tagging': route(putBucketTagging),
  'DELETE bucket ?tagging': route(deleteBucketTagging),
  'GET bucket ?policy': route(getPolicy),
  'PUT bucket ?policy': route(putPolicy),
  'DELETE bucket ?policy': route(deletePolicy),
  'GET bucket ?policyStatus': route(getPolicyStatus),
  'GET bucket ?acl': route(getBucketAcl),
  'PUT bucket ?acl': route(putBucketAcl),
  'GET bucket ?cors': route(getCors),
  'PUT bucket ?cors': route(putCors),
  'DELETE bucket ?cors': route(deleteCors),
  'GET bucket ?uploads': route(listMultipartUploads, 'prefix', 'delimiter', 'encoding-type', 'max-uploads', 'key-marker', 'upload-id-marker'),
  'POST bucket': route(postObject),
  'POST bucket ?delete': route(deleteObjects),
  'GET bucket ?lifecycle': route(getLifecycle),
  'GET bucket ?website': route(getWebsite),
  'GET bucket ?replication': route(getReplication),
  'GET bucket ?object-lock': route(getObjectLock),
  'GET bucket ?logging': route(getLogging),
  'GET bucket ?notification': route(getNotification),
  'GET bucket ?accelerate': route(getAccelerate),
  'GET bucket ?requestPayment': route(getRequestPayment),

  'PUT object': route(putObject),
  'PUT object copy': route(copyObject),
  'GET object': route(getObject, 'versionId', 'partNumber', ...OVERRIDES),
  'HEAD object': route(headObject, 'versionId', 'partNumber', ...OVERRIDES),
  'DELETE object': route(deleteObject, 'versionId'),
  'GET object ?acl': route(getObjectAcl, 'versionId'),
  'PUT object ?acl': route(putObjectAcl, 'versionId'),
  'GET object ?tagging': route(getObjectTagging, 'versionId'),
  'PUT object ?tagging': route(putObjectTagging, 'versionId'),
  'DELETE object ?tagging': route(deleteObjectTagging, 'versionId'),
  'GET object ?attributes': route(getObjectAttributes, 'versionId'),
  'POST object ?uploads': route(createMultipartUpload),
  'PUT object ?uploadId': route(uploadPart, 'partNumber'),
  'PUT object ?uploadId copy': route(uploadPartCopy, 'partNumber'),
  'GET object ?uploadId': route(listParts, 'max-parts', 'part-number-marker'),
  'POST object ?uploadId': route(completeMultipartUpload),
  'DELETE object ?uploadId': route(abortMultipartUpload),
};
