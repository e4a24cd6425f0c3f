/** Multipart uploads: parts in any order, replaced, copied, listed, aborted; checked when they become one object. */
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTally } from '../../src/services/s3/checksum/algorithms.ts';
import { startStorage, type Storage } from './storage.ts';

const MIB = 1024 * 1024;
const Bucket = 'parts';
let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
  await storage.client().send(new CreateBucketCommand({ Bucket }));
});
afterAll(() => storage.close());

async function begin(Key: string, more: object = {}): Promise<string> {
  return (await storage.client().send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }))).UploadId ?? '';
}

async function part(Key: string, UploadId: string, PartNumber: number, Body: Uint8Array): Promise<CompletedPart> {
  const answer = await storage.client().send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
  return { PartNumber, ETag: answer.ETag };
}

function complete(Key: string, UploadId: string, Parts: CompletedPart[], more: object = {}) {
  return storage.client().send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...more }));
}

async function read(Key: string, more: object = {}): Promise<Buffer> {
  const answer = await storage.client().send(new GetObjectCommand({ Bucket, Key, ...more }));
  return Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
}

function md5(bytes: Uint8Array): Buffer {
  return createHash('md5').update(bytes).digest();
}

function filesOnDisk(): number {
  return readdirSync(join(storage.data, 's3', 'blobs'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
}

test('parts in any order, one of them replaced, become one object', async () => {
  const [a, b, c] = [randomBytes(5 * MIB), randomBytes(5 * MIB + 17), randomBytes(1000)];
  const id = await begin('joined', { ContentType: 'text/joined', Metadata: { m: '1' } });
  const third = await part('joined', id, 30, c);
  await part('joined', id, 2, randomBytes(100));
  const [first, second] = [await part('joined', id, 1, a), await part('joined', id, 2, b)];
  await expect(read('joined')).rejects.toMatchObject({ name: 'NoSuchKey' });
  const done = await complete('joined', id, [first, second, third]);
  const expected = createHash('md5')
    .update(Buffer.concat([md5(a), md5(b), md5(c)]))
    .digest('hex');
  expect(done.ETag).toBe(`"${expected}-3"`);
  const whole = Buffer.concat([a, b, c]);
  expect((await read('joined')).equals(whole)).toBe(true);
  expect((await read('joined', { Range: `bytes=${5 * MIB - 5}-${10 * MIB + 20}` })).equals(whole.subarray(5 * MIB - 5, 10 * MIB + 21))).toBe(true);
  expect((await read('joined', { PartNumber: 2 })).equals(b)).toBe(true);
  const head = await storage.client().send(new HeadObjectCommand({ Bucket, Key: 'joined', PartNumber: 3 }));
  expect(head).toMatchObject({ ContentLength: 1000, PartsCount: 3, ContentType: 'text/joined', Metadata: { m: '1' } });
  const again = await complete('joined', id, [first, second, third]);
  expect(again.ETag).toBe(done.ETag);
});

test('without a wish, the object has a CRC-64/NVME of its whole body', async () => {
  const [a, b] = [randomBytes(5 * MIB), randomBytes(12_345)];
  const id = await begin('whole-sum');
  const parts = [await part('whole-sum', id, 1, a), await part('whole-sum', id, 2, b)];
  const done = await complete('whole-sum', id, parts);
  const tally = startTally('CRC64NVME');
  tally.update(a);
  tally.update(b);
  expect([done.ChecksumCRC64NVME, done.ChecksumType]).toEqual([tally.digest().toString('base64'), 'FULL_OBJECT']);
});

test('a composite checksum is the checksum of the checksums, part by part', async () => {
  const client = storage.client();
  const id = await begin('composite', { ChecksumAlgorithm: 'SHA256' });
  const bodies = [randomBytes(5 * MIB), randomBytes(10)];
  const parts: CompletedPart[] = [];
  for (const [index, Body] of bodies.entries()) {
    const answer = await client.send(
      new UploadPartCommand({ Bucket, Key: 'composite', UploadId: id, PartNumber: index + 1, Body, ChecksumAlgorithm: 'SHA256' }),
    );
    parts.push({ PartNumber: index + 1, ETag: answer.ETag, ChecksumSHA256: answer.ChecksumSHA256 });
  }
  await expect(
    complete(
      'composite',
      id,
      parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag })),
    ),
  ).rejects.toMatchObject({ name: 'InvalidRequest' });
  await complete('composite', id, parts);
  const digests = bodies.map((body) => createHash('sha256').update(body).digest());
  const expected = `${createHash('sha256').update(Buffer.concat(digests)).digest('base64')}-2`;
  const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'composite', ChecksumMode: 'ENABLED' }));
  expect([head.ChecksumSHA256, head.ChecksumType]).toEqual([expected, 'COMPOSITE']);
  const attributes = await client.send(
    new GetObjectAttributesCommand({ Bucket, Key: 'composite', ObjectAttributes: ['ObjectParts', 'ObjectSize', 'ETag', 'Checksum'] }),
  );
  expect(attributes.ObjectParts?.Parts?.map((item) => [item.PartNumber, item.Size, item.ChecksumSHA256])).toEqual([
    [1, 5 * MIB, digests[0]?.toString('base64')],
    [2, 10, digests[1]?.toString('base64')],
  ]);
  expect([attributes.ObjectParts?.TotalPartsCount, attributes.ObjectSize]).toEqual([2, 5 * MIB + 10]);
});

