/** Listings against a naive model: random keys, hostile characters, every page size, prefix, delimiter and start. */
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import * as fc from 'fast-check';
import type { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Listings, type Page } from '../../src/services/s3/store/listings.ts';
import { openDatabase } from '../../src/services/s3/store/database.ts';
import { Versions } from '../../src/services/s3/store/versions.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStorage, type Storage } from './storage.ts';

const character = fc.constantFrom('a', 'b', '/', '/', '-', '\u0000', '\u007f', 'é', '\uffff', '😀', '\ud7ff');
const key = fc.string({ unit: character, minLength: 1, maxLength: 6 });
const part = fc.string({ unit: character, maxLength: 3 });

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** What S3 promises, said the slow way: roll keys up to common prefixes, sort by bytes, drop what is not after the start. */
function model(keys: readonly string[], prefix: string, delimiter: string, after: string): string[] {
  const names = keys
    .filter((name) => name.startsWith(prefix))
    .map((name) => {
      const at = delimiter === '' ? -1 : name.indexOf(delimiter, prefix.length);
      return at < 0 ? name : `${name.slice(0, at + delimiter.length)}…`;
    });
  return [...new Set(names)].sort(byBytes).filter((name) => byBytes(name.replace(/…$/, ''), after) > 0);
}

function names(page: Page): string[] {
  const all = [...page.versions.map((version) => version.key), ...page.prefixes.map((prefix) => `${prefix}…`)];
  return all.sort(byBytes);
}

function withIndex(run: (versions: Versions, listings: Listings) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'hq-list-'));
  const db: DatabaseSync = openDatabase(folder);
  db.exec('PRAGMA synchronous = OFF');
  try {
    run(new Versions(db), new Listings(db));
  } finally {
    db.close();
    rmSync(folder, { recursive: true });
  }
}

const detail = { headers: {}, metadata: {}, tags: {}, storageClass: 'STANDARD', encryption: { algorithm: 'AES256', wrapped: '' }, segments: [] } as const;
const body = { size: 0, etag: 'e', modified: 0, detail };
const marker = { size: 0, etag: '', modified: 0, detail: undefined };

test('pages of objects, put together, are what the model says', () => {
  withIndex((versions, listings) => {
    let bucket = 0;
    fc.assert(
      fc.property(
        fc.uniqueArray(key, { maxLength: 40 }),
        fc.array(key, { maxLength: 5 }),
        part,
        fc.constantFrom('', '/', 'a', '/a', 'é'),
        part,
        fc.integer({ min: 1, max: 7 }),
        (keys, hidden, prefix, delimiter, after, limit) => {
          bucket += 1;
          for (const name of keys) versions.add(bucket, name, 'Enabled', body);
          for (const name of keys) versions.add(bucket, name, 'Enabled', body);
          for (const name of hidden) versions.add(bucket, name, 'Enabled', marker);
          const shown = keys.filter((name) => !hidden.includes(name));
          const found: string[] = [];
          let start = after;
          for (
            let page = listings.objects({ bucket, prefix, delimiter, start: { after: start }, limit });
            ;
            page = listings.objects({ bucket, prefix, delimiter, start: { after: start }, limit })
          ) {
            found.push(...names(page));
            expect(page.versions.length + page.prefixes.length).toBeLessThanOrEqual(limit);
            if (!page.truncated || page.last === undefined) break;
            const next = typeof page.last === 'string' ? page.last : page.last.key;
            expect(byBytes(next, start), 'a page ends after it begins').toBeGreaterThan(0);
            start = next;
          }
          expect(found).toEqual(model(shown, prefix, delimiter, after));
        },
      ),
      { numRuns: 400 },
    );
  });
});

