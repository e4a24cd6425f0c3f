/** Objects in storage, under the credentials of one session and nothing else. Keys are whole keys: the vault's prefix is in them already. */
import type { EpochSeconds } from '@hq/shared/time';
import type { StorageCredentials } from './sessions.ts';

export interface ObjectEntry {
  readonly key: string;
  readonly size: number;
  readonly lastModified: EpochSeconds;
  /** Without its quotes. */
  readonly etag: string;
}

export interface ObjectFacts extends ObjectEntry {
  /** Null where the bucket keeps no versions. */
  readonly versionId: string | null;
  readonly contentType: string;
}

export interface ObjectVersion {
  readonly key: string;
  readonly versionId: string;
  readonly size: number;
  readonly lastModified: EpochSeconds;
  /** Null for a deletion. */
  readonly etag: string | null;
  readonly deleted: boolean;
  readonly current: boolean;
}

/** `ifMatch`: the ETag of what the write replaces. `ifNoneMatch`: nothing may be there. Not both. */
export interface WriteCondition {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: '*' | undefined;
}

export interface ListRequest {
  readonly prefix: string;
  /** `/` folds sub-folders into `folders`. */
  readonly delimiter?: '/';
  readonly token?: string | undefined;
  /** Exclusive; ignored with a token. */
  readonly startAfter?: string | undefined;
  /** 1 to 1,000. */
  readonly limit: number;
}

/** Entries in UTF-8 byte order; only a null token is the end. */
export interface ObjectPage {
  readonly entries: readonly ObjectEntry[];
  readonly folders: readonly string[];
  readonly token: string | null;
}

/**
 * @throws HqError `NOT_FOUND` (also where the session may not know whether it exists), `FORBIDDEN`, `PRECONDITION_FAILED`, `TOO_LARGE`, `EXPIRED`,
 *   `CLOCK_SKEW`, `STORAGE_FULL`, `RATE_LIMITED`, `UNAVAILABLE`.
 */
export interface OpenBucket {
  list(request: ListRequest): Promise<ObjectPage>;
  head(key: string, versionId?: string): Promise<ObjectFacts>;
  /** The whole body. `TOO_LARGE` (with `details.size`) before any of it is read where it is over `maxBytes`. */
  get(key: string, options: { readonly maxBytes: number; readonly versionId?: string | undefined }): Promise<ObjectFacts & { readonly body: Uint8Array }>;
  put(key: string, body: Uint8Array, options: WriteCondition & { readonly contentType: string }): Promise<ObjectFacts>;
  /** Removing what is not there succeeds, unless `ifMatch` is given. The version id is that of the deletion's mark, null where no versions are kept. */
  remove(key: string, condition?: { readonly ifMatch?: string | undefined }): Promise<{ readonly versionId: string | null }>;
  /** Inside the bucket, by storage itself; up to 5 GB. The condition judges the target. */
  copy(from: { readonly key: string; readonly versionId?: string | undefined }, to: string, condition?: WriteCondition): Promise<ObjectFacts>;
  /** Versions and deletion marks of keys that start with the prefix, newest first for each key. */
  versions(request: { readonly prefix: string; readonly token?: string | undefined; readonly limit: number }): Promise<{
    readonly versions: readonly ObjectVersion[];
    readonly token: string | null;
  }>;
}

export interface Objects {
  /** Cheap: opens nothing until a call is made. Nothing needs closing. */
  open(bucket: string, credentials: StorageCredentials): OpenBucket;
}
