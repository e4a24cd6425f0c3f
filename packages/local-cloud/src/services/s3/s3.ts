/** Amazon S3's REST protocol on one machine: finds the verb, and hands it the stores. https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html */
import { join } from 'node:path';
import type { KeyUse, RootKey, Service } from '../service.ts';
import { addCorsHeaders, answerPreflight } from './buckets/cors.ts';
import type { Core } from './core.ts';
import { findHandler } from './dispatch.ts';
import { Blobs } from './store/blobs.ts';
import { Buckets } from './store/buckets.ts';
import { openDatabase } from './store/database.ts';
import { GroupCommit } from './store/group-commit.ts';
import { Listings } from './store/listings.ts';
import { Uploads } from './store/uploads.ts';
import { Versions } from './store/versions.ts';
import { readAddress } from './wire/address.ts';
import { sendError } from './wire/fail.ts';
import { hostId } from './wire/request-ids.ts';

export interface S3Options {
  /** The folder of all services; S3 keeps to `s3/` in it. One process at a time. */
  readonly data: string;
  readonly keys: KeyUse;
  readonly rootKey: RootKey;
  readonly region: string;
  readonly accountId: string;
  /** Host names below which a label names a bucket. */
  readonly domains?: readonly string[];
}

/** Opens the store (sweeping what a crash left behind) and serves it. */
export function createS3({ data, keys, rootKey, region, accountId, domains }: S3Options): Service {
  const folder = join(data, 's3');
  const db = openDatabase(folder);
  const core: Core = {
    region,
    accountId,
    keys,
    rootKey,
    buckets: new Buckets(db),
    versions: new Versions(db),
    listings: new Listings(db),
    uploads: new Uploads(db),
    blobs: new Blobs(db, join(folder, 'blobs')),
    commits: new GroupCommit(db),
  };
  const hosts = domains ?? ['s3.localhost', 'localhost', '127.0.0.1', `s3.${region}.amazonaws.com`, 's3.amazonaws.com'];
  return {
    name: 's3',
    async handle(call, response) {
      response.setHeader('x-amz-request-id', call.id);
      response.setHeader('x-amz-id-2', hostId(call.id));
      const address = readAddress(call.header('host'), call.rawPath, hosts);
      const request = { core, call, bucket: address.bucket ?? '', key: address.key ?? '' };
      if (call.method === 'OPTIONS') return answerPreflight(request, response);
      addCorsHeaders(request, response);
      const handler = findHandler(call.method, address, call.query, call.header('x-amz-copy-source') !== undefined);
      await handler(request, response);
    },
    fail: sendError,
    async close() {
      await core.commits.idle();
      db.close();
    },
  };
}
