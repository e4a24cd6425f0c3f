/** Sessions and objects through the AWS SDK against the real local-cloud: what the ports promise, and what they refuse. */
import { randomBytes } from 'node:crypto';
import { canonicalPath } from '@hq/shared/path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lastNameUnder } from '../../src/operations/files/stretches.ts';
import { createKmsKeys } from '../../src/adapters/aws/kms-keys.ts';
import { createS3Buckets } from '../../src/adapters/aws/s3-buckets.ts';
import { createS3Objects } from '../../src/adapters/aws/s3-objects.ts';
import { createStsSessions } from '../../src/adapters/aws/sts-sessions.ts';
import { awsClientConfig } from '../../src/adapters/aws/client-config.ts';
import type { OpenBucket } from '../../src/ports/objects.ts';
import { deployment, type LocalStorage, startLocalStorage } from '../../test-support/local-storage.ts';
import { person } from '../../test-support/stores-under-test.ts';
import { refused } from '../../test-support/refused.ts';

const bucket = `hq-vault-cmp-${'0'.repeat(26)}`;
const vaultTag = `cmp_${'0'.repeat(26)}`;
const clock = () => Math.floor(Date.now() / 1000);
const text = (value: string) => new TextEncoder().encode(value);
const plain = { contentType: 'text/plain' };

let storage: LocalStorage;
let keyArn: string;
beforeAll(async () => {
  storage = await startLocalStorage();
  const { config } = storage;
  const buckets = createS3Buckets({ config, forcePathStyle: true });
  await buckets.create(bucket);
  await buckets.create(bucket);
  keyArn = (await createKmsKeys(config).create({ vaultTag, description: 'test' })).arn;
  await buckets.enableVersioning(bucket);
  await buckets.encryptWith(bucket, keyArn);
});
afterAll(() => storage.close());

const all = ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject', 's3:DeleteObject'];

async function open(under: string, actions = all, config = storage.config): Promise<OpenBucket> {
  const statement = [
    { Effect: 'Allow', Action: actions, Resource: `arn:aws:s3:::${bucket}/${under}*` },
    { Effect: 'Allow', Action: ['kms:GenerateDataKey', 'kms:Decrypt'], Resource: keyArn },
    {
      Effect: 'Allow',
      Action: ['s3:ListBucket', 's3:ListBucketVersions'],
      Resource: `arn:aws:s3:::${bucket}`,
      Condition: { StringLike: { 's3:prefix': `${under}*` } },
    },
  ];
  const sessions = createStsSessions({ config: storage.config, vaultRoleArn: deployment.vaultRoleArn });
  const { credentials, packedPolicySize } = await sessions.mint({
    name: 'ses-test',
    policy: JSON.stringify({ Version: '2012-10-17', Statement: statement }),
    tags: { vault: vaultTag, home: `${bucket}/`, secrets: `hq/${vaultTag}/` },
    sourceIdentity: person(1),
    durationSeconds: 900,
  });
  expect(packedPolicySize).toBeGreaterThan(0);
  expect(credentials.expiresAt - clock()).toBeGreaterThan(890);
  return createS3Objects({ config, forcePathStyle: true, clock }).open(bucket, credentials);
}

