/** Both sides changed. Equal content is agreed on; otherwise the vault's version keeps the name and the local one goes beside it, so that nothing is lost. */
import { HqError } from '@hq/shared/errors';
import type { Path } from '@hq/shared/path';
import type { RemoteFile } from '../transfer/remote.ts';
import { conflictPath } from './conflict-name.ts';
import type { HashedFile } from './local.ts';
import { download, upload } from './transfer-steps.ts';
import { belongsTo, entryOf, executableIn, sha256In, stale, type FileAction, type Work } from './work.ts';

/** Moves the local file to its conflict copy's name and returns that; content that lies there already is not kept twice. */
async function moveAside(work: Work, path: Path, mine: HashedFile): Promise<Path> {
  for (const digits of [8, 16, 32, 64]) {
    const copy = conflictPath(path, work.options.device, mine.sha256, digits);
    if (copy === path) continue;
    const there = work.local.look(copy);
    if (there === undefined) {
      work.local.rename(path, mine, copy);
      return copy;
    }
    if ((await work.local.hash(there)).sha256 === mine.sha256) {
      work.local.remove(path, mine);
      return copy;
    }
  }
  throw new HqError('CONFLICT', 'Both sides changed it, and all names for a copy are taken.', { hint: 'Rename the file, then sync again.' });
}

/** The copy is a new file like any other; what is there under its name is found out by the condition of the write. */
async function uploadCopy(work: Work, copy: Path): Promise<void> {
  const local = work.local.look(copy);
  if (local === undefined || work.journal.get(copy) !== undefined || work.local.ignores(copy) || !belongsTo('upload', work.options.direction)) return;
  await upload(work, { kind: 'upload', path: copy, local, remote: undefined, entry: undefined });
}

async function agree(work: Work, action: FileAction, mine: HashedFile, remote: RemoteFile, theirs: { readonly executable: boolean }): Promise<void> {
  const { path, entry } = action;
  if (theirs.executable !== mine.executable) {
    // Only the execute bit differs. Whoever changed it since both agreed wins; without such a time, the vault does.
    if (entry !== undefined && theirs.executable === entry.executable) {
      if (belongsTo('upload', work.options.direction)) await upload(work, { ...action, kind: 'upload', local: mine, remote });
      return;
    }
    mine = work.local.setExecutable(path, mine, theirs.executable);
  }
  work.journal.record(path, entryOf(mine, remote.etag));
  work.options.onEvent({ event: 'agreed', path });
}

/** Decides between two versions that have no common one, or that both left it. */
export async function reconcile(work: Work, action: FileAction): Promise<void> {
  const { path, local, remote, entry } = action;
  if (local === undefined || remote === undefined) throw stale(path);
  const mine = local.sha256 === undefined ? await work.local.hash(local) : { ...local, sha256: local.sha256 };
  if (remote.size === mine.stamp.size || remote.size === entry?.size) {
    const found = await work.remote.stat(path);
    if (found === undefined || found.etag !== remote.etag) throw stale(path);
    const theirs = { sha256: sha256In(found.metadata), executable: executableIn(found.metadata) };
    if (theirs.sha256 === mine.sha256) return agree(work, action, mine, remote, theirs);
    // The vault's version is new, its content is not: only this side really changed.
    if (entry !== undefined && theirs.sha256 === entry.sha256 && theirs.executable === entry.executable) {
      if (belongsTo('upload', work.options.direction)) await upload(work, { ...action, kind: 'upload', local: mine });
      return;
    }
  }
  let copy: Path | undefined;
  const arrived = await download(work, { ...action, local: mine }, async (arrival, executable) => {
    if (arrival.sha256 === mine.sha256) {
      await agree(work, action, mine, remote, { executable });
      return 'agreed';
    }
    copy = await moveAside(work, path, mine);
    return 'place';
  });
  if (!arrived || copy === undefined) return;
  work.options.onEvent({ event: 'conflict', path, copy });
  await uploadCopy(work, copy);
}

/** The vault has a folder where this file is. */
export async function stepAside(work: Work, { path, local }: FileAction): Promise<void> {
  if (local === undefined) throw stale(path);
  const copy = await moveAside(work, path, await work.local.hash(local));
  work.journal.forget(path);
  work.options.onEvent({ event: 'conflict', path, copy });
  await uploadCopy(work, copy);
}
