/** The folder, as the engine sees it: a port, so that the engine knows no file system and a simulation can stop it between any two steps. */
import type { Path } from '@hq/shared/path';
import type { Content } from '../transfer/remote.ts';
import type { Journal, Stamp } from './journal.ts';
import type { Problem } from './problem.ts';

/** A regular file that takes part in sync. */
export interface LocalFile {
  readonly path: Path;
  readonly executable: boolean;
  readonly stamp: Stamp;
  /** Of the content; undefined while nobody needed it. */
  readonly sha256: string | undefined;
  /** When the content was read to know that, in milliseconds since 1970. */
  readonly readAt: number;
}

/** A file whose content is known. */
export type HashedFile = LocalFile & { readonly sha256: string };

/** Something that an ignore rule keeps out of the vault. */
export interface HeldBack {
  /** As on the disk; a folder ends in `/` and stands for everything in it. */
  readonly path: string;
  /** Which rule, for a person: the reason of a built-in one, or the file and pattern of one's own. */
  readonly reason: string;
  /** `default` rules protect; `gitignore` and `hqignore` are the owner's own words. */
  readonly layer: 'default' | 'gitignore' | 'hqignore';
  /** Bytes, for a file. */
  readonly size: number | undefined;
}

export interface Scan {
  readonly files: ReadonlyMap<Path, LocalFile>;
  /** Files and folders that could not be looked at: their absence from `files` means nothing. */
  readonly blind: ReadonlySet<Path>;
  readonly heldBack: readonly HeldBack[];
  readonly problems: readonly Problem[];
}

/** A file's content as it will be sent, with the facts of exactly that content. */
export interface Snapshot {
  readonly file: HashedFile;
  /** Fails with `PRECONDITION_FAILED` before its last byte if the file changed since. */
  readonly content: Content;
}

/** Content that arrived whole and is on the disk, but not in its place yet. */
export interface Arrival {
  readonly sha256: string;
  readonly size: number;
  /**
   * Renames it into place.
   * @throws HqError `PRECONDITION_FAILED` when what is in the place is no longer `seen` (or, for undefined, no longer nothing); `CONFLICT` when a folder or
   *   something else that is no file stands there, or the way there leaves the root.
   */
  place(path: Path, seen: LocalFile | undefined, executable: boolean): HashedFile;
  /** Removes it, when it was not placed. */
  discard(): void;
}

/** Every method that changes something fails with `PRECONDITION_FAILED`, and changes nothing, when the file is no longer what `seen` says. */
export interface LocalTree {
  /** False on a disk on which `A.md` and `a.md` are one file. */
  readonly caseSensitive: boolean;
  readonly windows: boolean;
  /** Everything that takes part. Content is hashed where the journal knows the file and its stamp changed. */
  scan(journal: Journal, signal: AbortSignal): Promise<Scan>;
  /** True for a path of the vault that the ignore rules of this folder keep out of sight. Known after `scan`. */
  ignores(path: Path): boolean;
  /** The file as it is now, or undefined when there is none. */
  look(path: Path): LocalFile | undefined;
  hash(file: LocalFile): Promise<HashedFile>;
  /** @throws HqError `PRECONDITION_FAILED` when the file keeps changing while it is read. */
  snapshot(file: LocalFile): Promise<Snapshot>;
  /** @throws HqError `STORAGE_FULL`; `UNAVAILABLE` when the content is not `size` bytes or not `sha256`. */
  receive(body: AsyncIterable<Uint8Array>, size: number, sha256: string | undefined, signal: AbortSignal): Promise<Arrival>;
  remove(path: Path, seen: LocalFile): void;
  /** Gives the file another name. @throws HqError `CONFLICT` when that name is taken. */
  rename(path: Path, seen: LocalFile, to: Path): LocalFile;
  setExecutable(path: Path, seen: HashedFile, executable: boolean): HashedFile;
  /** After the last change: makes renames and removals durable. */
  settle(): Promise<void>;
}
