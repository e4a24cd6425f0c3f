/** GetObject and HeadObject. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { AwsError } from '../../../http/aws-error.ts';
import { authorizeObject, existingTagContext, versionContext } from '../access.ts';
import type { Handler, S3Request } from '../core.ts';
import { readBody } from '../store/body-reader.ts';
import type { Bucket } from '../store/buckets.ts';
import type { Checksum, ObjectVersion } from '../store/records.ts';
import { invalidArgument, invalidRequest } from '../wire/refusals.ts';
import { checkReadConditions, rangeCounts } from './conditions.ts';
import { describe } from './description.ts';
import { objectName, openDataKey, refuseCustomerKeys } from './encryption.ts';
import { hasBody, lookUp, markerHeaders, mustHaveBody, readVersionId, versionHeader } from './find.ts';
import { checksumHeaders } from './take-body.ts';
import { type ByteRange, contentRange, readRange } from './range.ts';

/** Query parameters that replace a response header. */
const OVERRIDES = ['content-type', 'content-language', 'expires', 'cache-control', 'content-disposition', 'content-encoding'];

export const headObject: Handler = (request, response) => {
  const plan = planRead(request, response);
  if (request.call.header('x-amz-checksum-mode') !== undefined) openDataKey(request, request, plan.version.detail.encryption); // AWS asks for kms:Decrypt here
  response.writeHead(plan.status, plan.headers);
  response.end();
};

export const getObject: Handler = async (request, response) => {
  const { status, headers, range, version } = planRead(request, response);
  const dataKey = openDataKey(request, request, version.detail.encryption);
  const body = { segments: version.detail.segments, dataKey, objectName: objectName(request.bucket, request.key) };
  const pieces = readBody(request.core.blobs, body, range.start, range.end);
  await sendPieces(response, status, headers, pieces, range.end - range.start);
};

interface ReadPlan {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly range: ByteRange;
  readonly version: ObjectVersion;
}

/** Everything about the answer but its body. */
function planRead(request: S3Request, response: ServerResponse): ReadPlan {
  const { call, core, key } = request;
  const versionId = readVersionId(call.query.get('versionId'));
  const known = core.buckets.get(request.bucket);
  const found = known === undefined ? undefined : lookUp(request, known, key, versionId);
  const action = versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion';
  const bucket = authorizeObject(request, action, { ...existingTagContext(found?.detail?.tags), ...versionContext(versionId) });
  refuseCustomerKeys(request);
  const version = foundOr404(request, response, found, versionId);
  const headers = { ...describe(version), ...versionHeader(bucket, version) };
  checkConditions(request, response, bucket, version);
  const { range, status, checksum } = readPart(request, version, headers);
  if (call.header('x-amz-checksum-mode')?.toUpperCase() === 'ENABLED') Object.assign(headers, checksumHeaders(checksum));
  headers['content-length'] = String(range.end - range.start);
  override(request, headers);
  return { status, headers, range, version };
}

function foundOr404(request: S3Request, response: ServerResponse, found: Parameters<typeof mustHaveBody>[1], versionId: string | undefined): ObjectVersion {
  if (hasBody(found)) return found;
  try {
    return mustHaveBody(request, found, versionId);
  } catch (error) {
    // Whoever may know that the key is gone also learns that a delete marker hides it.
    if (error instanceof AwsError && error.status !== 403) response.setHeaders(new Map(Object.entries(markerHeaders(found, versionId))));
    throw error;
  }
}

function checkConditions(request: S3Request, response: ServerResponse, bucket: Bucket, version: ObjectVersion): void {
  try {
    checkReadConditions(request.call, version);
  } catch (error) {
    const { etag, 'last-modified': modified } = describe(version);
    if (error instanceof AwsError && error.status === 304) {
      response.setHeaders(new Map(Object.entries({ etag: etag ?? '', 'last-modified': modified ?? '', ...versionHeader(bucket, version) })));
    }
    throw error;
  }
}

