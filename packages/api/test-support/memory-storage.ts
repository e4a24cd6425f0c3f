/**
 * Objects and sessions in memory, for tests of operations: it keeps versions, judges conditions, and opens nothing that a session's own policy does not allow.
 * The flows against the real local-cloud are in `router/local-cloud.test.ts`.
 */
import { createHash } from 'node:crypto';
import { HqError } from '@hq/shared/errors';
import { compareBytes } from '@hq/shared/path';
import type { Clock } from '@hq/shared/time';
import type { ObjectFacts, ObjectVersion, Objects, WriteCondition } from '../src/ports/objects.ts';
import type { SessionRequest, Sessions } from '../src/ports/sessions.ts';
import { policyAllows } from './policy-check.ts';

interface Stored extends ObjectVersion {
  readonly body: Uint8Array;
  readonly contentType: string;
}

export interface MemoryStorage {
  readonly objects: Objects;
  readonly sessions: Sessions;
  /** Every session that was minted, in order. */
  readonly minted: SessionRequest[];
  /** Every action that a session tried, as `action resource`. */
  readonly tried: string[];
  /** Calls to list names. */
  readonly lists: number;
  /** Runs once, right before the next removal: for races. */
  beforeRemove: (() => void) | undefined;
  /** Puts an object there without any session. */
  seed(bucket: string, key: string, text?: string): void;
  /** Removes an object without any session. */
  unseed(bucket: string, key: string): void;
  has(bucket: string, key: string): boolean;
}

const judge = (now: Stored | undefined, { ifMatch, ifNoneMatch }: WriteCondition) => {
  if ((ifMatch !== undefined && now?.etag !== ifMatch) || (ifNoneMatch !== undefined && now !== undefined))
    throw new HqError('PRECONDITION_FAILED', 'It changed.', { hint: 'Look at it again.' });
};
const facts = ({ key, size, lastModified, etag, versionId, contentType }: Stored): ObjectFacts => ({
  key,
  size,
  lastModified,
  etag: etag ?? '',
  versionId,
  contentType,
});
/** Versions are named `v` and a number; S3 refuses what could not be the name of one, too. */
const checkVersion = (versionId: string | undefined) => {
  if (versionId !== undefined && !/^v[0-9]+$/.test(versionId)) throw new HqError('BAD_REQUEST', 'Invalid version id specified');
};
/** As S3 answers a session that may not list the bucket. */
const missing = () => new HqError('FORBIDDEN', 'Access Denied');

