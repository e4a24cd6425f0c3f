/** Finds the version that a request reads, or the refusal that AWS would give. */
import { AwsError } from '../../../http/aws-error.ts';
import { missingKey, noSuchKey } from '../access.ts';
import type { S3Request } from '../core.ts';
import type { Bucket } from '../store/buckets.ts';
import type { ObjectVersion, Version } from '../store/records.ts';
import { versionNumber } from '../store/versions.ts';
import { invalidArgument } from '../wire/refusals.ts';

/** The `versionId` of a request, or undefined. @throws AwsError 400 for one that can't be an id. */
export function readVersionId(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (value === 'null' || versionNumber(value) !== undefined) return value;
  throw invalidArgument('Invalid version id specified', 'versionId', value);
}

/** The version that a request names: the newest one or the one with `versionId`. It may be a delete marker. */
export function lookUp({ core }: S3Request, bucket: Bucket, key: string, versionId: string | undefined): Version | undefined {
  return versionId === undefined ? core.versions.latest(bucket.id, key) : core.versions.find(bucket.id, key, versionId);
}

/** Whether a version has a body. */
export function hasBody(version: Version | undefined): version is ObjectVersion {
  return version?.detail !== undefined;
}

/** What was found, if it has a body. @throws AwsError 404 `NoSuchKey` or `NoSuchVersion`, 405 for a delete marker by id, or 403 where the caller may not know. */
export function mustHaveBody(request: S3Request, version: Version | undefined, versionId: string | undefined, at = request): ObjectVersion {
  if (hasBody(version)) return version;
  if (version === undefined) throw missingKey(request, at, versionId === undefined ? noSuchKey(at.key) : noSuchVersion(at.key, versionId));
  throw missingKey(request, at, versionId === undefined ? noSuchKey(at.key) : markerNotAllowed(request));
}

/** Headers that tell about a delete marker, also beside an error. */
export function markerHeaders(version: Version | undefined, versionId: string | undefined): Record<string, string> {
  if (version === undefined || version.detail !== undefined) return {};
  const headers = { 'x-amz-delete-marker': 'true', 'x-amz-version-id': version.versionId, 'last-modified': new Date(version.modified).toUTCString() };
  return versionId === undefined ? headers : { ...headers, allow: 'DELETE' };
}

/** The refusal where a key has no such version. */
function noSuchVersion(key: string, versionId: string): AwsError {
  return new AwsError(404, 'NoSuchVersion', 'The specified version does not exist.', { Key: key, VersionId: versionId });
}

function markerNotAllowed({ call }: S3Request): AwsError {
  const fields = { Method: call.method, ResourceType: 'DeleteMarker' };
  return new AwsError(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.', fields);
}

/** `x-amz-version-id` of a version that was just written: only where versioning is enabled; the `null` version of a suspended bucket goes without. */
export function writtenVersionHeader(version: Version): Record<string, string> {
  return version.versionId === 'null' ? {} : { 'x-amz-version-id': version.versionId };
}

/** `x-amz-version-id`, on buckets that have versions. */
export function versionHeader(bucket: Bucket, version: Version): Record<string, string> {
  return (bucket.settings.versioning ?? 'Off') === 'Off' && version.versionId === 'null' ? {} : { 'x-amz-version-id': version.versionId };
}
