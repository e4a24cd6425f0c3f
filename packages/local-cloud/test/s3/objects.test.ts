/** Objects through an unmodified AWS SDK: what was put comes back, whole or in ranges, under the conditions that were set. */
import { createHash, randomBytes } from 'node:crypto';
import { Agent } from 'node:http';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startStorage, type Storage } from './storage.ts';

let storage: Storage;
const Bucket = 'objects';

beforeAll(async () => {
  storage = await startStorage();
  await storage.client().send(new CreateBucketCommand({ Bucket }));
});
afterAll(() => storage.close());

function put(Key: string, Body: string | Uint8Array, more: Partial<PutObjectCommandInput> = {}) {
  return storage.client().send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
}

async function get(Key: string, more: object = {}) {
  const answer = await storage.client().send(new GetObjectCommand({ Bucket, Key, ...more }));
  return { ...answer, bytes: Buffer.from((await answer.Body?.transformToByteArray()) ?? []) };
}

const KEYS = [
  'plain',
  'a//b',
  '.',
  '..',
  'a/../b',
  './x',
  '/leading',
  'trailing/',
  'sp ace+plus%25',
  'é',
  'e\u0301',
  '文件/😀',
  'a\tb\u0001',
  '*?${x}',
  '#?&=',
  'x'.repeat(1024),
];

test.each(KEYS)('the key %j is kept as it is', async (key) => {
  await put(key, `body of ${key}`);
  expect((await get(key)).bytes.toString()).toBe(`body of ${key}`);
});

test.each([0, 1, 65_535, 65_536, 65_537, 131_072, 524_288, 1_000_003])('a body of %i bytes comes back byte for byte', async (size) => {
  const body = randomBytes(size);
  const answer = await put(`size-${size}`, body);
  expect(answer.ETag).toBe(`"${createHash('md5').update(body).digest('hex')}"`);
  expect((await get(`size-${size}`)).bytes.equals(body)).toBe(true);
});

test('small and large bodies are there after a restart', async () => {
  const bodies = [randomBytes(100), randomBytes(300_000)];
  for (const [index, body] of bodies.entries()) await put(`kept-${index}`, body);
  await storage.restart();
  for (const [index, body] of bodies.entries()) expect((await get(`kept-${index}`)).bytes.equals(body)).toBe(true);
});

test('headers, metadata, tags and storage class come back', async () => {
  await put('described', 'x', {
    ContentType: 'text/x-test',
    CacheControl: 'max-age=5',
    ContentDisposition: 'attachment; filename="x"',
    ContentEncoding: 'gzip',
    ContentLanguage: 'de',
    Expires: new Date('2030-01-01T00:00:00Z'),
    Metadata: { One: 'eins', two: 'a b' },
    Tagging: 'k=v&l=w%20x',
    StorageClass: 'STANDARD_IA',
  });
  const head = await storage.client().send(new HeadObjectCommand({ Bucket, Key: 'described' }));
  expect(head).toMatchObject({
    ContentType: 'text/x-test',
    CacheControl: 'max-age=5',
    ContentDisposition: 'attachment; filename="x"',
    ContentEncoding: 'gzip',
    ContentLanguage: 'de',
    ExpiresString: 'Tue, 01 Jan 2030 00:00:00 GMT',
    Metadata: { one: 'eins', two: 'a b' },
    StorageClass: 'STANDARD_IA',
    ContentLength: 1,
    AcceptRanges: 'bytes',
    ServerSideEncryption: 'AES256',
  });
});

test('what cannot be described is refused', async () => {
  await expect(put('bad', 'x', { Metadata: { big: 'y'.repeat(2100) } })).rejects.toMatchObject({ name: 'MetadataTooLarge' });
  await expect(put('bad', 'x', { Tagging: 'a=1&a=2' })).rejects.toMatchObject({ name: 'InvalidTag' });
  await expect(put('bad', 'x', { Tagging: Array.from({ length: 11 }, (_, index) => `t${index}=v`).join('&') })).rejects.toMatchObject({ name: 'BadRequest' });
  await expect(put('bad', 'x', { StorageClass: 'GLACIER' })).rejects.toMatchObject({ name: 'InvalidStorageClass' });
  await expect(put('bad', 'x', { ACL: 'public-read' })).rejects.toMatchObject({ name: 'AccessControlListNotSupported' });
  await expect(put('bad', 'x', { SSECustomerAlgorithm: 'AES256', SSECustomerKey: 'k'.repeat(32) })).rejects.toMatchObject({ name: 'NotImplemented' });
  await expect(put('bad', 'x', { ObjectLockLegalHoldStatus: 'ON' })).rejects.toMatchObject({ name: 'NotImplemented' });
  await expect(put('y'.repeat(1025), 'x')).rejects.toMatchObject({ name: 'KeyTooLongError', $metadata: { httpStatusCode: 400 } });
  await expect(get('bad')).rejects.toMatchObject({ name: 'NoSuchKey' });
});