export function createMemoryStorage(clock: Clock): MemoryStorage {
  const buckets = new Map<string, Map<string, Stored[]>>();
  const policies = new Map<string, string>();
  const minted: SessionRequest[] = [];
  const tried: string[] = [];
  let lists = 0;
  let count = 0;
  const keysOf = (bucket: string) => {
    let keys = buckets.get(bucket);
    if (keys === undefined) buckets.set(bucket, (keys = new Map<string, Stored[]>()));
    return keys;
  };
  const newest = (bucket: string, key: string) => {
    const last = keysOf(bucket).get(key)?.at(-1);
    return last?.deleted === true ? undefined : last;
  };
  function write(bucket: string, key: string, body: Uint8Array, contentType: string, deleted = false): Stored {
    const etag = createHash('md5').update(body).update(String(++count)).digest('hex');
    const version: Stored = {
      key,
      versionId: `v${count}`,
      size: body.length,
      lastModified: clock(),
      etag: deleted ? null : etag,
      deleted,
      current: true,
      body,
      contentType,
    };
    const keys = keysOf(bucket);
    keys.set(key, [...(keys.get(key) ?? []).map((old) => ({ ...old, current: false })), version]);
    return version;
  }

  const storage: MemoryStorage = {
    minted,
    tried,
    get lists() {
      return lists;
    },
    beforeRemove: undefined,
    seed: (bucket, key, text = key) => void write(bucket, key, Buffer.from(text), 'text/plain'),
    unseed: (bucket, key) => void write(bucket, key, Buffer.alloc(0), '', true),
    has: (bucket, key) => newest(bucket, key) !== undefined,
    sessions: {
      async mint(request) {
        minted.push(request);
        policies.set(request.name, request.policy);
        return {
          credentials: { accessKeyId: request.name, secretAccessKey: 'secret', sessionToken: 'token', expiresAt: clock() + request.durationSeconds },
          packedPolicySize: 1,
        };
      },
    },
    objects: {
      open(bucket, { accessKeyId }) {
        const may = (action: string, key: string | undefined, context: Record<string, string> = {}) => {
          const resource = `arn:aws:s3:::${bucket}${key === undefined ? '' : `/${key}`}`;
          tried.push(`${action} ${resource}`);
          if (!policyAllows(policies.get(accessKeyId) ?? '{}', action, resource, context)) throw new HqError('FORBIDDEN', `${action} is refused.`);
        };
        return {
          async list({ prefix, delimiter, startAfter, token, limit }) {
            lists++;
            may('s3:ListBucket', undefined, { 's3:prefix': prefix });
            const after = token ?? startAfter;
            const entries = [];
            const folders = new Set<string>();
            const keys = [...keysOf(bucket).keys()].filter((key) => key.startsWith(prefix) && newest(bucket, key) !== undefined).toSorted(compareBytes);
            for (const key of keys) {
              const slash = delimiter === undefined ? -1 : key.indexOf(delimiter, prefix.length);
              const name = slash < 0 ? key : key.slice(0, slash + 1);
              if (after !== undefined && compareBytes(name, after) <= 0) continue;
              if (folders.has(name)) continue;
              if (entries.length + folders.size === limit)
                return { entries, folders: [...folders], token: [...folders, ...entries.map((entry) => entry.key)].toSorted(compareBytes).at(-1) ?? '' };
              const object = newest(bucket, key);
              if (slash >= 0) folders.add(name);
              else if (object !== undefined) entries.push(facts(object));
            }
            return { entries, folders: [...folders], token: null };
          },
          async head(key) {
            may('s3:GetObject', key);
            const object = newest(bucket, key);
            if (object === undefined) throw missing();
            return facts(object);
          },
          async get(key, { maxBytes, versionId }) {
            may(versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion', key);
            checkVersion(versionId);
            const object =
              versionId === undefined
                ? newest(bucket, key)
                : keysOf(bucket)
                    .get(key)
                    ?.find((version) => version.versionId === versionId);
            if (object === undefined) throw missing();
            if (object.size > maxBytes) throw new HqError('TOO_LARGE', 'Too large.', { details: { size: object.size } });
            return { ...facts(object), body: object.body };
          },
          async put(key, body, { contentType, ...condition }) {
            may('s3:PutObject', key);
            judge(newest(bucket, key), condition);
            return facts(write(bucket, key, body, contentType));
          },
          async remove(key, condition = {}) {
            may('s3:DeleteObject', key);
            storage.beforeRemove?.();
            storage.beforeRemove = undefined;
            judge(newest(bucket, key), condition);
            return { versionId: write(bucket, key, Buffer.alloc(0), '', true).versionId };
          },
          async copy({ key, versionId }, to, condition = {}) {
            may(versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion', key);
            checkVersion(versionId);
            may('s3:PutObject', to);
            const source =
              versionId === undefined
                ? newest(bucket, key)
                : keysOf(bucket)
                    .get(key)
                    ?.find((version) => version.versionId === versionId && !version.deleted);
            if (source === undefined) throw missing();
            judge(newest(bucket, to), condition);
            return facts(write(bucket, to, source.body, source.contentType));
          },
          async versions({ prefix, token, limit }) {
            may('s3:ListBucketVersions', undefined, { 's3:prefix': prefix });
            const all = [...keysOf(bucket)]
              .filter(([key]) => key.startsWith(prefix))
              .toSorted(([a], [b]) => compareBytes(a, b))
              .flatMap(([, versions]) => versions.toReversed());
            const from = token === undefined ? 0 : Number(token);
            return { versions: all.slice(from, from + limit), token: from + limit < all.length ? String(from + limit) : null };
          },
        };
      },
    },
  };
  return storage;
}
