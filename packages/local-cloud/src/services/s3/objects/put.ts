/** PutObject. */
import { authorizeObject, requestTagContext } from '../access.ts';
import type { Handler, S3Request } from '../core.ts';
import type { Bucket } from '../store/buckets.ts';
import { sendEmpty } from '../wire/xml.ts';
import { refuseAcl } from './acl.ts';
import { readWriteConditions, type WriteConditions } from './conditions.ts';
import { readDescription } from './description.ts';
import { encryptionHeaders, newDataKey, refuseCustomerKeys } from './encryption.ts';
import { writtenVersionHeader } from './find.ts';
import { storeVersion } from './store-version.ts';
import { checksumHeaders, takeRequestBody } from './take-body.ts';

export const putObject: Handler = async (request, response) => {
  const description = readDescription(request);
  const bucket = authorizePut(request, description.tags);
  const conditions = authorizedConditions(request);
  const key = newDataKey(request, bucket);
  const taken = await takeRequestBody(request, key);
  const added = await storeVersion(request, bucket, conditions, taken, { ...description, encryption: key.encryption });
  sendEmpty(response, 200, {
    etag: `"${taken.etag}"`,
    ...checksumHeaders(taken.checksum),
    ...encryptionHeaders(key.encryption),
    ...writtenVersionHeader(added),
  });
};

/** Authorises storing an object with these tags. @returns the bucket. */
export function authorizePut(request: S3Request, tags: Readonly<Record<string, string>>, context: Readonly<Record<string, string>> = {}): Bucket {
  const bucket = authorizeObject(request, 's3:PutObject', { ...requestTagContext(tags), ...context });
  if (Object.keys(tags).length > 0) authorizeObject(request, 's3:PutObjectTagging', requestTagContext(tags));
  refuseCustomerKeys(request);
  refuseAcl(request);
  return bucket;
}

/** The conditions of a write. Comparing an ETag reads something of the object, so `If-Match` asks for `s3:GetObject` too. */
export function authorizedConditions(request: S3Request): WriteConditions {
  const conditions = readWriteConditions(request.call);
  if (conditions.match !== undefined) authorizeObject(request, 's3:GetObject');
  return conditions;
}
