/** Who may do what: each verb asks for AWS's action, and nobody learns what exists who may not know. */
import {
  CreateBucketCommand,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN, startStorage, type Storage, user } from './storage.ts';

const Bucket = 'vault';
const OBJECTS = `arn:aws:s3:::${Bucket}`;
const DENIED = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } };
const nobody = user('nobody');
const reader = user('reader', { Effect: 'Allow', Action: 's3:GetObject', Resource: `${OBJECTS}/open/*` });
const lister = user(
  'lister',
  { Effect: 'Allow', Action: 's3:GetObject', Resource: `${OBJECTS}/*` },
  { Effect: 'Allow', Action: 's3:ListBucket', Resource: OBJECTS },
);
const coned = user('coned', { Effect: 'Allow', Action: 's3:ListBucket', Resource: OBJECTS, Condition: { StringLike: { 's3:prefix': 'open/*' } } });
const remover = user('remover', { Effect: 'Allow', Action: ['s3:DeleteObject', 's3:PutObject'], Resource: `${OBJECTS}/open/*` });
const tagger = user(
  'tagger',
  {
    Effect: 'Allow',
    Action: ['s3:PutObject', 's3:PutObjectTagging', 's3:GetObjectTagging'],
    Resource: `${OBJECTS}/*`,
    Condition: { StringEquals: { 's3:RequestObjectTag/team': 'red' } },
  },
  { Effect: 'Allow', Action: 's3:GetObject', Resource: `${OBJECTS}/*`, Condition: { StringEquals: { 's3:ExistingObjectTag/team': 'red' } } },
);
const files = user('files', { Effect: 'Allow', Action: 's3:*', Resource: '*' });

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage(nobody, reader, lister, coned, remover, tagger, files);
  await storage.client().send(new CreateBucketCommand({ Bucket }));
  for (const Key of ['open/a', 'open/b', 'closed/a']) await storage.client().send(new PutObjectCommand({ Bucket, Key, Body: Key }));
});
afterAll(() => storage.close());

function get(who: typeof nobody, Key: string, bucket = Bucket) {
  return storage.client(who).send(new GetObjectCommand({ Bucket: bucket, Key }));
}

test('an object is given to those who may read it, and to nobody else', async () => {
  await get(reader, 'open/a');
  await expect(get(reader, 'closed/a')).rejects.toMatchObject(DENIED);
  await expect(get(nobody, 'open/a')).rejects.toMatchObject(DENIED);
});

test('a missing key is 404 to whoever may list the bucket, and 403 to everyone else', async () => {
  await expect(get(lister, 'open/missing')).rejects.toMatchObject({ name: 'NoSuchKey' });
  await expect(get(reader, 'open/missing')).rejects.toMatchObject(DENIED);
});

test('a missing bucket looks like one that is not yours', async () => {
  await expect(get(nobody, 'a', 'no-such-bucket')).rejects.toMatchObject(DENIED);
  await expect(storage.client(nobody).send(new HeadBucketCommand({ Bucket: 'no-such-bucket' }))).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
  await expect(get(ADMIN, 'a', 'no-such-bucket')).rejects.toMatchObject({ name: 'NoSuchBucket' });
  const removed = await storage.client(nobody).send(new DeleteObjectsCommand({ Bucket: 'no-such-bucket', Delete: { Objects: [{ Key: 'a' }] } }));
  expect(removed.Errors).toMatchObject([{ Key: 'a', Code: 'AccessDenied' }]);
});

function list(query: object) {
  return storage.client(coned).send(new ListObjectsV2Command({ Bucket, ...query }));
}

test('a list is bound to the prefix that the policy names', async () => {
  expect((await list({ Prefix: 'open/' })).KeyCount).toBe(2);
  await expect(list({})).rejects.toMatchObject(DENIED);
  await expect(list({ Prefix: 'closed/' })).rejects.toMatchObject(DENIED);
  await expect(list({ Prefix: '' })).rejects.toMatchObject(DENIED);
});

test('a batch removes what may be removed and refuses the rest by name', async () => {
  await storage.client().send(new PutObjectCommand({ Bucket, Key: 'open/c', Body: 'c' }));
  const Objects = [{ Key: 'open/c' }, { Key: 'closed/a' }, { Key: 'open/missing' }];
  const done = await storage.client(remover).send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  expect(done.Deleted?.map((entry) => entry.Key)).toEqual(['open/c', 'open/missing']);
  expect(done.Errors?.map((entry) => [entry.Key, entry.Code])).toEqual([['closed/a', 'AccessDenied']]);
  await get(ADMIN, 'closed/a');
});

test('If-Match compares what the caller must be allowed to read', async () => {
  const put = storage.client(remover).send(new PutObjectCommand({ Bucket, Key: 'open/a', Body: 'x', IfMatch: '"guess"' }));
  await expect(put).rejects.toMatchObject(DENIED);
});

