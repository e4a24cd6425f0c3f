/** One file: look, read, write, remove. Each runs under a session that opens this file alone. */
import { nothingHere } from '@hq/shared/acl/actions';
import { HqError, isHqError } from '@hq/shared/errors';
import type { Path } from '@hq/shared/path';
import { maxInlineBytes } from '@hq/shared/schema/files';
import type { Vault } from '@hq/shared/vault';
import type { ObjectFacts, WriteCondition } from '../../ports/objects.ts';
import { openFile, type Job, type StoragePorts } from '../storage-session.ts';

/** A decided request about one file. */
export interface FileJob extends Job {
  readonly at: { readonly path: Path };
}

/** The key of a path: the vault's prefix, and the canonical path as it is. */
export function keyOf(vault: Vault, path: Path): string {
  return vault.keyPrefix + path;
}

/** What storage says of a file, in the caller's words. */
export function describe(path: Path, { size, lastModified, etag, versionId, contentType }: ObjectFacts) {
  return { path, size, lastModified, etag, versionId, contentType };
}

/**
 * What a refused read means once `decide()` has said yes: storage tells no session that may not list a bucket whether something is there, it answers 403 for
 * both. (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html, "Permissions") Whatever storage's words were, the caller hears those that a hidden
 * path has too.
 */
export async function orMissing<Answer>(read: Promise<Answer>): Promise<Answer> {
  try {
    return await read;
  } catch (cause) {
    throw isHqError(cause) && (cause.code === 'FORBIDDEN' || cause.code === 'NOT_FOUND') ? nothingHere(cause) : cause;
  }
}

/** As `orMissing`, for a version that the caller names: one that storage could never have given isn't there either. */
export async function orMissingVersion<Answer>(read: Promise<Answer>): Promise<Answer> {
  try {
    return await orMissing(read);
  } catch (cause) {
    throw isHqError(cause) && cause.code === 'BAD_REQUEST' ? nothingHere(cause) : cause;
  }
}

/** @throws HqError `NOT_FOUND`. */
export async function statFile(ports: StoragePorts, job: FileJob) {
  const { path } = job.at;
  const bucket = await openFile(ports, job, path, 'read');
  return describe(path, await orMissing(bucket.head(keyOf(job.access.vault, path))));
}

/** The whole content, in base64. @throws HqError `NOT_FOUND`; `TOO_LARGE` over `maxInlineBytes`. */
export async function getFile(ports: StoragePorts, job: FileJob, { versionId }: { readonly versionId?: string | undefined }) {
  const { path } = job.at;
  const bucket = await openFile(ports, job, path, 'read');
  const { body, ...facts } = await (versionId === undefined ? orMissing : orMissingVersion)(
    bucket.get(keyOf(job.access.vault, path), { maxBytes: maxInlineBytes, versionId }),
  );
  return { ...describe(path, facts), content: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64') };
}

/**
 * Makes no access record: who wrote a file is in the trail and in its versions, and the rules above it go on deciding. A record for each file would make the
 * policies of a folder as large as the folder.
 *
 * @param content Checked base64 (`schema/files.ts`). @throws HqError `PRECONDITION_FAILED`.
 */
export async function putFile(ports: StoragePorts, job: FileJob, input: WriteCondition & { readonly content: string; readonly contentType: string }) {
  const { path } = job.at;
  const { content, contentType, ifMatch, ifNoneMatch } = input;
  const body = Buffer.from(content, 'base64');
  if (body.length > maxInlineBytes)
    throw new HqError('TOO_LARGE', `A file over ${maxInlineBytes} bytes does not fit in a request.`, { hint: 'Use credentials.issue.' });
  const bucket = await openFile(ports, job, path, 'write');
  return describe(path, await bucket.put(keyOf(job.access.vault, path), body, { contentType, ifMatch, ifNoneMatch }));
}

/** Older versions stay. @throws HqError `NOT_FOUND` where there is nothing to remove, `PRECONDITION_FAILED`. */
export async function removeFile(ports: StoragePorts, job: FileJob, { ifMatch }: { readonly ifMatch?: string | undefined }) {
  const { path } = job.at;
  const key = keyOf(job.access.vault, path);
  const bucket = await openFile(ports, job, path, 'write');
  // Storage would put a deletion's mark on top of nothing and call it success; a person who mistyped wants to know.
  await orMissing(bucket.head(key));
  const { versionId } = await bucket.remove(key, { ifMatch });
  return { path, versionId };
}