describe('an upload is not completed', () => {
  test('with parts too small, missing, altered or out of order', async () => {
    const id = await begin('refused');
    const [one, two] = [await part('refused', id, 1, Buffer.alloc(10)), await part('refused', id, 2, Buffer.alloc(10))];
    await expect(complete('refused', id, [one, two])).rejects.toMatchObject({ name: 'EntityTooSmall' });
    await expect(complete('refused', id, [two, one])).rejects.toMatchObject({ name: 'InvalidPartOrder' });
    await expect(complete('refused', id, [{ ...one, ETag: '"0"' }])).rejects.toMatchObject({ name: 'InvalidPart' });
    await expect(complete('refused', id, [{ PartNumber: 9, ETag: one.ETag }])).rejects.toMatchObject({ name: 'InvalidPart' });
    await expect(complete('refused', id, [])).rejects.toMatchObject({ name: 'MalformedXML' });
    await expect(complete('refused', id, [one], { MpuObjectSize: 11 })).rejects.toMatchObject({ name: 'InvalidRequest' });
    await expect(complete('refused', 'nothing', [one])).rejects.toMatchObject({ name: 'NoSuchUpload', $metadata: { httpStatusCode: 404 } });
    await expect(part('refused', id, 10_001, Buffer.alloc(1))).rejects.toMatchObject({ name: 'InvalidArgument' });
    await complete('refused', id, [one]);
  });

  test('over an object that it may not replace', async () => {
    await storage.client().send(new PutObjectCommand({ Bucket, Key: 'taken', Body: 'first' }));
    const id = await begin('taken');
    const one = await part('taken', id, 1, Buffer.from('second'));
    await expect(complete('taken', id, [one], { IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    expect((await read('taken')).toString()).toBe('first');
    await complete('taken', id, [one]);
    expect((await read('taken')).toString()).toBe('second');
  });
});

test('an aborted upload leaves neither a name nor a file', async () => {
  const before = filesOnDisk();
  const id = await begin('aborted');
  await part('aborted', id, 1, randomBytes(200_000));
  expect(filesOnDisk()).toBe(before + 1);
  const listed = await storage.client().send(new ListMultipartUploadsCommand({ Bucket, Prefix: 'abor' }));
  expect(listed.Uploads).toMatchObject([{ Key: 'aborted', UploadId: id }]);
  await storage.client().send(new AbortMultipartUploadCommand({ Bucket, Key: 'aborted', UploadId: id }));
  await expect(storage.client().send(new ListPartsCommand({ Bucket, Key: 'aborted', UploadId: id }))).rejects.toMatchObject({ name: 'NoSuchUpload' });
  await expect.poll(filesOnDisk).toBe(before);
});

test('parts and uploads are listed in pages', async () => {
  const client = storage.client();
  const id = await begin('paged/a');
  const others = [await begin('paged/b/1'), await begin('paged/b/2'), await begin('paged/c')];
  for (const number of [5, 1, 3]) await part('paged/a', id, number, Buffer.alloc(number));
  const first = await client.send(new ListPartsCommand({ Bucket, Key: 'paged/a', UploadId: id, MaxParts: 2 }));
  expect([first.Parts?.map((item) => [item.PartNumber, item.Size]), first.IsTruncated]).toEqual([
    [
      [1, 1],
      [3, 3],
    ],
    true,
  ]);
  const rest = await client.send(new ListPartsCommand({ Bucket, Key: 'paged/a', UploadId: id, PartNumberMarker: first.NextPartNumberMarker }));
  expect([rest.Parts?.map((item) => item.PartNumber), rest.IsTruncated]).toEqual([[5], false]);
  const rolled = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: 'paged/', Delimiter: '/' }));
  expect([rolled.Uploads?.map((item) => item.Key), rolled.CommonPrefixes?.map((item) => item.Prefix)]).toEqual([['paged/a', 'paged/c'], ['paged/b/']]);
  const found: (string | undefined)[] = [];
  for (let marker: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = {}; ; ) {
    const page = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: 'paged/', MaxUploads: 1, ...marker }));
    found.push(...(page.Uploads ?? []).map((item) => item.UploadId));
    if (page.IsTruncated !== true) break;
    marker = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
  }
  expect(found).toEqual([id, ...others]);
  const behind = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: 'paged/', Delimiter: '/', KeyMarker: 'paged/b/' }));
  expect([behind.Uploads?.map((item) => item.Key), behind.CommonPrefixes]).toEqual([['paged/c'], undefined]);
});

test('a part can be copied from a range of another object', async () => {
  const client = storage.client();
  const source = randomBytes(300_000);
  await client.send(new PutObjectCommand({ Bucket, Key: 'source of parts', Body: source }));
  const id = await begin('copied');
  const copy = (CopySourceRange?: string) =>
    client.send(
      new UploadPartCopyCommand({ Bucket, Key: 'copied', UploadId: id, PartNumber: 1, CopySource: `${Bucket}/source%20of%20parts`, CopySourceRange }),
    );
  const { CopyPartResult } = await copy('bytes=1000-200000');
  await expect(copy('bytes=0-300000')).rejects.toMatchObject({ name: 'InvalidArgument' });
  await expect(copy('0-5')).rejects.toMatchObject({ name: 'InvalidArgument' });
  await complete('copied', id, [{ PartNumber: 1, ETag: CopyPartResult?.ETag }]);
  expect((await read('copied')).equals(source.subarray(1000, 200_001))).toBe(true);
});

test("the SDK's own uploader streams 23 MiB through", async () => {
  const body = randomBytes(23 * MIB);
  await new Upload({ client: storage.client(), params: { Bucket, Key: 'uploader', Body: body }, partSize: 5 * MIB, queueSize: 4 }).done();
  expect((await read('uploader')).equals(body)).toBe(true);
});