describe('objects', () => {
  test('what was put reads back, with the facts that were answered, whatever its name', async () => {
    const objects = await open('names/');
    for (const name of ['plain.md', 'ü ñ+&=%?#*$.md', '日本語/😀.txt', 'a\'b"c(d)!~', 'ctrl\u0001\u0085x', '..', 'empty//segment']) {
      const key = `names/${name}`;
      const put = await objects.put(key, text(name), plain);
      const got = await objects.get(key, { maxBytes: 1000 });
      expect(Buffer.from(got.body).toString()).toBe(name);
      expect(got).toMatchObject({ key, size: put.size, etag: put.etag, versionId: put.versionId, contentType: 'text/plain' });
      expect(Math.abs(got.lastModified - put.lastModified)).toBeLessThanOrEqual(2);
      expect(await objects.head(key)).toMatchObject({ etag: put.etag, size: put.size });
      const copied = await objects.copy({ key, versionId: put.versionId ?? undefined }, `${key}.copy`);
      expect(copied).toMatchObject({ key: `${key}.copy`, size: put.size, contentType: 'text/plain' });
      expect((await objects.head(`${key}.copy`)).etag).toBe(copied.etag);
      const { entries } = await objects.list({ prefix: key, limit: 10 });
      expect(entries.map((entry) => entry.key)).toEqual([key, `${key}.copy`]);
    }
  });

  test('an empty file, and one of every byte, come back exactly', async () => {
    const objects = await open('bytes/');
    for (const body of [new Uint8Array(), randomBytes(300_000)]) {
      await objects.put('bytes/x', body, plain);
      expect(Buffer.from((await objects.get('bytes/x', { maxBytes: 300_000 })).body).equals(body)).toBe(true);
    }
  });

  test('a body over the cap is refused with its size, and the connection serves on', async () => {
    const objects = await open('cap/');
    const size = 3_000_000;
    await objects.put('cap/x', new Uint8Array(size), plain);
    for (let i = 0; i < 3; i++) {
      // The whole size is told, though next to nothing was read.
      expect((await refused(objects.get('cap/x', { maxBytes: 100 }), 'TOO_LARGE')).details).toEqual({ size, maxBytes: 100 });
    }
    expect((await objects.get('cap/x', { maxBytes: size })).size).toBe(size);
  });

  test('conditions of writes hold, for put, copy and remove', async () => {
    const objects = await open('conditions/');
    const key = 'conditions/x';
    const { etag } = await objects.put(key, text('one'), { ...plain, ifNoneMatch: '*' });
    await expect(objects.put(key, text('two'), { ...plain, ifNoneMatch: '*' })).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    const next = await objects.put(key, text('two'), { ...plain, ifMatch: etag });
    await expect(objects.put(key, text('three'), { ...plain, ifMatch: etag })).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    const from = { key: 'conditions/from' };
    await objects.put(from.key, text('from'), plain);
    await expect(objects.copy(from, key, { ifMatch: etag })).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    await expect(objects.copy(from, key, { ifNoneMatch: '*' })).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    await expect(objects.copy({ key }, key)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    expect((await objects.head(key)).etag).toBe(next.etag);
    await expect(objects.remove(key, { ifMatch: etag })).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    expect((await objects.remove(key, { ifMatch: next.etag })).versionId).not.toBeNull();
    await expect(objects.head(key)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('a copy is of what was looked at, also when a newer version is written at that moment', async () => {
    const objects = await open('racing/');
    const { requestHandler } = storage.config;
    const handle: typeof requestHandler.handle = async (request, options) => {
      const answer = await requestHandler.handle(request, options);
      if (request.method === 'HEAD') await objects.put('racing/from', text('newer'), plain);
      return answer;
    };
    const overtaken = await open('racing/', all, { ...storage.config, requestHandler: Object.assign(Object.create(requestHandler), { handle }) });
    await objects.put('racing/from', text('older'), plain);
    await overtaken.copy({ key: 'racing/from' }, 'racing/to');
    expect(Buffer.from((await objects.get('racing/to', { maxBytes: 100 })).body).toString()).toBe('older');
    expect(Buffer.from((await objects.get('racing/from', { maxBytes: 100 })).body).toString()).toBe('newer');
  });

  test('versions come newest first, deletions among them, page after page', async () => {
    const objects = await open('versions/');
    const key = 'versions/x y.md';
    const ids: (string | null)[] = [];
    for (const body of ['one', 'two', 'three']) ids.unshift((await objects.put(key, text(body), plain)).versionId);
    ids.unshift((await objects.remove(key)).versionId);
    const found = [];
    for (let token: string | undefined; ; ) {
      const page = await objects.versions({ prefix: key, limit: 3, token });
      found.push(...page.versions);
      if (page.token === null) break;
      token = page.token;
    }
    expect(found.map((each) => each.versionId)).toEqual(ids);
    expect(found.map(({ deleted, current }) => [deleted, current])).toEqual([
      [true, true],
      [false, false],
      [false, false],
      [false, false],
    ]);
    const restored = await objects.copy({ key, versionId: ids[2] ?? undefined }, key);
    expect(Buffer.from((await objects.get(key, { maxBytes: 100 })).body).toString()).toBe('two');
    expect((await objects.head(key)).versionId).toBe(restored.versionId);
  });

  test('listing folds folders and goes on where a page ended', async () => {
    const objects = await open('list/');
    for (const name of ['a', 'b/1', 'b/2', 'c d/é', 'd']) await objects.put(`list/${name}`, text(name), plain);
    const entries: string[] = [];
    const folders: string[] = [];
    for (let token: string | undefined; ; ) {
      const page = await objects.list({ prefix: 'list/', delimiter: '/', limit: 2, token });
      entries.push(...page.entries.map((entry) => entry.key));
      folders.push(...page.folders);
      if (page.token === null) break;
      token = page.token;
    }
    expect([entries, folders]).toEqual([
      ['list/a', 'list/d'],
      ['list/b/', 'list/c d/'],
    ]);
    expect((await objects.list({ prefix: 'list/', limit: 1, startAfter: 'list/b/1' })).entries[0]?.key).toBe('list/b/2');
  });
});

describe('refusals', () => {
  test('listing skips a whole folder from its last possible name on, and nothing that comes after it', async () => {
    const objects = await open('skip/');
    const hidden = `skip/d/${'\u{10ffff}'.repeat(254)}`;
    for (const key of ['skip/d', 'skip/d!', 'skip/d/a', hidden, 'skip/d0', 'skip/d\u{10ffff}']) await objects.put(key, text('x'), plain);
    const startAfter = lastNameUnder(canonicalPath('skip/d/'));
    expect(Buffer.byteLength(startAfter)).toBe(1024);
    for (const delimiter of [{}, { delimiter: '/' as const }]) {
      const page = await objects.list({ prefix: 'skip/', limit: 10, startAfter, ...delimiter });
      expect(page).toMatchObject({ folders: [], token: null });
      expect(page.entries.map(({ key }) => key)).toEqual(['skip/d0', 'skip/d\u{10ffff}']);
    }
  });

  test('outside its policy a session is refused, whatever it asks; to read, as if nothing were there', async () => {
    await (await open('foreign/')).put('foreign/x', text('secret'), plain);
    const objects = await open('own/');
    await expect(objects.get('foreign/x', { maxBytes: 100 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(objects.head('foreign/x')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(objects.put('foreign/x', text('mine'), plain)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(objects.remove('foreign/x')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(objects.copy({ key: 'foreign/x' }, 'own/x')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(objects.list({ prefix: 'foreign/', limit: 10 })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(objects.versions({ prefix: 'foreign/', limit: 10 })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  test('no error shows a name, a principal or a token of storage', async () => {
    const objects = await open('own/');
    const error = await refused(objects.remove('foreign/secret-name'), 'FORBIDDEN');
    expect(`${error.message} ${error.hint}`).not.toMatch(/arn:|secret-name|hq-vault|AccessDenied/);
  });

  test('what is not there is not found', async () => {
    const objects = await open('own/');
    await expect(objects.get('own/nothing', { maxBytes: 100 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(objects.head('own/nothing')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(objects.copy({ key: 'own/nothing' }, 'own/x')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('a policy that is too large, and none, mint nothing', async () => {
    const sessions = createStsSessions({ config: storage.config, vaultRoleArn: deployment.vaultRoleArn });
    const request = { name: 'ses-test', tags: { vault: vaultTag, home: `${bucket}/`, secrets: 'hq/x/' }, sourceIdentity: person(1), durationSeconds: 900 };
    await expect(sessions.mint({ ...request, policy: '' })).rejects.toMatchObject({ code: 'INTERNAL' });
    await expect(sessions.mint({ ...request, policy: `{"Version":"2012-10-17","Statement":[]}${' '.repeat(2048)}` })).rejects.toMatchObject({
      name: 'HqError',
    });
  });

  test('storage that does not answer is unavailable, not a defect', async () => {
    const config = awsClientConfig({
      region: 'us-east-1',
      endpoint: 'http://127.0.0.1:1',
      credentials: { accessKeyId: 'AKIA0000000000000000', secretAccessKey: 'x' },
    });
    await expect(createKmsKeys(config).describe('arn:aws:kms:us-east-1:000000000000:key/x')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});