test('pages of versions, put together, name every version once: keys by bytes, newest first', () => {
  withIndex((versions, listings) => {
    let bucket = 0;
    const write = fc.record({ name: key, hide: fc.boolean() });
    fc.assert(
      fc.property(fc.array(write, { maxLength: 30 }), part, fc.integer({ min: 1, max: 5 }), (writes, prefix, limit) => {
        bucket += 1;
        const made = writes.map(({ name, hide }) => versions.add(bucket, name, 'Enabled', hide ? marker : body).added);
        const expected = made
          .filter((version) => version.key.startsWith(prefix))
          .sort((a, b) => byBytes(a.key, b.key) || b.number - a.number)
          .map((version) => version.versionId);
        const found: string[] = [];
        let start: { after: string; olderThan?: number } = { after: '' };
        for (;;) {
          const page = listings.history({ bucket, prefix, delimiter: '', start, limit });
          found.push(...page.versions.map((version) => version.versionId));
          if (!page.truncated || page.last === undefined || typeof page.last === 'string') break;
          start = { after: page.last.key, olderThan: page.last.number };
        }
        expect(found).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });
});

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});
afterAll(() => storage.close());

test('V2, V1 and versions agree over the wire, page by page', async () => {
  const client = storage.client();
  const Bucket = 'listed';
  await client.send(new CreateBucketCommand({ Bucket }));
  await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  const keys = ['a', 'a/1', 'a/2', 'a b+c', 'b/x/y', 'b/z', '\uffff', '😀', 'ctl\u0001', 'zz'].sort(byBytes);
  for (const Key of keys) await client.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
  await client.send(new PutObjectCommand({ Bucket, Key: 'zz', Body: 'y' }));
  await client.send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
  const shown = keys.filter((name) => name !== 'a');

  const second: string[] = [];
  for (let token: string | undefined; ; ) {
    const page = await client.send(new ListObjectsV2Command({ Bucket, MaxKeys: 3, EncodingType: 'url', ContinuationToken: token }));
    second.push(...(page.Contents ?? []).map((object) => decodeURIComponent(object.Key ?? '')));
    token = page.NextContinuationToken;
    if (token === undefined) break;
  }
  expect(second).toEqual(shown);

  const first: string[] = [];
  for (let Marker: string | undefined; ; ) {
    const page = await client.send(new ListObjectsCommand({ Bucket, MaxKeys: 2, Marker, EncodingType: 'url' }));
    const onPage = (page.Contents ?? []).map((object) => decodeURIComponent(object.Key ?? ''));
    first.push(...onPage);
    if (page.IsTruncated !== true) break;
    Marker = onPage.at(-1);
  }
  expect(first).toEqual(shown);

  const rolled = await client.send(new ListObjectsV2Command({ Bucket, Delimiter: '/', FetchOwner: true, StartAfter: 'a b+c' }));
  expect((rolled.CommonPrefixes ?? []).map((entry) => entry.Prefix)).toEqual(['a/', 'b/']);
  expect(rolled.Contents?.[0]?.Owner?.ID).toMatch(/^[0-9a-f]{64}$/);

  const history = await client.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 1000, EncodingType: 'url' }));
  expect(history.Versions).toHaveLength(keys.length + 1);
  expect(history.DeleteMarkers).toMatchObject([{ Key: 'a', IsLatest: true }]);
  expect(history.Versions?.filter((version) => version.Key === 'zz').map((version) => version.IsLatest)).toEqual([true, false]);
});

test.each([
  [{ MaxKeys: -1 }, 'InvalidArgument'],
  [{ ContinuationToken: 'not one of ours' }, 'InvalidArgument'],
  [{ EncodingType: 'base64' as 'url' }, 'InvalidArgument'],
])('a listing with %j is refused', async (query, name) => {
  const client = storage.client();
  await client.send(new CreateBucketCommand({ Bucket: 'refusals' })).catch(() => undefined);
  await expect(client.send(new ListObjectsV2Command({ Bucket: 'refusals', ...query }))).rejects.toMatchObject({ name });
});

test('a page of no keys is empty and says so', async () => {
  const client = storage.client();
  await client.send(new CreateBucketCommand({ Bucket: 'none' }));
  await client.send(new PutObjectCommand({ Bucket: 'none', Key: 'a', Body: 'x' }));
  const page = await client.send(new ListObjectsV2Command({ Bucket: 'none', MaxKeys: 0 }));
  expect([page.KeyCount, page.IsTruncated]).toEqual([0, false]);
});
