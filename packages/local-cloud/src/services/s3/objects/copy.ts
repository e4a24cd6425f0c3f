/** CopyObject. The body is decrypted under the source's key and sealed anew under the target's, chunk by chunk. */
import { authorizeObject, existingTagContext } from '../access.ts';
import { algorithmNamed } from '../checksum/algorithms.ts';
import type { Handler, S3Request } from '../core.ts';
import type { Checksum, Description } from '../store/records.ts';
import { invalidArgument, invalidRequest } from '../wire/refusals.ts';
import { leaf, sendXml, xmlDocument, xmlTime } from '../wire/xml.ts';
import { type CopySource, findCopySource, readSource } from './copy-source.ts';
import { readDescription } from './description.ts';
import { encryptionHeaders, newDataKey } from './encryption.ts';
import { writtenVersionHeader } from './find.ts';
import { authorizedConditions, authorizePut } from './put.ts';
import { storeVersion } from './store-version.ts';
import { DEFAULT_ALGORITHM, MAX_PUT_BYTES, takeBody } from './take-body.ts';

export const copyObject: Handler = async (request, response) => {
  const given = readDescription(request);
  const directives = { metadata: readDirective(request, 'metadata'), tagging: readDirective(request, 'tagging') };
  const bucket = authorizePut(request, directives.tagging === 'REPLACE' ? given.tags : {});
  const source = findCopySource(request);
  const conditions = authorizedConditions(request);
  const { size, detail } = source.version;
  if (size > MAX_PUT_BYTES) throw invalidRequest(`The specified copy source is larger than the maximum allowable size for a copy source: ${MAX_PUT_BYTES}`);
  refusePointlessCopy(request, source, directives.metadata);
  const description = describeCopy(request, source, given, directives);
  const algorithm = readAlgorithm(request) ?? detail.checksum?.algorithm ?? DEFAULT_ALGORITHM;
  const key = newDataKey(request, bucket);
  const taken = await takeBody(request, key, readSource(request, source, 0, size), { algorithm });
  const added = await storeVersion(request, bucket, conditions, taken, { ...description, encryption: key.encryption });
  response.setHeaders(new Map(Object.entries({ ...encryptionHeaders(key.encryption), ...writtenVersionHeader(added), ...source.headers })));
  sendXml(response, 200, copyResultXml('CopyObjectResult', taken.etag, added.modified, taken.checksum));
};

/** The answer of both copies. */
export function copyResultXml(root: string, etag: string, modified: number, checksum: Checksum): string {
  const name = `Checksum${checksum.algorithm}`;
  return xmlDocument(root, leaf('LastModified', xmlTime(modified)), leaf('ETag', `"${etag}"`), leaf('ChecksumType', checksum.type), leaf(name, checksum.value));
}

interface Directives {
  readonly metadata: 'COPY' | 'REPLACE';
  readonly tagging: 'COPY' | 'REPLACE';
}

function readDirective({ call }: S3Request, what: 'metadata' | 'tagging'): 'COPY' | 'REPLACE' {
  const name = `x-amz-${what}-directive`;
  const value = call.header(name)?.toUpperCase() ?? 'COPY';
  if (value !== 'COPY' && value !== 'REPLACE') throw invalidArgument(`Unknown ${what} directive.`, name, value);
  return value;
}

function readAlgorithm({ call }: S3Request): Checksum['algorithm'] | undefined {
  const name = call.header('x-amz-checksum-algorithm');
  const algorithm = name === undefined ? undefined : algorithmNamed(name);
  if (name !== undefined && algorithm === undefined)
    throw invalidRequest('Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]');
  return algorithm;
}

/** What the copy says about itself. Tags that come along need the rights to read and to set them, as on AWS. */
function describeCopy(request: S3Request, source: CopySource, given: Description, directives: Directives): Description {
  const from = source.version.detail;
  const { 'x-amz-website-redirect-location': _, ...kept } = from.headers;
  const redirect = given.headers['x-amz-website-redirect-location'];
  const copied = { headers: { ...kept, ...(redirect === undefined ? {} : { 'x-amz-website-redirect-location': redirect }) }, metadata: from.metadata };
  const { headers, metadata } = directives.metadata === 'COPY' ? copied : given;
  if (directives.tagging === 'COPY' && Object.keys(from.tags).length > 0) {
    const context = existingTagContext(from.tags);
    authorizeObject(request, source.versionId === undefined ? 's3:GetObjectTagging' : 's3:GetObjectVersionTagging', context, { ...request, ...source });
    authorizePut(request, from.tags);
  }
  return { headers, metadata, tags: directives.tagging === 'COPY' ? from.tags : given.tags, storageClass: given.storageClass };
}

/** Copying the newest version onto itself must change something. */
function refusePointlessCopy(request: S3Request, source: CopySource, metadata: Directives['metadata']): void {
  const { call } = request;
  const same = source.bucket === request.bucket && source.key === request.key && source.version.latest;
  const changing = ['x-amz-storage-class', 'x-amz-server-side-encryption', 'x-amz-website-redirect-location'].some((name) => call.header(name) !== undefined);
  if (!same || metadata === 'REPLACE' || changing) return;
  throw invalidRequest(
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  );
}
