/** Takes content in: into a file of its own beside the tree, checked and on the disk, before it gets its place by a rename. */
import { createHash, randomUUID } from 'node:crypto';
import { chmodSync, closeSync, fchmodSync, fstatSync, fsync, openSync, renameSync, rmdirSync, rmSync, writeSync, type Stats } from 'node:fs';
import { promisify } from 'node:util';
import { HqError } from '@hq/shared/errors';
import type { Path } from '@hq/shared/path';
import { sameStamp } from '../../sync/journal.ts';
import type { Arrival, HashedFile, LocalFile } from '../../sync/local.ts';
import { stoppedByOwner } from '../../sync/work.ts';
import type { DiskPaths } from './disk-paths.ts';
import { changedMeanwhile, fsError, occupied } from './fs-error.ts';
import { stampOf, statsAt } from './stamp.ts';

const syncFile = promisify(fsync);

function damaged(what: string): HqError {
  return new HqError('UNAVAILABLE', `What arrived is not what was stored: ${what}. The file here was not changed.`, {
    hint: 'Sync again; if it stays, ask whoever wrote the file to upload it again.',
    details: { reason: 'damaged' },
  });
}

/** Throws unless the place holds exactly what was seen (for undefined: nothing). An empty folder gives way. */
export function expectSeen(place: string, seen: LocalFile | undefined): void {
  const found = statsAt(place);
  if (found?.isDirectory() === true && seen === undefined) {
    try {
      rmdirSync(place);
      return;
    } catch {
      throw occupied();
    }
  }
  if (found === undefined ? seen !== undefined : seen === undefined || !found.isFile() || !sameStamp(stampOf(found), seen.stamp)) throw changedMeanwhile();
}

/** Writes everything to an open file; returns its hash. */
async function drain(fd: number, body: AsyncIterable<Uint8Array>, size: number, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  let received = 0;
  for await (const chunk of body) {
    if (signal.aborted) throw stoppedByOwner();
    received += chunk.length;
    if (received > size) throw damaged('it is longer than the vault says');
    hash.update(chunk);
    for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at);
  }
  if (received !== size) throw damaged('it is shorter than the vault says');
  return hash.digest('hex');
}

/**
 * One piece of content, received whole.
 * @param onPlaced is told each folder that got a new name in it.
 */
export async function receiveFile(
  paths: DiskPaths,
  temporaryFolder: string,
  onPlaced: (path: Path) => void,
  expected: { readonly body: AsyncIterable<Uint8Array>; readonly size: number; readonly sha256: string | undefined; readonly signal: AbortSignal },
): Promise<Arrival> {
  const beside = `${temporaryFolder}/${randomUUID()}`;
  let placed = false;
  const discard = (): void => {
    if (!placed) rmSync(beside, { force: true });
  };
  const fd = openSync(beside, 'wx', 0o666);
  let sha256: string;
  let stats: Stats;
  try {
    sha256 = await drain(fd, expected.body, expected.size, expected.signal);
    if (expected.sha256 !== undefined && expected.sha256 !== sha256) throw damaged('its hash differs');
    await syncFile(fd);
    stats = fstatSync(fd);
  } catch (error) {
    closeSync(fd);
    discard();
    throw fsError(error);
  }
  closeSync(fd);

  return {
    sha256,
    size: expected.size,
    discard,
    place(path: Path, seen: LocalFile | undefined, executable: boolean): HashedFile {
      const place = paths.absolute(path);
      paths.openWay(path);
      // An owner who may run it, and everyone else as the user's umask allows to read it; otherwise what the file here already had.
      const mode = (seen === undefined ? undefined : statsAt(place)?.mode) ?? stats.mode;
      const wanted = executableMode(mode & 0o777, executable);
      if (process.platform !== 'win32' && wanted !== (stats.mode & 0o777)) chmodSync(beside, wanted);
      expectSeen(place, seen);
      renameSync(beside, place);
      placed = true;
      onPlaced(path);
      const found = statsAt(place);
      if (found === undefined || found.ino !== stats.ino || found.mtimeMs !== stats.mtimeMs || found.size !== stats.size) throw changedMeanwhile();
      return { path, executable, stamp: stampOf(found), sha256, readAt: Date.now() };
    },
  };
}

/** A mode with its execute bits as wanted: wherever it may be read, it may be run; or nowhere. */
export function executableMode(mode: number, executable: boolean): number {
  return executable ? mode | ((mode & 0o444) >> 2) : mode & ~0o111;
}

/** Sets or clears the execute bits of an untouched file; returns what the file system says of it then. */
export function changeMode(place: string, seen: LocalFile, executable: boolean): LocalFile {
  const fd = openSync(place, 'r');
  try {
    const before = fstatSync(fd);
    if (!sameStamp(stampOf(before), seen.stamp)) throw changedMeanwhile();
    if (process.platform !== 'win32') fchmodSync(fd, executableMode(before.mode & 0o777, executable));
    return { ...seen, executable, stamp: stampOf(fstatSync(fd)) };
  } finally {
    closeSync(fd);
  }
}
