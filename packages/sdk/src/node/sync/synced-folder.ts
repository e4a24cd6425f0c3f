/** A folder opened for one sync: its marker checked, its lock held, its journal read. The door of this room. */
import { lstatSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { HqError } from '@hq/shared/errors';
import type { Remote } from '../../transfer/remote.ts';
import { prepare, type Prepared } from '../../sync/prepare.ts';
import { runSync, type SyncResult } from '../../sync/run.ts';
import type { SyncOptions } from '../../sync/work.ts';
import { tryLock } from '../file-lock.ts';
import { FolderTree } from './folder-tree.ts';
import { JournalFile } from './journal-file.ts';
import { readMarker, realFolder, refuseForeign, type Marker, type VaultIdentity } from './marker.ts';

const heartbeatMs = 20_000;

export interface SyncedFolder {
  /** Absolute, without links. */
  readonly dir: string;
  readonly marker: Marker;
  /** Files that both sides had after the last sync. */
  readonly tracked: number;
  readonly tree: FolderTree;
  readonly journal: JournalFile;
  /** What a sync would do. */
  prepare(remote: Remote, options: SyncOptions): Promise<Prepared>;
  /** Does it. */
  run(remote: Remote, prepared: Prepared, options: SyncOptions): Promise<SyncResult>;
}

/** The marker of a folder that was set up. @throws HqError `NOT_FOUND` when it is missing: the disk may not be mounted. */
export function expectMarker(dir: string, expectedId?: string): { dir: string; marker: Marker } {
  const real = realFolder(dir);
  const marker = readMarker(real);
  if (marker === undefined || (expectedId !== undefined && marker.id !== expectedId)) {
    const what = marker === undefined ? 'is not set up for sync, or its disk is not mounted' : 'is not the folder that was set up here';
    throw new HqError('NOT_FOUND', `${real} ${what}. Nothing was deleted anywhere.`, {
      hint: `Mount the disk if it has one of its own; otherwise run \`hq sync init "${real}"\`: files are compared, none is deleted.`,
      details: { reason: 'missing-root' },
    });
  }
  if (!lstatSync(join(real, '.hq')).isDirectory())
    throw new HqError('CONFLICT', `${join(real, '.hq')} is a link.`, { hint: 'Delete the link and run `hq sync init` again.' });
  return { dir: real, marker };
}

/**
 * Opens a folder, does `work`, and closes it whatever happens.
 * @throws HqError `CONFLICT` when another process syncs it or when it belongs to another vault; `NOT_FOUND` when its marker is missing.
 */
export async function withSyncedFolder<T>(
  folder: { readonly dir: string; readonly id?: string | undefined },
  vault: Pick<VaultIdentity, 'server' | 'vault'>,
  work: (folder: SyncedFolder) => Promise<T>,
): Promise<T> {
  const { dir, marker } = expectMarker(folder.dir, folder.id);
  refuseForeign(dir, marker, vault);
  const lockFile = join(dir, '.hq', 'lock');
  const lock = await tryLock(lockFile);
  if (lock === undefined) {
    throw new HqError('CONFLICT', `Another sync of ${dir} is running.`, { hint: 'Wait until it is done, or stop it.', details: { reason: 'already-running' } });
  }
  // A computer that shares this disk can't ask whether our process lives; it sees that the lock is young.
  const heartbeat = setInterval(() => {
    const now = new Date();
    try {
      utimesSync(lockFile, now, now);
    } catch {
      // The disk went away; the next step of the sync will say so.
    }
  }, heartbeatMs);
  heartbeat.unref();
  let journal: JournalFile | undefined;
  try {
    journal = new JournalFile(join(dir, '.hq', 'journal'));
    const local = new FolderTree(dir);
    const opened = journal;
    return await work({
      dir,
      marker,
      tracked: opened.size,
      tree: local,
      journal: opened,
      prepare: (remote, options) => prepare({ local, remote, journal: opened }, options),
      run: (remote, prepared, options) => runSync({ local, remote, journal: opened }, prepared, options),
    });
  } finally {
    clearInterval(heartbeat);
    try {
      journal?.close();
    } finally {
      await lock.release();
    }
  }
}
