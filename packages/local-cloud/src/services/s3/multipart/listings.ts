/** ListParts and ListMultipartUploads. */
import { authorizeBucket, authorizeObject } from '../access.ts';
import { listingContext, readCount, readListing } from '../buckets/listing-query.ts';
import type { Handler, S3Request } from '../core.ts';
import { ownerXml } from '../objects/acl.ts';
import type { Bucket } from '../store/buckets.ts';
import { BEYOND, commonPrefix, isAfter, successor } from '../store/listings.ts';
import type { Upload } from '../store/uploads.ts';
import { branch, leaf, sendXml, xmlDocument, xmlTime } from '../wire/xml.ts';
import { findUpload } from './upload.ts';

const LARGEST_PAGE = 1000;

export const listParts: Handler = (request, response) => {
  const { core, call, key } = request;
  const bucket = authorizeObject(request, 's3:ListMultipartUploadParts');
  const limit = Math.min(readCount(call.query.get('max-parts'), 'max-parts'), LARGEST_PAGE);
  const after = call.query.has('part-number-marker') ? readCount(call.query.get('part-number-marker'), 'part-number-marker') : 0;
  const upload = findUpload(request, bucket);
  const { checksum, checksumAsked, initiator, storageClass } = upload.detail;
  const found = core.uploads.parts(upload, after, limit + 1);
  const page = found.slice(0, limit);
  const parts = page.map((part) => {
    const shown = checksumAsked ? leaf(`Checksum${checksum.algorithm}`, part.segment.checksum) : '';
    return branch(
      'Part',
      leaf('PartNumber', part.number),
      leaf('LastModified', xmlTime(part.modified)),
      leaf('ETag', `"${part.etag}"`),
      leaf('Size', part.size),
      shown,
    );
  });
  const xml = xmlDocument(
    'ListPartsResult',
    leaf('Bucket', bucket.name),
    leaf('Key', key),
    leaf('UploadId', upload.id),
    initiatorXml(initiator),
    ownerXml(core.accountId),
    leaf('StorageClass', storageClass),
    leaf('PartNumberMarker', after),
    leaf('NextPartNumberMarker', page.at(-1)?.number ?? 0),
    leaf('MaxParts', limit),
    leaf('IsTruncated', limit > 0 && found.length > page.length),
    checksumAsked ? leaf('ChecksumAlgorithm', checksum.algorithm) + leaf('ChecksumType', checksum.type) : '',
    ...parts,
  );
  sendXml(response, 200, xml);
};

export const listMultipartUploads: Handler = (request, response) => {
  const { call, core } = request;
  const bucket = authorizeBucket(request, 's3:ListBucketMultipartUploads', listingContext(request));
  const query = readListing(request, 'max-uploads');
  const keyMarker = call.query.get('key-marker') ?? '';
  const idMarker = keyMarker === '' ? '' : (call.query.get('upload-id-marker') ?? '');
  const { uploads, prefixes, truncated, last } = scanUploads(request, bucket, { ...query, keyMarker, idMarker });
  const xml = xmlDocument(
    'ListMultipartUploadsResult',
    leaf('Bucket', bucket.name),
    leaf('KeyMarker', query.name(keyMarker)),
    leaf('UploadIdMarker', idMarker),
    leaf('NextKeyMarker', truncated ? query.name(last.key) : undefined),
    leaf('NextUploadIdMarker', truncated ? last.id : undefined),
    leaf('Prefix', query.name(query.prefix)),
    leaf('Delimiter', query.delimiter === '' ? undefined : query.name(query.delimiter)),
    leaf('MaxUploads', query.maxKeys),
    leaf('EncodingType', query.encoding),
    leaf('IsTruncated', truncated),
    ...uploads.map((upload) => uploadXml(upload, query.name(upload.key), core.accountId)),
    ...prefixes.map((prefix) => branch('CommonPrefixes', leaf('Prefix', query.name(prefix)))),
  );
  sendXml(response, 200, xml);
};

interface UploadQuery {
  readonly prefix: string;
  readonly delimiter: string;
  readonly limit: number;
  readonly keyMarker: string;
  readonly idMarker: string;
}

/** Sorts after every upload id. */
const LAST_ID = '~';

function scanUploads({ core }: S3Request, bucket: Bucket, { prefix, delimiter, limit, keyMarker, idMarker }: UploadQuery) {
  const until = successor(Buffer.from(prefix)) ?? BEYOND;
  const uploads: Upload[] = [];
  const prefixes: string[] = [];
  let last = { key: keyMarker, id: idMarker };
  let from = startOf({ prefix, delimiter, limit, keyMarker, idMarker });
  if (limit === 0) return { uploads, prefixes, truncated: false, last };
  for (;;) {
    const [next] = core.uploads.scan(bucket.id, from.key, from.id, until, 1);
    if (next === undefined) return { uploads, prefixes, truncated: false, last };
    if (uploads.length + prefixes.length === limit) return { uploads, prefixes, truncated: true, last };
    const common = commonPrefix(next.key, prefix, delimiter);
    if (common === undefined) {
      uploads.push(next);
      last = { key: next.key, id: next.id };
      from = { key: Buffer.from(next.key), id: next.id };
    } else {
      if (isAfter(common, keyMarker)) {
        prefixes.push(common);
        last = { key: common, id: '' };
      }
      const after = successor(Buffer.from(common)) ?? BEYOND;
      if (Buffer.compare(after, from.key) <= 0) throw new Error('a listing stands still');
      from = { key: after, id: '' };
    }
  }
}

function startOf({ prefix, keyMarker, idMarker }: UploadQuery): { key: Buffer; id: string } {
  const [start, marker] = [Buffer.from(prefix), Buffer.from(keyMarker)];
  if (keyMarker === '' || Buffer.compare(marker, start) < 0) return { key: start, id: '' };
  return { key: marker, id: idMarker === '' ? LAST_ID : idMarker };
}

function uploadXml(upload: Upload, key: string, accountId: string): string {
  const { checksum, checksumAsked, initiator, storageClass } = upload.detail;
  return branch(
    'Upload',
    leaf('Key', key),
    leaf('UploadId', upload.id),
    initiatorXml(initiator),
    ownerXml(accountId),
    leaf('StorageClass', storageClass),
    leaf('Initiated', xmlTime(upload.initiated)),
    checksumAsked ? leaf('ChecksumAlgorithm', checksum.algorithm) + leaf('ChecksumType', checksum.type) : '',
  );
}

function initiatorXml(arn: string): string {
  return branch('Initiator', leaf('ID', arn), leaf('DisplayName', arn.slice(arn.lastIndexOf('/') + 1)));
}
