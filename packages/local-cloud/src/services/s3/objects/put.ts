/** PutObject. */
import { createHash, randomBytes } from 'node:crypto';
import { AwsError } from '../../../http/aws-error.ts';
import { authorizeObject, requestTagContext } from '../access.ts';
import { checksumHeader, startTally } from '../checksum/algorithms.ts';
import { claimedChecksum, readContentMd5, verifyChecksum } from '../checksum/claims.ts';
import type { Handler, S3Request } from '../core.ts';
import { receiveBody } from '../store/body-writer.ts';
import type { Bucket } from '../store/buckets.ts';
import type { Checksum, Encryption, ObjectDetail } from '../store/records.ts';
import type { NewVersion } from '../store/versions.ts';
import { badContentMd5 } from '../wire/read-body.ts';
import { sendEmpty } from '../wire/xml.ts';
import { refuseAcl } from './acl.ts';
import { checkWriteConditions, readWriteConditions } from './conditions.ts';
import { readDescription } from './description.ts';
import { encryptionHeaders, newDataKey, objectName, refuseCustomerKeys } from './encryption.ts';
import { versionHeader } from './find.ts';

/** The largest body of one PUT or part: 5 GiB. */
export const MAX_PUT_BYTES = 5 * 1024 ** 3;

export const putObject: Handler = async (request, response) => {
  const { call, core, key } = request;
  const description = readDescription(request);
  const bucket = authorizePut(request, description.tags);
  const conditions = readWriteConditions(call);
  if (conditions.match !== undefined) authorizeObject(request, 's3:GetObject');
  const { dataKey, encryption } = newDataKey(request, bucket);
  const taken = await takeBody(request, dataKey, encryption);
  try {
    const detail: ObjectDetail = { ...description, encryption, segments: [taken.received.segment], checksum: taken.checksum };
    const { added, cleanUp } = await core.commits.run(() => {
      const settings = core.buckets.mustStand(bucket);
      checkWriteConditions(conditions, key, core.versions.latest(bucket.id, key));
      core.blobs.insert(taken.received.segment.blob, taken.received.inline);
      const version: NewVersion = { size: taken.received.segment.size, etag: taken.etag, modified: call.now, detail };
      const { added, dropped } = core.versions.add(bucket.id, key, settings.versioning ?? 'Off', version);
      return { added, cleanUp: core.blobs.remove(dropped) };
    });
    cleanUp();
    const headers = { etag: `"${taken.etag}"`, ...checksumHeaders(taken.checksum), ...encryptionHeaders(encryption), ...versionHeader(bucket, added) };
    sendEmpty(response, 200, headers);
  } catch (error) {
    taken.received.discard();
    throw error;
  }
};

/** Authorises storing an object with these tags. */
export function authorizePut(request: S3Request, tags: Readonly<Record<string, string>>): Bucket {
  const bucket = authorizeObject(request, 's3:PutObject', requestTagContext(tags));
  if (Object.keys(tags).length > 0) authorizeObject(request, 's3:PutObjectTagging', requestTagContext(tags));
  refuseCustomerKeys(request);
  refuseAcl(request);
  return bucket;
}

/** A checksum as response headers. */
export function checksumHeaders(checksum: Checksum | undefined): Record<string, string> {
  return checksum === undefined ? {} : { [checksumHeader(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type };
}

/**
 * Takes in the request's body with every digest it claims verified. The ETag is the MD5 of the plaintext; under SSE-KMS it is opaque, as on AWS, so that
 * the index does not hold a fingerprint of what is encrypted.
 */
export async function takeBody(request: S3Request, dataKey: Uint8Array, encryption: Encryption, algorithm?: Checksum['algorithm']) {
  const { call, core } = request;
  checkLength(call.bodyLength);
  const claimedMd5 = readContentMd5(call);
  const claim = claimedChecksum(call);
  const md5 = claimedMd5 !== undefined || encryption.algorithm === 'AES256' ? createHash('md5') : undefined;
  const tally = startTally(claim?.algorithm ?? algorithm ?? 'CRC64NVME');
  let length = 0;
  const received = await receiveBody(core.blobs, dataKey, objectName(request.bucket, request.key), call.body, (piece) => {
    length += piece.byteLength;
    if (length > MAX_PUT_BYTES) throw entityTooLarge(length);
    md5?.update(piece);
    tally.update(piece);
  });
  try {
    const digest = md5?.digest();
    if (claimedMd5 !== undefined && digest?.equals(claimedMd5) !== true) throw badContentMd5();
    const sum = tally.digest();
    const value = claim === undefined ? sum.toString('base64') : verifyChecksum(call, claim, sum);
    const checksum: Checksum = { algorithm: claim?.algorithm ?? algorithm ?? 'CRC64NVME', value, type: 'FULL_OBJECT' };
    const etag = encryption.algorithm === 'AES256' && digest !== undefined ? digest.toString('hex') : randomBytes(16).toString('hex');
    return { received, etag, checksum };
  } catch (error) {
    received.discard();
    throw error;
  }
}

function checkLength(length: number | undefined): void {
  if (length === undefined) throw new AwsError(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
  if (length > MAX_PUT_BYTES) throw entityTooLarge(length);
}

function entityTooLarge(size: number): AwsError {
  const fields = { ProposedSize: String(size), MaxSizeAllowed: String(MAX_PUT_BYTES) };
  return new AwsError(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', fields);
}
