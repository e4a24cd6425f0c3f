/** ListObjectVersions. */
import { authorizeBucket } from '../access.ts';
import type { Handler } from '../core.ts';
import { readVersionId } from '../objects/find.ts';
import { ownerXml } from '../objects/acl.ts';
import type { Start } from '../store/listings.ts';
import { versionNumber } from '../store/versions.ts';
import { invalidArgument } from '../wire/refusals.ts';
import { branch, leaf, sendXml, xmlDocument, xmlTime } from '../wire/xml.ts';
import { objectXml } from './list-objects.ts';
import { listingContext, readListing } from './listing-query.ts';

export const listObjectVersions: Handler = (request, response) => {
  const bucket = authorizeBucket(request, 's3:ListBucketVersions', listingContext(request));
  const { call, core } = request;
  const query = readListing(request);
  const keyMarker = call.query.get('key-marker') ?? '';
  const versionMarker = readVersionId(call.query.get('version-id-marker') || undefined);
  if (versionMarker !== undefined && keyMarker === '') {
    throw invalidArgument('A version-id marker cannot be specified without a key marker.', 'version-id-marker', versionMarker);
  }
  const start: Start = { after: keyMarker };
  const page = core.listings.history({
    bucket: bucket.id,
    ...query,
    start: versionMarker === undefined ? start : { ...start, olderThan: place(versionMarker) },
  });
  const owner = ownerXml(core.accountId);
  const entries = page.versions.map((version) => {
    const ids = leaf('VersionId', version.versionId) + leaf('IsLatest', version.latest);
    if (version.detail !== undefined) return branch('Version', objectXml(version, query), ids, owner);
    return branch('DeleteMarker', leaf('Key', query.name(version.key)), ids, leaf('LastModified', xmlTime(version.modified)), owner);
  });
  const { last } = page;
  const xml = xmlDocument(
    'ListVersionsResult',
    leaf('Name', bucket.name),
    leaf('Prefix', query.name(query.prefix)),
    leaf('KeyMarker', query.name(keyMarker)),
    leaf('VersionIdMarker', versionMarker ?? ''),
    leaf('NextKeyMarker', last === undefined || !page.truncated ? undefined : query.name(typeof last === 'string' ? last : last.key)),
    leaf('NextVersionIdMarker', last === undefined || !page.truncated || typeof last === 'string' ? undefined : last.versionId),
    leaf('MaxKeys', query.maxKeys),
    leaf('Delimiter', query.delimiter === '' ? undefined : query.name(query.delimiter)),
    leaf('EncodingType', query.encoding),
    leaf('IsTruncated', page.truncated),
    ...entries,
    ...page.prefixes.map((prefix) => branch('CommonPrefixes', leaf('Prefix', query.name(prefix)))),
  );
  sendXml(response, 200, xml);

  /** A version id holds its place, so a page goes on even where the marker's version was deleted meanwhile; `null` has to be looked up. */
  function place(versionId: string): number {
    return versionNumber(versionId) ?? core.versions.find(bucket.id, keyMarker, versionId)?.number ?? Number.MAX_SAFE_INTEGER;
  }
};
