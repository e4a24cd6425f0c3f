/** CopyObject: what comes along, what is replaced, what is refused. */
import { randomBytes } from 'node:crypto';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startStorage, type Storage, user } from './storage.ts';

const LIMITED = user(
  'limited',
  { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: 'arn:aws:s3:::from/mine/*' },
  { Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::target/*' },
);
let storage: Storage;
beforeAll(async () => {
  storage = await startStorage(LIMITED);
  const client = storage.client();
  for (const Bucket of ['from', 'target']) await client.send(new CreateBucketCommand({ Bucket }));
  const described = { ContentType: 'text/a', Metadata: { a: '1' }, Tagging: 'k=v' };
  await client.send(new PutObjectCommand({ Bucket: 'from', Key: 'mine/ü +?.txt', Body: 'content', ...described }));
  await client.send(new PutObjectCommand({ Bucket: 'from', Key: 'mine/plain', Body: 'plain' }));
  await client.send(new PutObjectCommand({ Bucket: 'from', Key: 'theirs/secret', Body: 'secret' }));
});
afterAll(() => storage.close());

const SOURCE = `from/${encodeURIComponent('mine/ü +?.txt')}`;

async function text(Key: string, Bucket = 'target'): Promise<string> {
  const answer = await storage.client().send(new GetObjectCommand({ Bucket, Key }));
  return (await answer.Body?.transformToString()) ?? '';
}

test('content, headers, metadata and tags come along', async () => {
  const client = storage.client();
  const { CopyObjectResult } = await client.send(new CopyObjectCommand({ Bucket: 'target', Key: 'copied', CopySource: SOURCE }));
  expect(await text('copied')).toBe('content');
  const head = await client.send(new HeadObjectCommand({ Bucket: 'target', Key: 'copied' }));
  expect(head).toMatchObject({ ContentType: 'text/a', Metadata: { a: '1' }, ETag: CopyObjectResult?.ETag });
  expect((await client.send(new GetObjectTaggingCommand({ Bucket: 'target', Key: 'copied' }))).TagSet).toEqual([{ Key: 'k', Value: 'v' }]);
});

test('with REPLACE the request says what is kept', async () => {
  const client = storage.client();
  const replace = { MetadataDirective: 'REPLACE', TaggingDirective: 'REPLACE' } as const;
  await client.send(new CopyObjectCommand({ Bucket: 'target', Key: 'replaced', CopySource: SOURCE, ...replace, ContentType: 'text/b', Metadata: { b: '2' } }));
  const head = await client.send(new HeadObjectCommand({ Bucket: 'target', Key: 'replaced' }));
  expect([head.ContentType, head.Metadata]).toEqual(['text/b', { b: '2' }]);
  expect((await client.send(new GetObjectTaggingCommand({ Bucket: 'target', Key: 'replaced' }))).TagSet ?? []).toEqual([]);
});

test('a copy onto itself must change something', async () => {
  const client = storage.client();
  const copy = (more: object = {}) => client.send(new CopyObjectCommand({ Bucket: 'from', Key: 'mine/plain', CopySource: 'from/mine/plain', ...more }));
  await expect(copy()).rejects.toMatchObject({ name: 'InvalidRequest' });
  await copy({ MetadataDirective: 'REPLACE', Metadata: { changed: 'yes' } });
  expect(await text('mine/plain', 'from')).toBe('plain');
});

/** To the second, as HTTP says it. */
async function modifiedOf(Key: string): Promise<Date | undefined> {
  return (await storage.client().send(new HeadObjectCommand({ Bucket: 'from', Key }))).LastModified;
}

test('conditions on the source and on the target are kept apart', async () => {
  const client = storage.client();
  const copy = (more: object) => client.send(new CopyObjectCommand({ Bucket: 'target', Key: 'conditional', CopySource: SOURCE, ...more }));
  await expect(copy({ CopySourceIfMatch: '"other"' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
  await expect(copy({ CopySourceIfModifiedSince: await modifiedOf('mine/ü +?.txt') })).rejects.toMatchObject({ $metadata: { httpStatusCode: 412 } });
  await copy({ IfNoneMatch: '*' });
  await expect(copy({ IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
});

test('an older version can be copied over the newest, and a marker cannot be a source', async () => {
  const client = storage.client();
  await client.send(new CreateBucketCommand({ Bucket: 'versions' }));
  await client.send(new PutBucketVersioningCommand({ Bucket: 'versions', VersioningConfiguration: { Status: 'Enabled' } }));
  const { VersionId } = await client.send(new PutObjectCommand({ Bucket: 'versions', Key: 'k', Body: 'old' }));
  await client.send(new PutObjectCommand({ Bucket: 'versions', Key: 'k', Body: 'new' }));
  const restored = await client.send(new CopyObjectCommand({ Bucket: 'versions', Key: 'k', CopySource: `versions/k?versionId=${VersionId}` }));
  expect(restored.CopySourceVersionId).toBe(VersionId);
  expect(await text('k', 'versions')).toBe('old');
  const marker = await client.send(new DeleteObjectCommand({ Bucket: 'versions', Key: 'k' }));
  const copy = (CopySource: string) => client.send(new CopyObjectCommand({ Bucket: 'target', Key: 'x', CopySource }));
  await expect(copy('versions/k')).rejects.toMatchObject({ name: 'NoSuchKey' });
  await expect(copy(`versions/k?versionId=${marker.VersionId}`)).rejects.toMatchObject({ name: 'InvalidRequest' });
  await expect(copy('nothing')).rejects.toMatchObject({ name: 'InvalidArgument' });
  await expect(copy('missing-bucket/k')).rejects.toMatchObject({ name: 'NoSuchBucket' });
});

test('both sides are authorised: a source or a target outside is refused, and so are tags that may not be read', async () => {
  const client = storage.client(LIMITED);
  const copy = (Bucket: string, CopySource: string, more: object = {}) => client.send(new CopyObjectCommand({ Bucket, Key: 'x', CopySource, ...more }));
  await copy('target', 'from/mine/plain');
  await expect(copy('target', 'from/theirs/secret')).rejects.toMatchObject({ name: 'AccessDenied' });
  await expect(copy('from', 'from/mine/plain')).rejects.toMatchObject({ name: 'AccessDenied' });
  await expect(copy('target', SOURCE)).rejects.toMatchObject({ name: 'AccessDenied' });
  await copy('target', SOURCE, { TaggingDirective: 'REPLACE' });
});

test('a large body is sealed anew and stays what it was', async () => {
  const client = storage.client();
  const body = randomBytes(700_000);
  await client.send(new PutObjectCommand({ Bucket: 'from', Key: 'large', Body: body }));
  await client.send(new CopyObjectCommand({ Bucket: 'target', Key: 'large', CopySource: 'from/large' }));
  await client.send(new DeleteObjectCommand({ Bucket: 'from', Key: 'large' }));
  const answer = await client.send(new GetObjectCommand({ Bucket: 'target', Key: 'large' }));
  expect(Buffer.from((await answer.Body?.transformToByteArray()) ?? []).equals(body)).toBe(true);
});
