/** The journal: what this folder and its vault last agreed on, file by file. It is the third side of every comparison, so it outlives crashes. */
import type { Path } from '@hq/shared/path';

/** What the file system says about a file without opening it. Two equal stamps mean unchanged content, unless the file was touched as it was read. */
export interface Stamp {
  readonly size: number;
  /** Milliseconds since 1970, with their fraction. */
  readonly mtimeMs: number;
  /** When content or inode last changed: nobody can set it back, unlike `mtimeMs`. */
  readonly ctimeMs: number;
  readonly inode: number;
}

/** One file as both sides last had it. */
export interface JournalEntry {
  /** Of the content, in hex. */
  readonly sha256: string;
  readonly size: number;
  /** The vault's version with this content. */
  readonly etag: string;
  readonly executable: boolean;
  /** The local file when its content was last known to be this. */
  readonly stamp: Stamp;
  /** When that content was read, in milliseconds since 1970: a stamp as young as this may hide a later change. */
  readonly readAt: number;
}

/** Kept by one process at a time. What was recorded survives the process being killed at any moment. */
export interface Journal {
  readonly size: number;
  get(path: Path): JournalEntry | undefined;
  entries(): IterableIterator<[Path, JournalEntry]>;
  record(path: Path, entry: JournalEntry): void;
  forget(path: Path): void;
}

/** True when both stamps are of the same, untouched file. */
export function sameStamp(a: Stamp, b: Stamp): boolean {
  return a.size === b.size && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs && a.inode === b.inode;
}
