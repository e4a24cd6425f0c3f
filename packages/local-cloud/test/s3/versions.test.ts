/** Versioning: nothing is lost while it is enabled, and the null version is the only one that is ever replaced. */
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startStorage, type Storage } from './storage.ts';

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});
afterAll(() => storage.close());

async function bucketWith(Bucket: string, ...statuses: readonly ('Enabled' | 'Suspended')[]): Promise<string> {
  const client = storage.client();
  await client.send(new CreateBucketCommand({ Bucket }));
  for (const Status of statuses) await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
  return Bucket;
}

async function put(Bucket: string, Key: string, Body: string) {
  return (await storage.client().send(new PutObjectCommand({ Bucket, Key, Body }))).VersionId;
}

async function read(Bucket: string, Key: string, VersionId?: string): Promise<string> {
  const answer = await storage.client().send(new GetObjectCommand({ Bucket, Key, VersionId }));
  return (await answer.Body?.transformToString()) ?? '';
}

test('a new bucket has no versions, and says so', async () => {
  const Bucket = await bucketWith('never');
  expect((await storage.client().send(new GetBucketVersioningCommand({ Bucket }))).Status).toBeUndefined();
  expect(await put(Bucket, 'k', '1')).toBeUndefined();
  const gone = await storage.client().send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
  expect([gone.DeleteMarker, gone.VersionId]).toEqual([undefined, undefined]);
});

test('every version can be read, and a delete only hides', async () => {
  const Bucket = await bucketWith('enabled', 'Enabled');
  const client = storage.client();
  const [one, two] = [await put(Bucket, 'k', '1'), await put(Bucket, 'k', '2')];
  expect(await read(Bucket, 'k')).toBe('2');
  expect(await read(Bucket, 'k', one)).toBe('1');
  const { DeleteMarker, VersionId: markerId } = await client.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
  expect(DeleteMarker).toBe(true);
  await expect(read(Bucket, 'k')).rejects.toMatchObject({ name: 'NoSuchKey' });
  await expect(read(Bucket, 'k', markerId)).rejects.toMatchObject({ name: 'MethodNotAllowed' });
  await expect(client.send(new HeadObjectCommand({ Bucket, Key: 'k' }))).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
  expect(await read(Bucket, 'k', two)).toBe('2');
  expect((await client.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
  const undone = await client.send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId: markerId }));
  expect([undone.DeleteMarker, undone.VersionId]).toEqual([true, markerId]);
  expect(await read(Bucket, 'k')).toBe('2');
  await client.send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId: two }));
  expect(await read(Bucket, 'k')).toBe('1');
  await expect(read(Bucket, 'k', two)).rejects.toMatchObject({ name: 'NoSuchVersion', $metadata: { httpStatusCode: 404 } });
  await expect(read(Bucket, 'k', 'not-an-id')).rejects.toMatchObject({ name: 'InvalidArgument' });
});

test('a key that is written again after its versions were removed never answers to an old version id', async () => {
  const Bucket = await bucketWith('reborn', 'Enabled');
  const old = await put(Bucket, 'k', 'old');
  await storage.client().send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId: old }));
  await put(Bucket, 'k', 'new');
  await expect(read(Bucket, 'k', old)).rejects.toMatchObject({ name: 'NoSuchVersion' });
});

test('an object from before versioning becomes the null version and is kept', async () => {
  const Bucket = await bucketWith('before');
  await put(Bucket, 'k', 'null');
  await storage.client().send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  await put(Bucket, 'k', 'next');
  expect(await read(Bucket, 'k', 'null')).toBe('null');
  const listed = await storage.client().send(new ListObjectVersionsCommand({ Bucket }));
  expect(listed.Versions?.map((version) => [version.VersionId === 'null', version.IsLatest])).toEqual([
    [false, true],
    [true, false],
  ]);
});

test('while suspended, writes and deletes replace the null version alone', async () => {
  const Bucket = await bucketWith('suspended', 'Enabled');
  const kept = await put(Bucket, 'k', 'kept');
  await storage.client().send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Suspended' } }));
  // On a suspended bucket S3 does not name the version it wrote.
  expect(await put(Bucket, 'k', 'n1')).toBeUndefined();
  await put(Bucket, 'k', 'n2');
  expect(await read(Bucket, 'k')).toBe('n2');
  const gone = await storage.client().send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
  expect([gone.DeleteMarker, gone.VersionId]).toEqual([true, 'null']);
  expect(await read(Bucket, 'k', kept)).toBe('kept');
  const listed = await storage.client().send(new ListObjectVersionsCommand({ Bucket }));
  expect([listed.Versions?.length, listed.DeleteMarkers?.length]).toEqual([1, 1]);
});

test('a batch removes versions one by one, and the bucket only once nothing is left', async () => {
  const Bucket = await bucketWith('emptied', 'Enabled');
  const client = storage.client();
  for (let index = 0; index < 5; index += 1) await put(Bucket, 'k', String(index));
  await client.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
  await expect(client.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({ name: 'BucketNotEmpty', $metadata: { httpStatusCode: 409 } });
  for (;;) {
    const page = await client.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 2 }));
    const found = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
    if (found.length === 0) break;
    const { Errors } = await client.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: found.map(({ Key = '', VersionId }) => ({ Key, VersionId })) } }),
    );
    expect(Errors).toBeUndefined();
  }
  await client.send(new DeleteBucketCommand({ Bucket }));
});