/** What the Range header or `partNumber` selects, and the checksum that holds for it. */
function readPart(
  { call }: S3Request,
  version: ObjectVersion,
  headers: Record<string, string>,
): { range: ByteRange; status: number; checksum: Checksum | undefined } {
  const { size, detail } = version;
  const partNumber = call.query.get('partNumber');
  const rangeHeader = rangeCounts(call, version) ? call.header('range') : undefined;
  if (partNumber !== undefined) {
    if (rangeHeader !== undefined) throw invalidRequest('Cannot specify both Range header and partNumber query parameter');
    const { range, checksum } = partRange(partNumber, version);
    if (detail.segments.some((segment) => segment.part !== undefined)) headers['x-amz-mp-parts-count'] = String(detail.segments.length);
    if (size > 0) headers['content-range'] = contentRange(range, size);
    return { range, status: size > 0 ? 206 : 200, checksum };
  }
  const range = readRange(rangeHeader, size);
  if (range === undefined) return { range: { start: 0, end: size }, status: 200, checksum: detail.checksum };
  headers['content-range'] = contentRange(range, size);
  return { range, status: 206, checksum: range.start === 0 && range.end === size ? detail.checksum : undefined };
}

function partRange(text: string, { size, detail }: ObjectVersion): { range: ByteRange; checksum: Checksum | undefined } {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > 10_000) throw invalidArgument('Part number must be an integer between 1 and 10000, inclusive', 'partNumber', text);
  const multipart = detail.segments.some((segment) => segment.part !== undefined);
  if (!multipart && number === 1) return { range: { start: 0, end: size }, checksum: detail.checksum };
  let start = 0;
  for (const [index, segment] of (multipart ? detail.segments : []).entries()) {
    if (index + 1 === number) {
      const { algorithm } = detail.checksum ?? {};
      const checksum =
        segment.checksum === undefined || algorithm === undefined ? undefined : { algorithm, value: segment.checksum, type: 'FULL_OBJECT' as const };
      return { range: { start, end: start + segment.size }, checksum };
    }
    start += segment.size;
  }
  const count = String(multipart ? detail.segments.length : 1);
  throw new AwsError(416, 'InvalidPartNumber', 'The requested partnumber is not satisfiable', { PartNumberRequested: text, ActualPartCount: count });
}

function override({ call }: S3Request, headers: Record<string, string>): void {
  for (const name of OVERRIDES) {
    const value = call.query.get(`response-${name}`);
    if (value === undefined) continue;
    if (call.principal.kind === 'anonymous') throw invalidRequest('Request specific response headers cannot be used for anonymous GET requests.');
    if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) throw invalidArgument('Header value cannot be represented', `response-${name}`, undefined);
    headers[name] = value;
  }
}

/** Sends a body with backpressure. The first piece is verified before the status leaves, so that a small damaged object is a clean error. */
async function sendPieces(
  response: ServerResponse,
  status: number,
  headers: Record<string, string>,
  pieces: AsyncGenerator<Uint8Array, void, undefined>,
  length: number,
): Promise<void> {
  try {
    const first = await pieces.next();
    response.writeHead(status, headers);
    if (first.done === true) {
      response.end();
      return;
    }
    if (first.value.byteLength === length) {
      response.end(first.value);
      return;
    }
    for (let next: IteratorResult<Uint8Array, void> = first; next.done !== true; next = await pieces.next()) {
      if (response.destroyed) return;
      if (!response.write(next.value)) await drained(response);
    }
    response.end();
  } catch (error) {
    // A body that breaks off must not look whole.
    if (response.headersSent) response.destroy();
    throw error;
  } finally {
    await pieces.return();
  }
}

async function drained(response: ServerResponse): Promise<void> {
  const given = new AbortController();
  try {
    await Promise.race([once(response, 'drain', given), once(response, 'close', given)]);
  } finally {
    given.abort();
  }
}
