/** What sync needs of a vault, in its own words. `vault-remote.ts` is the real one; tests of the engine bring one in memory. */
import type { Path } from '@hq/shared/path';

export interface RemoteFile {
  readonly path: Path;
  readonly size: number;
  /** Without quotes. Changes whenever the content is written; equal to no other version's. */
  readonly etag: string;
}

/** Facts that travel with a file: `sha256` (hex) of the content, `executable` (`1` or absent). */
export type RemoteMetadata = Readonly<Record<string, string>>;

/** Content that can be opened more than once, for a retry. */
export interface Content {
  readonly size: number;
  /** Each call starts from the first byte. A chunk may be overwritten once the next has come. */
  open(): AsyncIterable<Uint8Array>;
  /** The same bytes in one piece, where they are in memory already and nobody can change them, with their SHA-256 in hex: they need not be hashed again. */
  readonly whole?: { readonly bytes: Uint8Array; readonly sha256: string };
}

/** The write holds only if this version (or nothing, for null) is there; otherwise `PRECONDITION_FAILED`. */
export interface Expecting {
  readonly etag: string | null;
}

export interface Remote {
  /** Every file that the caller may read under the cone, in order of UTF-8 bytes. */
  list(cone: Path): AsyncIterable<RemoteFile>;
  /** `NOT_FOUND` when it is gone; `PRECONDITION_FAILED` when it is no longer that version. */
  get(path: Path, expecting?: { readonly etag: string }): Promise<RemoteFile & { readonly metadata: RemoteMetadata; readonly body: AsyncIterable<Uint8Array> }>;
  stat(path: Path): Promise<(RemoteFile & { readonly metadata: RemoteMetadata }) | undefined>;
  /** Stores nothing when the content is not `content.size` bytes or its hash is not the `sha256` of the metadata: `CONFLICT`, it changed meanwhile. */
  put(path: Path, content: Content, expecting: Expecting, metadata: RemoteMetadata): Promise<{ readonly etag: string }>;
  remove(path: Path, expecting: { readonly etag: string }): Promise<void>;
  /**
   * Those of the paths that the caller may read, by the rules of this moment (no session from before counts). A file that is not listed and not readable was
   * lost to the caller, not deleted, and sync must be able to tell.
   * @param paths Inside the cone.
   */
  readable(cone: Path, paths: readonly Path[]): Promise<ReadonlySet<Path>>;
}