test('tags are conditions, on what is written and on what is read', async () => {
  const client = storage.client(tagger);
  await client.send(new PutObjectCommand({ Bucket, Key: 'tagged', Body: 'x', Tagging: 'team=red' }));
  await expect(client.send(new PutObjectCommand({ Bucket, Key: 'tagged', Body: 'x', Tagging: 'team=blue' }))).rejects.toMatchObject(DENIED);
  await get(tagger, 'tagged');
  const blue = { TagSet: [{ Key: 'team', Value: 'blue' }] };
  await expect(client.send(new PutObjectTaggingCommand({ Bucket, Key: 'tagged', Tagging: blue }))).rejects.toMatchObject(DENIED);
  await storage.client().send(new PutObjectTaggingCommand({ Bucket, Key: 'tagged', Tagging: blue }));
  expect((await storage.client().send(new GetObjectTaggingCommand({ Bucket, Key: 'tagged' }))).TagSet).toEqual(blue.TagSet);
  await expect(get(tagger, 'tagged')).rejects.toMatchObject(DENIED);
  await storage.client().send(new DeleteObjectTaggingCommand({ Bucket, Key: 'tagged' }));
  await expect(get(tagger, 'tagged')).rejects.toMatchObject(DENIED);
});

function policy(statement: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}

function putPolicy(Policy: string, bucket = Bucket) {
  return storage.client().send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
}

describe('a bucket policy', () => {
  test('allows, denies, and is given back as it was put', async () => {
    const deny = policy({ Effect: 'Deny', Principal: '*', Action: 's3:GetObject', Resource: `${OBJECTS}/open/b` });
    await putPolicy(deny);
    expect((await storage.client().send(new GetBucketPolicyCommand({ Bucket }))).Policy).toBe(deny);
    await expect(get(ADMIN, 'open/b')).rejects.toMatchObject(DENIED);
    await get(ADMIN, 'open/a');
    const allow = policy({
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::000000000000:user/nobody' },
      Action: 's3:GetObject',
      Resource: `${OBJECTS}/open/a`,
    });
    await putPolicy(allow);
    await get(nobody, 'open/a');
    await expect(get(nobody, 'open/b')).rejects.toMatchObject(DENIED);
  });

  test('that is public opens the bucket to unsigned requests, unless public access is blocked', async () => {
    await storage.client().send(new CreateBucketCommand({ Bucket: 'public' }));
    await storage.client().send(new PutObjectCommand({ Bucket: 'public', Key: 'page', Body: 'hello' }));
    const fetchPage = () => fetch(`${storage.url}/public/page`);
    expect((await fetchPage()).status).toBe(403);
    const open = policy({ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::public/*' });
    await putPolicy(open, 'public');
    expect(await (await fetchPage()).text()).toBe('hello');
    expect((await storage.client().send(new GetBucketPolicyStatusCommand({ Bucket: 'public' }))).PolicyStatus?.IsPublic).toBe(true);
    const block = { RestrictPublicBuckets: true, BlockPublicPolicy: true };
    await storage.client().send(new PutPublicAccessBlockCommand({ Bucket: 'public', PublicAccessBlockConfiguration: block }));
    expect((await fetchPage()).status).toBe(403);
    await expect(putPolicy(open, 'public')).rejects.toMatchObject(DENIED);
  });

  test('that is malformed or speaks of another bucket is refused', async () => {
    await expect(putPolicy('{')).rejects.toMatchObject({ name: 'MalformedPolicy' });
    await expect(putPolicy(policy({ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::other/*' }))).rejects.toMatchObject({
      name: 'MalformedPolicy',
    });
  });
});

test('under SSE-KMS, writing and reading need the key, on the caller’s own authority', async () => {
  const kms = new KMSClient({ region: 'us-east-1', endpoint: storage.url, credentials: ADMIN });
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  kms.destroy();
  await storage.client().send(new CreateBucketCommand({ Bucket: 'encrypted' }));
  const byDefault = { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KeyMetadata?.KeyId } as const;
  const ServerSideEncryptionConfiguration = { Rules: [{ ApplyServerSideEncryptionByDefault: byDefault, BucketKeyEnabled: true }] };
  await storage.client().send(new PutBucketEncryptionCommand({ Bucket: 'encrypted', ServerSideEncryptionConfiguration }));
  const put = (who: typeof nobody) => storage.client(who).send(new PutObjectCommand({ Bucket: 'encrypted', Key: 'k', Body: 'x' }));
  expect(await put(ADMIN)).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: KeyMetadata?.Arn, BucketKeyEnabled: true });
  await expect(put(files)).rejects.toMatchObject(DENIED);
  await expect(get(files, 'k', 'encrypted')).rejects.toMatchObject(DENIED);
  expect(await (await get(ADMIN, 'k', 'encrypted')).Body?.transformToString()).toBe('x');
});
