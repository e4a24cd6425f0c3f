/** Where clients look closer than at a status: headers and spellings of answers that an SDK hides. */
import {
  CreateBucketCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deliver, type Draft, sign } from '../front/sign.ts';
import { ADMIN, startStorage, type Storage, user } from './storage.ts';

const Bucket = 'answers';
const remover = user('remover', { Effect: 'Allow', Action: 's3:DeleteObject', Resource: '*' });
const writer = user('writer', { Effect: 'Allow', Action: ['s3:PutObject', 's3:GetObject'], Resource: '*' });
let storage: Storage;
let port: number;
beforeAll(async () => {
  storage = await startStorage(remover, writer);
  port = Number(new URL(storage.url).port);
  await storage.client().send(new CreateBucketCommand({ Bucket }));
  await storage.client().send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }));
});
afterAll(() => storage.close());

function send(method: string, path: string, query = '', headers: Record<string, string> = {}) {
  const draft: Draft = { method, path, query, headers: { ...headers }, body: '' };
  sign(draft, `127.0.0.1:${port}`, { credentials: ADMIN });
  return deliver(port, draft);
}

test('whoever asks for a delete marker by its id is told that it can only be deleted', async () => {
  await storage.client().send(new CreateBucketCommand({ Bucket: 'marked' }));
  await storage.client().send(new PutBucketVersioningCommand({ Bucket: 'marked', VersioningConfiguration: { Status: 'Enabled' } }));
  const { VersionId } = await storage.client().send(new DeleteObjectCommand({ Bucket: 'marked', Key: 'k' }));
  const answer = await send('GET', '/marked/k', `versionId=${VersionId}`);
  expect([answer.status, answer.headers['allow'], answer.headers['x-amz-delete-marker']]).toEqual([405, 'DELETE', 'true']);
  expect((await send('GET', '/marked/k')).headers).toMatchObject({ 'x-amz-delete-marker': 'true', 'x-amz-version-id': VersionId });
});

test('whether a policy is public is said in the spelling that every SDK reads', async () => {
  const allow = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${Bucket}/*` };
  const put = (statement: object) =>
    storage.client().send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }) }));
  await put(allow);
  expect((await send('GET', `/${Bucket}`, 'policyStatus=')).text).toContain('<IsPublic>true</IsPublic>');
  await expect(put({ ...allow, Action: 'kms:Decrypt' })).rejects.toMatchObject({ name: 'MalformedPolicy' });
  await storage.client().send(new DeleteBucketPolicyCommand({ Bucket }));
});

test.each([
  ['', 403, 'AccessDenied'],
  ['nonsense', 400, 'InvalidArgument'],
  ['AWS nonsense', 400, 'InvalidArgument'],
  ['AWS AKIAEXAMPLE:c2lnbmF0dXJl', 400, 'InvalidRequest'],
  ['AWS4-HMAC-SHA512 Credential=x', 400, 'InvalidRequest'],
])('an Authorization header of %j is %i %s', async (authorization, status, code) => {
  const answer = await deliver(port, { method: 'PUT', path: `/${Bucket}/k`, query: '', headers: { authorization }, body: 'x' });
  expect([answer.status, answer.code]).toEqual([status, code]);
});

test('an empty continuation token is the beginning', async () => {
  expect((await storage.client().send(new ListObjectsV2Command({ Bucket, ContinuationToken: '' }))).KeyCount).toBe(1);
});

test('a delete on a condition asks for the right to read what it compares', async () => {
  const { ETag } = await storage.client().send(new HeadObjectCommand({ Bucket, Key: 'k' }));
  const client = storage.client(remover);
  await expect(client.send(new DeleteObjectCommand({ Bucket, Key: 'k', IfMatch: ETag }))).rejects.toMatchObject({ name: 'AccessDenied' });
  const batch = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'k', ETag }, { Key: 'other' }] } }));
  expect(batch.Errors).toMatchObject([{ Key: 'k', Code: 'AccessDenied' }]);
  expect(batch.Deleted).toMatchObject([{ Key: 'other' }]);
});

test('aws:kms without a key is the key of the service, open to everyone who may use the bucket', async () => {
  const client = storage.client(writer);
  const put = await client.send(new PutObjectCommand({ Bucket, Key: 'managed', Body: 'x', ServerSideEncryption: 'aws:kms' }));
  expect(put.SSEKMSKeyId).toMatch(/^arn:aws:kms:us-east-1:000000000000:key\//);
  expect(await (await client.send(new GetObjectCommand({ Bucket, Key: 'managed' }))).Body?.transformToString()).toBe('x');
  const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' as const } }];
  await storage.client().send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }));
  expect((await client.send(new PutObjectCommand({ Bucket, Key: 'default', Body: 'x' }))).SSEKMSKeyId).toBe(put.SSEKMSKeyId);
});

test('a range counts only for the version that If-Range names', async () => {
  const { headers } = await send('GET', `/${Bucket}/k`);
  const ask = async (ifRange: string | string[] | undefined) =>
    (await send('GET', `/${Bucket}/k`, '', { range: 'bytes=0-0', 'if-range': String(ifRange) })).status;
  expect([await ask(headers['etag']), await ask(headers['last-modified'])]).toEqual([206, 206]);
  expect([await ask('"another"'), await ask(`W/${String(headers['etag'])}`), await ask('Sat, 29 Oct 1994 19:43:31 GMT')]).toEqual([200, 200, 200]);
});
