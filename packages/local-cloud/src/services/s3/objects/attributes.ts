/** GetObjectAttributes. */
import { authorizeObject, existingTagContext, versionContext } from '../access.ts';
import type { Handler } from '../core.ts';
import type { ObjectVersion, Segment } from '../store/records.ts';
import { invalidArgument } from '../wire/refusals.ts';
import { branch, leaf, sendXml, xmlDocument } from '../wire/xml.ts';
import { refuseCustomerKeys } from './encryption.ts';
import { lookUp, mustHaveBody, readVersionId, versionHeader } from './find.ts';

const ATTRIBUTES = ['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'];
const LARGEST_PAGE = 1000;

export const getObjectAttributes: Handler = (request, response) => {
  const { call, core, key } = request;
  const versionId = readVersionId(call.query.get('versionId'));
  const known = core.buckets.get(request.bucket);
  const found = known && lookUp(request, known, key, versionId);
  const context = { ...existingTagContext(found?.detail?.tags), ...versionContext(versionId) };
  const kind = versionId === undefined ? 'Object' : 'ObjectVersion';
  authorizeObject(request, `s3:Get${kind}`, context);
  const bucket = authorizeObject(request, `s3:Get${kind}Attributes`, context);
  refuseCustomerKeys(request);
  const wanted = readWanted(call.header('x-amz-object-attributes'));
  const page = {
    limit: readNumber(call.header('x-amz-max-parts'), 'x-amz-max-parts', LARGEST_PAGE),
    after: readNumber(call.header('x-amz-part-number-marker'), 'x-amz-part-number-marker', 0),
  };
  const version = mustHaveBody(request, found, versionId);
  const elements: Readonly<Record<string, string>> = {
    ETag: leaf('ETag', version.etag),
    Checksum: checksumXml(version),
    ObjectParts: partsXml(version, page),
    StorageClass: leaf('StorageClass', version.detail.storageClass),
    ObjectSize: leaf('ObjectSize', version.size),
  };
  response.setHeaders(new Map(Object.entries({ 'last-modified': new Date(version.modified).toUTCString(), ...versionHeader(bucket, version) })));
  sendXml(response, 200, xmlDocument('GetObjectAttributesResponse', ...ATTRIBUTES.filter((name) => wanted.has(name)).map((name) => elements[name] ?? '')));
};

function readWanted(header: string | undefined): Set<string> {
  const names = (header ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const unknown = names.find((name) => !ATTRIBUTES.includes(name));
  if (names.length === 0 || unknown !== undefined) throw invalidArgument('Invalid attribute name specified.', 'x-amz-object-attributes', unknown);
  return new Set(names);
}

function readNumber(text: string | undefined, name: string, absent: number): number {
  if (text === undefined) return absent;
  if (!/^\d{1,9}$/.test(text)) throw invalidArgument(`${name} must be a number.`, name, text);
  return Number(text);
}

function checksumXml({ detail: { checksum } }: ObjectVersion): string {
  return checksum === undefined
    ? ''
    : branch('Checksum', leaf(`Checksum${checksum.algorithm}`, checksum.value.replace(/-\d+$/, '')), leaf('ChecksumType', checksum.type));
}

/** Only a multipart object has parts. */
function partsXml({ detail }: ObjectVersion, { limit, after }: { readonly limit: number; readonly after: number }): string {
  const parts = detail.segments.filter((segment): segment is Segment & { part: number } => segment.part !== undefined);
  if (parts.length === 0) return '';
  const rest = parts.filter(({ part }) => part > after);
  const page = rest.slice(0, Math.min(limit, LARGEST_PAGE));
  const algorithm = detail.checksum?.algorithm;
  return branch(
    'ObjectParts',
    leaf('PartsCount', parts.length),
    leaf('PartNumberMarker', after),
    leaf('NextPartNumberMarker', page.at(-1)?.part ?? 0),
    leaf('MaxParts', Math.min(limit, LARGEST_PAGE)),
    leaf('IsTruncated', page.length < rest.length),
    ...page.map(({ part, size, checksum }) =>
      branch('Part', leaf('PartNumber', part), leaf('Size', size), algorithm === undefined ? '' : leaf(`Checksum${algorithm}`, checksum)),
    ),
  );
}
