/** Reads stamps, and knows when one can be trusted. */
import { lstatSync, type Stats } from 'node:fs';
import type { Path } from '@hq/shared/path';
import { sameStamp, type JournalEntry, type Stamp } from '../../sync/journal.ts';
import type { LocalFile } from '../../sync/local.ts';
import { isMissing } from './fs-error.ts';

/** A file system that keeps whole or even seconds hides changes for that long; others tick at least every 10 ms. */
const coarseTickMs = 2_000;
const fineTickMs = 12;

export function stampOf(stats: Stats): Stamp {
  return { size: stats.size, mtimeMs: stats.mtimeMs, ctimeMs: stats.ctimeMs, inode: stats.ino };
}

/** The owner's execute bit; where there is none (Windows), what the journal says stays true. */
export function executableOf(stats: Stats, entry: JournalEntry | undefined): boolean {
  return process.platform === 'win32' ? (entry?.executable ?? false) : (stats.mode & 0o100) !== 0;
}

/** True when the file must be what was read then: same stamp, and not written in the same tick of the clock as it was read. */
export function isUntouched(stamp: Stamp, entry: JournalEntry): boolean {
  if (!sameStamp(stamp, entry.stamp)) return false;
  const tick = stamp.mtimeMs % 1_000 === 0 ? coarseTickMs : fineTickMs;
  return stamp.mtimeMs + tick < entry.readAt;
}

/** What is at an absolute place, links not followed, or undefined for nothing. */
export function statsAt(place: string): Stats | undefined {
  try {
    return lstatSync(place, { throwIfNoEntry: false });
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** A regular file's facts, its content unread. */
export function localFile(path: Path, stats: Stats, entry: JournalEntry | undefined): LocalFile {
  return { path, executable: executableOf(stats, entry), stamp: stampOf(stats), sha256: undefined, readAt: 0 };
}
