/** CompleteMultipartUpload: names the parts' blobs, in order, as one object. No byte is copied, whatever the size. */
import { createHash } from 'node:crypto';
import { AwsError } from '../../../http/aws-error.ts';
import { ALGORITHMS, checksumHeader, startTally } from '../checksum/algorithms.ts';
import { combineDigests } from '../checksum/combine.ts';
import type { Handler, S3Request } from '../core.ts';
import { checkWriteConditions } from '../objects/conditions.ts';
import { encryptionHeaders, openDataKey } from '../objects/encryption.ts';
import { writtenVersionHeader } from '../objects/find.ts';
import { authorizedConditions, authorizePut } from '../objects/put.ts';
import type { Bucket } from '../store/buckets.ts';
import type { Checksum, ObjectDetail, ObjectVersion, Version } from '../store/records.ts';
import type { Part, Upload } from '../store/uploads.ts';
import { readXmlBody } from '../wire/read-body.ts';
import { childrenNamed, childText, malformedXml, type XmlElement } from '../wire/read-xml.ts';
import { invalidRequest } from '../wire/refusals.ts';
import { leaf, sendXml, xmlDocument } from '../wire/xml.ts';
import { findUpload, noSuchUpload } from './upload.ts';

const MIN_PART_BYTES = 5 * 1024 ** 2;
const MAX_PARTS = 10_000;

export const completeMultipartUpload: Handler = async (request, response) => {
  const { core, call, key } = request;
  const bucket = authorizePut(request, {}, { 's3:ObjectCreationOperation': 'true' });
  const conditions = authorizedConditions(request);
  const wanted = childrenNamed(await readXmlBody(call, 'CompleteMultipartUpload'), 'Part').map(readWantedPart);
  if (wanted.length === 0 || wanted.length > MAX_PARTS) throw malformedXml();
  const id = call.query.get('uploadId') ?? '';
  const open = core.uploads.find(bucket.id, key, id);
  if (open !== undefined) openDataKey(request, request, open.detail.encryption); // AWS asks for kms:Decrypt here
  const { version, cleanUp } = await core.commits.run(() => {
    const repeated = alreadyCompleted(request, bucket, id);
    if (repeated !== undefined) return { version: repeated, cleanUp: () => undefined };
    const upload = findUpload(request, bucket);
    const stored = core.uploads.parts(upload);
    const parts = chooseParts(wanted, stored, upload);
    const size = parts.reduce((sum, part) => sum + part.size, 0);
    checkSize(request, size);
    const checksum = checkedChecksum(request, upload, parts);
    checkWriteConditions(conditions, key, core.versions.latest(bucket.id, key));
    const { initiator: _, checksumAsked: __, ...description } = upload.detail;
    const detail: ObjectDetail = { ...description, checksum, uploadId: upload.id, segments: parts.map((part) => part.segment) };
    const versioning = core.buckets.mustStand(bucket).versioning ?? 'Off';
    const { added, dropped } = core.versions.add(bucket.id, key, versioning, { size, etag: multipartEtag(parts), modified: call.now, detail });
    core.uploads.end(upload);
    const unused = stored.filter((part) => !parts.includes(part)).map((part) => part.segment.blob);
    return { version: { ...added, detail }, cleanUp: core.blobs.remove([...dropped, ...unused]) };
  });
  cleanUp();
  response.setHeaders(new Map(Object.entries({ ...encryptionHeaders(version.detail.encryption), ...writtenVersionHeader(version) })));
  sendXml(response, 200, resultXml(request, version));
};

interface WantedPart {
  readonly number: number;
  readonly etag: string;
  /** Base64 by algorithm. */
  readonly checksums: ReadonlyMap<string, string>;
}

function readWantedPart(element: XmlElement): WantedPart {
  const number = childText(element, 'PartNumber')?.trim() ?? '';
  const etag = childText(element, 'ETag')
    ?.trim()
    .replace(/^"(.*)"$/, '$1');
  if (!/^\d{1,5}$/.test(number) || etag === undefined) throw malformedXml();
  const checksums = new Map<string, string>();
  for (const algorithm of ALGORITHMS) {
    const value = childText(element, `Checksum${algorithm}`);
    if (value !== undefined) checksums.set(algorithm, value);
  }
  return { number: Number(number), etag, checksums };
}

