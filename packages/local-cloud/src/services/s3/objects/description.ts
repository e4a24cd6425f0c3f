/** What a client says about a body when it stores it, and what it gets back: system headers, user metadata, tags, storage class. */
import { AwsError } from '../../../http/aws-error.ts';
import type { S3Request } from '../core.ts';
import type { Description, ObjectVersion } from '../store/records.ts';
import { notImplemented } from '../wire/refusals.ts';
import { encryptionHeaders } from './encryption.ts';
import { parseTagHeader } from './tag-set.ts';

const SYSTEM_HEADERS = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
  'x-amz-website-redirect-location',
];
const STORAGE_CLASSES = new Set(['STANDARD', 'REDUCED_REDUNDANCY', 'STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR']);
const METADATA_PREFIX = 'x-amz-meta-';
const MAX_METADATA_BYTES = 2048;
const LOCK_HEADERS = ['x-amz-object-lock-mode', 'x-amz-object-lock-retain-until-date', 'x-amz-object-lock-legal-hold', 'x-amz-write-offset-bytes'];

/** Reads the description from a PUT, a copy with `REPLACE` or CreateMultipartUpload. @throws AwsError 400 where a part of it is not allowed. */
export function readDescription(request: S3Request): Description {
  const { call } = request;
  for (const name of LOCK_HEADERS) if (call.header(name) !== undefined) throw notImplemented(name);
  return {
    headers: systemHeaders(request),
    metadata: userMetadata(request),
    tags: parseTagHeader(call.header('x-amz-tagging')),
    storageClass: storageClass(request),
  };
}

/** The storage class that the request asks for. */
function storageClass({ call }: S3Request): string {
  const name = call.header('x-amz-storage-class') ?? 'STANDARD';
  if (!STORAGE_CLASSES.has(name))
    throw new AwsError(400, 'InvalidStorageClass', 'The storage class you specified is not valid', { StorageClassRequested: name });
  return name;
}

function systemHeaders({ call }: S3Request): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of SYSTEM_HEADERS) {
    const value = name === 'content-encoding' ? withoutChunking(call.header(name)) : call.header(name);
    if (value !== undefined && value !== '') headers[name] = value;
  }
  headers['content-type'] ??= 'binary/octet-stream';
  return headers;
}

/** `aws-chunked` is how the body travelled, not how it is encoded. */
function withoutChunking(encoding: string | undefined): string | undefined {
  return encoding
    ?.split(',')
    .map((part) => part.trim())
    .filter((part) => part.toLowerCase() !== 'aws-chunked')
    .join(',');
}

function userMetadata({ call }: S3Request): Record<string, string> {
  const metadata: Record<string, string> = {};
  let bytes = 0;
  for (const name of new Set(call.headerNames().filter((header) => header.startsWith(METADATA_PREFIX)))) {
    const text = call.header(name);
    if (text === undefined) continue;
    const short = name.slice(METADATA_PREFIX.length);
    metadata[short] = text;
    bytes += Buffer.byteLength(short) + Buffer.byteLength(text, 'latin1');
  }
  if (bytes > MAX_METADATA_BYTES) {
    const fields = { Size: String(bytes), MaxSizeAllowed: String(MAX_METADATA_BYTES) };
    throw new AwsError(400, 'MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size', fields);
  }
  return metadata;
}

/** Response headers of a stored version, its length and checksums left out. */
export function describe(version: ObjectVersion): Record<string, string> {
  const { detail } = version;
  const headers: Record<string, string> = {
    'last-modified': new Date(version.modified).toUTCString(),
    etag: `"${version.etag}"`,
    'accept-ranges': 'bytes',
    ...detail.headers,
    ...encryptionHeaders(detail.encryption),
  };
  for (const [name, value] of Object.entries(detail.metadata)) headers[METADATA_PREFIX + name] = value;
  const tagCount = Object.keys(detail.tags).length;
  if (tagCount > 0) headers['x-amz-tagging-count'] = String(tagCount);
  if (detail.storageClass !== 'STANDARD') headers['x-amz-storage-class'] = detail.storageClass;
  return headers;
}
