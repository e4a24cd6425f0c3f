/** UploadPart and UploadPartCopy. */
import { authorizeObject } from '../access.ts';
import { claimedChecksum } from '../checksum/claims.ts';
import type { Handler, S3Request } from '../core.ts';
import { copyResultXml } from '../objects/copy.ts';
import { findCopySource, readSource } from '../objects/copy-source.ts';
import { encryptionHeaders, openDataKey, refuseCustomerKeys } from '../objects/encryption.ts';
import { checksumHeaders, MAX_PUT_BYTES, type Taken, takeBody, takeRequestBody } from '../objects/take-body.ts';
import type { Bucket } from '../store/buckets.ts';
import type { Upload } from '../store/uploads.ts';
import { invalidArgument, invalidRequest } from '../wire/refusals.ts';
import { sendEmpty, sendXml } from '../wire/xml.ts';
import { findUpload } from './upload.ts';

const MAX_PART_NUMBER = 10_000;

export const uploadPart: Handler = async (request, response) => {
  const { number, bucket, upload } = begin(request);
  const { encryption, checksum } = upload.detail;
  const claim = claimedChecksum(request.call);
  if (upload.detail.checksumAsked && claim !== undefined && claim.algorithm !== checksum.algorithm) {
    const [expected, actual] = [checksum.algorithm.toLowerCase(), claim.algorithm.toLowerCase()];
    throw invalidRequest(`Checksum Type mismatch occurred, expected checksum Type: ${expected}, actual checksum Type: ${actual}`);
  }
  const dataKey = openDataKey(request, request, encryption);
  const taken = await takeRequestBody(request, { dataKey, encryption }, { keep: checksum.algorithm });
  await keepPart(request, bucket, number, taken);
  const { 'x-amz-checksum-type': _, ...shown } = checksumHeaders(taken.checksum);
  sendEmpty(response, 200, { etag: `"${taken.etag}"`, ...shown, ...encryptionHeaders(encryption) });
};

export const uploadPartCopy: Handler = async (request, response) => {
  const { number, bucket, upload } = begin(request);
  const source = findCopySource(request);
  const { start, end } = readCopyRange(request, source.version.size);
  if (end - start > MAX_PUT_BYTES)
    throw invalidRequest(`The specified copy source is larger than the maximum allowable size for a copy source: ${MAX_PUT_BYTES}`);
  const { encryption, checksum } = upload.detail;
  const dataKey = openDataKey(request, request, encryption);
  const taken = await takeBody(request, { dataKey, encryption }, readSource(request, source, start, end), { algorithm: checksum.algorithm });
  await keepPart(request, bucket, number, taken);
  response.setHeaders(new Map(Object.entries({ ...encryptionHeaders(encryption), ...source.headers })));
  sendXml(response, 200, copyResultXml('CopyPartResult', taken.etag, request.call.now, taken.checksum));
};

function begin(request: S3Request): { number: number; bucket: Bucket; upload: Upload } {
  const bucket = authorizeObject(request, 's3:PutObject', { 's3:ObjectCreationOperation': 'false' });
  refuseCustomerKeys(request);
  const text = request.call.query.get('partNumber');
  const number = /^\d{1,5}$/.test(text ?? '') ? Number(text) : 0;
  if (number < 1 || number > MAX_PART_NUMBER) throw invalidArgument('Part number must be an integer between 1 and 10000, inclusive', 'partNumber', text);
  return { number, bucket, upload: findUpload(request, bucket) };
}

/** Adds the part to its upload, unless that was aborted or completed meanwhile. */
async function keepPart(request: S3Request, bucket: Bucket, number: number, { received, etag, checksum }: Taken): Promise<void> {
  const { core, call } = request;
  const segment = { ...received.segment, part: number, checksum: checksum.value };
  try {
    const cleanUp = await core.commits.run(() => {
      core.blobs.insert(segment.blob, received.inline);
      const replaced = core.uploads.putPart(findUpload(request, bucket), { number, size: segment.size, etag, modified: call.now, segment });
      return core.blobs.remove(replaced === undefined ? [] : [replaced]);
    });
    cleanUp();
  } catch (error) {
    received.discard();
    throw error;
  }
}

function readCopyRange({ call }: S3Request, size: number): { start: number; end: number } {
  const header = call.header('x-amz-copy-source-range');
  if (header === undefined) return { start: 0, end: size };
  const found = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(header);
  if (found === null || Number(found[1]) > Number(found[2])) {
    const message =
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy';
    throw invalidArgument(message, 'x-amz-copy-source-range', header);
  }
  const [start, end] = [Number(found[1]), Number(found[2]) + 1];
  if (end > size) throw invalidArgument(`Range specified is not valid for source object of size: ${size}`, 'x-amz-copy-source-range', header);
  return { start, end };
}