describe('a range', () => {
  const body = randomBytes(200_000);
  beforeAll(async () => {
    await put('ranged', body);
  });

  test.each([
    ['bytes=0-0', 0, 1],
    ['bytes=0-65535', 0, 65_536],
    ['bytes=65535-65536', 65_535, 65_537],
    ['bytes=70000-', 70_000, 200_000],
    ['bytes=199999-999999999', 199_999, 200_000],
    ['bytes=-1', 199_999, 200_000],
    ['bytes=-999999999', 0, 200_000],
  ])('%s gives just its bytes', async (Range, start, end) => {
    const answer = await get('ranged', { Range });
    expect(answer.bytes.equals(body.subarray(start, end))).toBe(true);
    expect(answer.ContentRange).toBe(`bytes ${start}-${end - 1}/200000`);
    expect(answer.$metadata.httpStatusCode).toBe(206);
  });

  test.each(['bytes=5-2', 'lines=0-1', 'bytes=0-1,4-5', 'bytes=-'])('%s is ignored, and the whole is sent', async (Range) => {
    const answer = await get('ranged', { Range });
    expect(answer.$metadata.httpStatusCode).toBe(200);
    expect(answer.ContentLength).toBe(200_000);
  });

  test.each(['bytes=200000-', 'bytes=999999-1000000', 'bytes=-0'])('%s is 416', async (Range) => {
    await expect(get('ranged', { Range })).rejects.toMatchObject({ name: 'InvalidRange', $metadata: { httpStatusCode: 416 } });
  });
});

describe('a conditional read', () => {
  const past = new Date('2001-01-01T00:00:00Z');
  const future = new Date(Date.now() - 1000 + 3_600_000);
  let etag = '';
  beforeAll(async () => {
    etag = (await put('condition', 'x')).ETag ?? '';
  });

  test.each([
    ['If-Match holds', () => ({ IfMatch: etag }), 200],
    ['If-Match is *', () => ({ IfMatch: '*' }), 200],
    ['If-Match fails', () => ({ IfMatch: '"other"' }), 412],
    ['If-None-Match holds', () => ({ IfNoneMatch: '"other"' }), 200],
    ['If-None-Match fails', () => ({ IfNoneMatch: etag }), 304],
    ['If-Unmodified-Since fails', () => ({ IfUnmodifiedSince: past }), 412],
    ['If-Match beats If-Unmodified-Since', () => ({ IfMatch: etag, IfUnmodifiedSince: past }), 200],
    ['If-Modified-Since fails', () => ({ IfModifiedSince: future }), 304],
    ['If-Modified-Since holds', () => ({ IfModifiedSince: past }), 200],
    ['If-None-Match beats If-Modified-Since', () => ({ IfNoneMatch: '"other"', IfModifiedSince: future }), 200],
  ])('where %s', async (_, conditions, status) => {
    const answer = await get('condition', conditions()).then(
      (done) => done.$metadata.httpStatusCode,
      (error: { $metadata: { httpStatusCode: number } }) => error.$metadata.httpStatusCode,
    );
    expect(answer).toBe(status);
  });
});

function removeGone(IfMatch: string | undefined) {
  return storage.client().send(new DeleteObjectCommand({ Bucket, Key: 'gone', IfMatch }));
}

describe('a conditional write', () => {
  test('If-None-Match: * creates, and never overwrites', async () => {
    await put('once', '1', { IfNoneMatch: '*' });
    await expect(put('once', '2', { IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } });
    expect((await get('once')).bytes.toString()).toBe('1');
    await storage.client().send(new DeleteObjectCommand({ Bucket, Key: 'once' }));
    await put('once', '3', { IfNoneMatch: '*' });
  });

  test('of twenty that race with If-None-Match: *, one wins', async () => {
    const all = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => put('race', String(index), { IfNoneMatch: '*' })));
    const won = all.flatMap((result, index) => (result.status === 'fulfilled' ? [index] : []));
    expect(won).toHaveLength(1);
    expect((await get('race')).bytes.toString()).toBe(String(won[0]));
  });

  test('If-Match overwrites what it names, and nothing else', async () => {
    const first = await put('swap', '1');
    const second = await put('swap', '2', { IfMatch: first.ETag });
    await expect(put('swap', '3', { IfMatch: first.ETag })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await expect(put('nothing-here', '1', { IfMatch: second.ETag })).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect((await get('swap')).bytes.toString()).toBe('2');
  });

  test('DeleteObject with If-Match removes only what it names', async () => {
    const { ETag } = await put('gone', '1');
    await expect(removeGone('"other"')).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await removeGone(ETag);
    await expect(get('gone')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });
});

test('a presigned URL gives the object to anybody who holds it, with the headers that it names', async () => {
  await put('shared', 'for you');
  const url = await getSignedUrl(
    storage.client(),
    new GetObjectCommand({ Bucket, Key: 'shared', ResponseContentType: 'text/x-other', ResponseContentDisposition: 'inline' }),
  );
  const answer = await fetch(url);
  expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([200, 'text/x-other', 'for you']);
  expect((await fetch(url.replace('shared', 'swap'))).status).toBe(403);
});

test('a presigned URL takes a body from anybody who holds it, with the metadata that it names', async () => {
  const url = await getSignedUrl(storage.client(), new PutObjectCommand({ Bucket, Key: 'dropped', Metadata: { from: 'outside' } }));
  const headers = new URL(url).searchParams.has('x-amz-meta-from') ? {} : { 'x-amz-meta-from': 'outside' };
  expect((await fetch(url, { method: 'PUT', body: 'a gift', headers })).status).toBe(200);
  const dropped = await get('dropped');
  expect([dropped.bytes.toString(), dropped.Metadata]).toEqual(['a gift', { from: 'outside' }]);
});

test('a bucket can be named by the host', async () => {
  const { port } = new URL(storage.url);
  // Not every resolver knows that all names below localhost are this machine (RFC 6761).
  const httpAgent = new Agent({ lookup: (_host, _options, found) => found(null, [{ address: '127.0.0.1', family: 4 }]) });
  const client = storage.client(undefined, { endpoint: `http://localhost:${port}`, forcePathStyle: false, requestHandler: { httpAgent } });
  await client.send(new PutObjectCommand({ Bucket, Key: 'by host', Body: 'x' }));
  expect((await get('by host')).bytes.toString()).toBe('x');
});
