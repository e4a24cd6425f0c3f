/** What every verb works with: the stores, the keys, and one request. */
import type { ServerResponse } from 'node:http';
import type { Call, KeyUse, RootKey } from '../service.ts';
import type { Blobs } from './store/blobs.ts';
import type { Buckets } from './store/buckets.ts';
import type { GroupCommit } from './store/group-commit.ts';
import type { Listings } from './store/listings.ts';
import type { Uploads } from './store/uploads.ts';
import type { Versions } from './store/versions.ts';

export interface Core {
  readonly region: string;
  readonly accountId: string;
  readonly buckets: Buckets;
  readonly versions: Versions;
  readonly listings: Listings;
  readonly uploads: Uploads;
  readonly blobs: Blobs;
  readonly commits: GroupCommit;
  readonly keys: KeyUse;
  readonly rootKey: RootKey;
}

/** One request, addressed. `bucket` and `key` are empty where the verb's scope has none. */
export interface S3Request {
  readonly core: Core;
  readonly call: Call;
  readonly bucket: string;
  readonly key: string;
}

export type Handler = (request: S3Request, response: ServerResponse) => Promise<void> | void;
