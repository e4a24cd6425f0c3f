/** ListObjectsV2 and ListObjects (V1). */
import { authorizeBucket } from '../access.ts';
import type { Handler } from '../core.ts';
import { ownerXml } from '../objects/acl.ts';
import type { Page } from '../store/listings.ts';
import type { Version } from '../store/records.ts';
import { invalidArgument } from '../wire/refusals.ts';
import { branch, leaf, sendXml, xmlDocument, xmlTime } from '../wire/xml.ts';
import { listingContext, type ListingQuery, readListing } from './listing-query.ts';

export const listObjectsV2: Handler = (request, response) => {
  const bucket = authorizeBucket(request, 's3:ListBucket', listingContext(request));
  const query = readListing(request);
  const { call, core } = request;
  const token = call.query.get('continuation-token');
  const startAfter = call.query.get('start-after');
  const after = token === undefined || token === '' ? (startAfter ?? '') : readToken(token);
  const page = core.listings.objects({ bucket: bucket.id, ...query, start: { after } });
  const owner = call.query.get('fetch-owner') === 'true' ? ownerXml(core.accountId) : '';
  const next = page.truncated && page.last !== undefined ? writeToken(nameOf(page.last)) : undefined;
  const xml = xmlDocument(
    'ListBucketResult',
    leaf('Name', bucket.name),
    leaf('Prefix', query.name(query.prefix)),
    leaf('ContinuationToken', token),
    leaf('NextContinuationToken', next),
    leaf('StartAfter', startAfter === undefined ? undefined : query.name(startAfter)),
    leaf('KeyCount', page.versions.length + page.prefixes.length),
    pageXml(page, query, owner),
  );
  sendXml(response, 200, xml);
};

export const listObjectsV1: Handler = (request, response) => {
  const bucket = authorizeBucket(request, 's3:ListBucket', listingContext(request));
  const query = readListing(request);
  const marker = request.call.query.get('marker') ?? '';
  const page = request.core.listings.objects({ bucket: bucket.id, ...query, start: { after: marker } });
  // V1 names the next marker only where a delimiter makes it hard to tell; otherwise it is the last key.
  const next = page.truncated && query.delimiter !== '' && page.last !== undefined ? query.name(nameOf(page.last)) : undefined;
  const xml = xmlDocument(
    'ListBucketResult',
    leaf('Name', bucket.name),
    leaf('Prefix', query.name(query.prefix)),
    leaf('Marker', query.name(marker)),
    leaf('NextMarker', next),
    pageXml(page, query, ownerXml(request.core.accountId)),
  );
  sendXml(response, 200, xml);
};

function pageXml(page: Page, query: ListingQuery, owner: string): string {
  return [
    leaf('MaxKeys', query.maxKeys),
    leaf('Delimiter', query.delimiter === '' ? undefined : query.name(query.delimiter)),
    leaf('EncodingType', query.encoding),
    leaf('IsTruncated', page.truncated),
    ...page.versions.map((version) => branch('Contents', objectXml(version, query), owner)),
    ...page.prefixes.map((prefix) => branch('CommonPrefixes', leaf('Prefix', query.name(prefix)))),
  ].join('');
}

/** The elements that a listed object and a listed version share. */
export function objectXml(version: Version, query: ListingQuery): string {
  const checksum = version.detail?.checksum;
  return [
    leaf('Key', query.name(version.key)),
    leaf('LastModified', xmlTime(version.modified)),
    leaf('ETag', `"${version.etag}"`),
    leaf('ChecksumAlgorithm', checksum?.algorithm),
    leaf('ChecksumType', checksum?.type),
    leaf('Size', version.size),
    leaf('StorageClass', version.detail?.storageClass),
  ].join('');
}

/** The key or common prefix at the end of a page. */
function nameOf(last: Version | string): string {
  return typeof last === 'string' ? last : last.key;
}

/** Tokens are opaque to clients; they name the place where the last page ended, and grant nothing. */
function writeToken(name: string): string {
  return Buffer.from(`1${name}`).toString('base64');
}

function readToken(token: string): string {
  const text = Buffer.from(token, 'base64').toString('utf8');
  if (!text.startsWith('1') || Buffer.from(text).toString('base64') !== token) {
    throw invalidArgument('The continuation token provided is incorrect', 'continuation-token', token);
  }
  return text.slice(1);
}
