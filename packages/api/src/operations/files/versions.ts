/** The past of one file. */
import { nothingHere } from '@hq/shared/acl/actions';
import { pageSize } from '@hq/shared/schema/files';
import type { Ports } from '../../context.ts';
import { openFile, openListing, type StoragePorts } from '../storage-session.ts';
import { describe, keyOf, orMissingVersion, type FileJob } from './file.ts';

/** Newest first, deletions included. @throws HqError `NOT_FOUND` where there never was such a file. */
export async function listVersions(
  ports: StoragePorts & Pick<Ports, 'pageTokens'>,
  job: FileJob,
  { continuationToken }: { readonly continuationToken?: string | undefined },
) {
  const { path } = job.at;
  const { vault, person } = job.access;
  const key = keyOf(vault, path);
  const binding = ['versions', person.id, vault.id, path];
  const token = continuationToken === undefined ? undefined : ports.pageTokens.open(continuationToken, binding);
  const bucket = await openListing(ports, job, path);
  const page = await bucket.versions({ prefix: key, token, limit: pageSize });
  // The prefix also finds `name.md.bak` beside `name.md`; names come in order, so those are behind all that we look for.
  const versions = page.versions.filter((version) => version.key === key);
  if (versions.length === 0 && token === undefined) throw nothingHere();
  const ended = page.token === null || versions.length < page.versions.length;
  return {
    versions: versions.map(({ versionId, size, lastModified, etag, deleted, current }) => ({ versionId, size, lastModified, etag, deleted, current })),
    continuationToken: ended || page.token === null ? null : ports.pageTokens.seal(page.token, binding),
  };
}

/** An old version as the newest again. The versions in between stay. @throws HqError `NOT_FOUND`. */
export async function restoreFile(ports: StoragePorts, job: FileJob, { versionId }: { readonly versionId: string }) {
  const { path } = job.at;
  const key = keyOf(job.access.vault, path);
  const bucket = await openFile(ports, job, path, 'write');
  return describe(path, await orMissingVersion(bucket.copy({ key, versionId }, key)));
}
