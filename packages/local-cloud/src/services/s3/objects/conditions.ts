/** Conditional requests (RFC 9110, section 13, as S3 reads it). */
import { AwsError } from '../../../http/aws-error.ts';
import { noSuchKey } from '../access.ts';
import type { Call } from '../../service.ts';
import type { Version } from '../store/records.ts';
import { notImplemented, preconditionFailed } from '../wire/refusals.ts';

/** Whether a list of entity tags (or `*`) names this one. */
export function etagListed(list: string, etag: string): boolean {
  return list.split(',').some((entry) => {
    const tag = entry
      .trim()
      .replace(/^W\//, '')
      .replace(/^"(.*)"$/, '$1');
    return tag === '*' || tag === etag;
  });
}

/** The four conditions of a read. `copy` reads them from `x-amz-copy-source-…` and answers 412 where a GET would say 304. */
export function checkReadConditions(call: Call, version: Version, copy = false): void {
  const header = (name: string): string | undefined => call.header(copy ? `x-amz-copy-source-${name}` : name);
  const modified = Math.floor(version.modified / 1000) * 1000;
  const match = header('if-match');
  const noneMatch = header('if-none-match');
  const unmodifiedSince = readDate(header('if-unmodified-since'));
  const modifiedSince = readDate(header('if-modified-since'));
  if (match !== undefined && !etagListed(match, version.etag)) throw preconditionFailed('If-Match');
  if (match === undefined && unmodifiedSince !== undefined && modified > unmodifiedSince) throw preconditionFailed('If-Unmodified-Since');
  const notModified = (condition: string): AwsError => (copy ? preconditionFailed(condition) : new AwsError(304, 'NotModified', 'Not Modified'));
  if (noneMatch !== undefined && etagListed(noneMatch, version.etag)) throw notModified('If-None-Match');
  if (noneMatch === undefined && modifiedSince !== undefined && modified <= modifiedSince) throw notModified('If-Modified-Since');
}

/** Whether a Range header counts: without `If-Range`, or with one that names this very version (RFC 9110, section 13.1.5). */
export function rangeCounts(call: Call, version: Version): boolean {
  const header = call.header('if-range');
  if (header === undefined) return true;
  return header.includes('"') ? header === `"${version.etag}"` : readDate(header) === Math.floor(version.modified / 1000) * 1000;
}

function readDate(text: string | undefined): number | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

/** The conditions of a write, read before anything is stored. */
export interface WriteConditions {
  readonly match: string | undefined;
  readonly noneMatch: boolean;
}

/** @throws AwsError 501 for what S3 does not offer on writes: an `If-None-Match` other than `*`. */
export function readWriteConditions(call: Call): WriteConditions {
  const match = call.header('if-match');
  const noneMatch = call.header('if-none-match');
  if (noneMatch !== undefined && noneMatch !== '*') throw notImplemented('If-None-Match other than *');
  if (match !== undefined && noneMatch !== undefined) throw notImplemented('If-Match together with If-None-Match');
  return { match, noneMatch: noneMatch === '*' };
}

/** Judges a write against the newest version, inside the commit. @throws AwsError 412, or 404 where `If-Match` finds no object. */
export function checkWriteConditions(conditions: WriteConditions, key: string, latest: Version | undefined): void {
  const current = latest?.detail === undefined ? undefined : latest;
  if (conditions.noneMatch && current !== undefined) throw preconditionFailed('If-None-Match');
  if (conditions.match === undefined) return;
  if (current === undefined) throw noSuchKey(key);
  if (!etagListed(conditions.match, current.etag)) throw preconditionFailed('If-Match');
}
