/** S3's words for ours. */
import type { _Object as S3Object, DeleteMarkerEntry, GetObjectCommandOutput, HeadObjectCommandOutput, ObjectVersion as S3Version } from '@aws-sdk/client-s3';
import { HqError } from '@hq/shared/errors';
import type { EpochSeconds } from '@hq/shared/time';
import type { ObjectEntry, ObjectFacts, ObjectVersion } from '../../ports/objects.ts';

export const seconds = (date: Date | undefined): EpochSeconds => Math.floor((date?.getTime() ?? 0) / 1000);
export const unquoted = (etag: string | undefined): string => (etag ?? '').replaceAll('"', '');

/** A key as listings with `encoding-type=url` give it: form-encoded, a space as `+`. */
export function decodeKey(encoded: string): string {
  return decodeURIComponent(encoded.replaceAll('+', ' '));
}

/** `x-amz-copy-source`: percent-encoded, with the version beside it. */
export function copySource(bucket: string, key: string, versionId: string | undefined): string {
  const path = `${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
  return versionId === undefined ? path : `${path}?versionId=${encodeURIComponent(versionId)}`;
}

export function toEntry({ Key = '', Size = 0, LastModified, ETag }: S3Object): ObjectEntry {
  return { key: decodeKey(Key), size: Size, lastModified: seconds(LastModified), etag: unquoted(ETag) };
}

export function toFacts(key: string, output: HeadObjectCommandOutput | GetObjectCommandOutput): ObjectFacts {
  return {
    key,
    size: output.ContentLength ?? 0,
    lastModified: seconds(output.LastModified),
    etag: unquoted(output.ETag),
    versionId: output.VersionId ?? null,
    contentType: output.ContentType ?? 'application/octet-stream',
  };
}

export function toVersion(entry: S3Version | DeleteMarkerEntry, deleted: boolean): ObjectVersion {
  return {
    key: decodeKey(entry.Key ?? ''),
    versionId: entry.VersionId ?? 'null',
    size: 'Size' in entry ? (entry.Size ?? 0) : 0,
    lastModified: seconds(entry.LastModified),
    etag: 'ETag' in entry && !deleted ? unquoted(entry.ETag) : null,
    deleted,
    current: entry.IsLatest === true,
  };
}

/** A page of versions goes on at a key and a version: both in one text. */
export function sealMarker(key: string | undefined, versionId: string | undefined): string {
  return Buffer.from(JSON.stringify([decodeKey(key ?? ''), versionId ?? null])).toString('base64url');
}

/** @throws HqError `BAD_REQUEST` for a text that `sealMarker` did not make. */
export function openMarker(token: string): { readonly KeyMarker: string; readonly VersionIdMarker?: string } {
  try {
    const value: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    const [key, versionId]: unknown[] = Array.isArray(value) ? value : [];
    if (typeof key === 'string') return { KeyMarker: key, ...(typeof versionId === 'string' ? { VersionIdMarker: versionId } : {}) };
  } catch {
    // Refused below, as any other text that is none of ours.
  }
  throw new HqError('BAD_REQUEST', 'This continuation token is not one of ours.', { hint: 'Begin again without it.' });
}