/** The stored parts that the client names, checked one by one. */
function chooseParts(wanted: readonly WantedPart[], stored: readonly Part[], upload: Upload): Part[] {
  const byNumber = new Map(stored.map((part) => [part.number, part]));
  const { algorithm, type } = upload.detail.checksum;
  const order = wanted.map(({ number }) => number);
  if (order.some((number, index) => index > 0 && number <= (order[index - 1] ?? 0))) throw invalidPartOrder(upload);
  return wanted.map(({ number, etag, checksums }, index) => {
    const part = byNumber.get(number);
    const claimed = checksums.get(algorithm);
    if (part === undefined || part.etag !== etag || (claimed !== undefined && claimed !== part.segment.checksum)) throw invalidPart(upload, number, etag);
    if (claimed === undefined && upload.detail.checksumAsked && type === 'COMPOSITE') {
      const name = algorithm.toLowerCase();
      throw invalidRequest(
        `The upload was created using a ${name} checksum. The complete request must include the checksum for each part. It was missing for part ${number} in the request.`,
      );
    }
    if (part.size < MIN_PART_BYTES && index < wanted.length - 1) throw entityTooSmall(part);
    return part;
  });
}

function invalidPartOrder(upload: Upload): AwsError {
  const message = 'The list of parts was not in ascending order. Parts must be ordered by part number.';
  return new AwsError(400, 'InvalidPartOrder', message, { UploadId: upload.id });
}

function invalidPart(upload: Upload, number: number, etag: string): AwsError {
  const message =
    "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.";
  return new AwsError(400, 'InvalidPart', message, { UploadId: upload.id, PartNumber: String(number), ETag: etag });
}

function entityTooSmall(part: Part): AwsError {
  const fields = { ProposedSize: String(part.size), MinSizeAllowed: String(MIN_PART_BYTES), PartNumber: String(part.number), ETag: part.etag };
  return new AwsError(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', fields);
}

function checkSize({ call }: S3Request, size: number): void {
  const claimed = call.header('x-amz-mp-object-size');
  if (claimed !== undefined && claimed !== String(size)) {
    throw invalidRequest(`The provided 'x-amz-mp-object-size' header value ${claimed} does not match what was computed: ${size}`);
  }
}

/** MD5 over the parts' MD5s, and how many there were. */
function multipartEtag(parts: readonly Part[]): string {
  const md5 = createHash('md5');
  for (const part of parts) md5.update(part.etag, 'hex');
  return `${md5.digest('hex')}-${parts.length}`;
}

function checkedChecksum({ call }: S3Request, upload: Upload, parts: readonly Part[]): Checksum {
  const { algorithm, type } = upload.detail.checksum;
  const claimedType = call.header('x-amz-checksum-type')?.toUpperCase();
  if (claimedType !== undefined && claimedType !== type) {
    throw invalidRequest(`The upload was created using the ${type} checksum mode. The complete request must use the same checksum mode.`);
  }
  const digests = parts.map((part) => ({ digest: Buffer.from(part.segment.checksum ?? '', 'base64'), size: part.size }));
  const value =
    type === 'FULL_OBJECT'
      ? combineDigests(algorithm, digests).toString('base64')
      : composite(
          algorithm,
          digests.map(({ digest }) => digest),
        );
  const claimed = call.header(checksumHeader(algorithm));
  if (claimed !== undefined && claimed !== value && `${claimed}-${parts.length}` !== value) {
    throw new AwsError(400, 'BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`);
  }
  return { algorithm, type, value };
}

/** The checksum of the parts' checksums. */
function composite(algorithm: Checksum['algorithm'], digests: readonly Buffer[]): string {
  const tally = startTally(algorithm);
  tally.update(Buffer.concat(digests));
  return `${tally.digest().toString('base64')}-${digests.length}`;
}

/** A client that never saw the answer asks again: the same upload has the same result, as long as its object is the newest. */
function alreadyCompleted({ core, key }: S3Request, bucket: Bucket, id: string): ObjectVersion | undefined {
  if (core.uploads.find(bucket.id, key, id) !== undefined) return undefined;
  const latest: Version | undefined = core.versions.latest(bucket.id, key);
  if (latest?.detail?.uploadId !== id) throw noSuchUpload(id);
  return { ...latest, detail: latest.detail };
}

function resultXml({ bucket, key, call }: S3Request, { etag, detail }: ObjectVersion): string {
  const location = `${call.secure ? 'https' : 'http'}://${call.header('host') ?? ''}/${bucket}/${encodeURIComponent(key)}`;
  const { checksum } = detail;
  return xmlDocument(
    'CompleteMultipartUploadResult',
    leaf('Location', location),
    leaf('Bucket', bucket),
    leaf('Key', key),
    leaf('ETag', `"${etag}"`),
    checksum === undefined ? '' : leaf(`Checksum${checksum.algorithm}`, checksum.value) + leaf('ChecksumType', checksum.type),
  );
}
