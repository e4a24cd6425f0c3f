/** Buckets and what can be set on them. */
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketCorsCommand,
  DeleteBucketTaggingCommand,
  DeletePublicAccessBlockCommand,
  GetBucketAclCommand,
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutBucketAclCommand,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startStorage, type Storage } from './storage.ts';

let storage: Storage;
const Bucket = 'settings';
beforeAll(async () => {
  storage = await startStorage();
  await storage.client().send(new CreateBucketCommand({ Bucket }));
});
afterAll(() => storage.close());

test('a bucket is made once, listed, found and removed', async () => {
  await storage.client().send(new CreateBucketCommand({ Bucket: 'made.once-1' }));
  await storage.client().send(new PutBucketVersioningCommand({ Bucket: 'made.once-1', VersioningConfiguration: { Status: 'Enabled' } }));
  // us-east-1 alone takes an own bucket for made; nothing about it changes.
  await storage.client().send(new CreateBucketCommand({ Bucket: 'made.once-1' }));
  expect((await storage.client().send(new GetBucketVersioningCommand({ Bucket: 'made.once-1' }))).Status).toBe('Enabled');
  await storage.restart();
  const client = storage.client();
  expect((await client.send(new ListBucketsCommand({}))).Buckets?.map((bucket) => bucket.Name)).toEqual(['made.once-1', Bucket]);
  const page = await client.send(new ListBucketsCommand({ MaxBuckets: 1 }));
  expect((await client.send(new ListBucketsCommand({ ContinuationToken: page.ContinuationToken }))).Buckets?.map((bucket) => bucket.Name)).toEqual([Bucket]);
  expect((await client.send(new HeadBucketCommand({ Bucket: 'made.once-1' }))).BucketRegion).toBe('us-east-1');
  expect((await client.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBeUndefined();
  await client.send(new DeleteBucketCommand({ Bucket: 'made.once-1' }));
  await expect(client.send(new HeadBucketCommand({ Bucket: 'made.once-1' }))).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
});

test('ten that race to make a bucket make one', async () => {
  await Promise.all(Array.from({ length: 10 }, () => storage.client().send(new CreateBucketCommand({ Bucket: 'raced' }))));
  expect((await storage.client().send(new ListBucketsCommand({ Prefix: 'raced' }))).Buckets).toHaveLength(1);
  expect((await storage.client().send(new ListBucketsCommand({ BucketRegion: 'eu-west-1' }))).Buckets).toEqual([]);
});

test.each([
  'ab',
  'Upper',
  'under_score',
  '-dash',
  'dash-',
  'two..dots',
  'dot.-dash',
  'dash-.dot',
  '192.168.5.4',
  'xn--bucket',
  'bucket-s3alias',
  'a'.repeat(64),
])('the name %j is refused', async (name) => {
  const answer = storage.client(undefined, { disableMultiregionAccessPoints: true }).send(new CreateBucketCommand({ Bucket: name }));
  await expect(answer).rejects.toMatchObject({ name: 'InvalidBucketName' });
});

test('a location that is not here is refused', async () => {
  const create = new CreateBucketCommand({ Bucket: 'elsewhere', CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } });
  await expect(storage.client().send(create)).rejects.toMatchObject({ name: 'InvalidLocationConstraint' });
});

test('encryption is AES256 unless something else is set', async () => {
  const { ServerSideEncryptionConfiguration } = await storage.client().send(new GetBucketEncryptionCommand({ Bucket }));
  expect(ServerSideEncryptionConfiguration?.Rules).toMatchObject([{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }]);
});

test('public access block, tags and ownership are set, given back and deleted', async () => {
  const client = storage.client();
  await expect(client.send(new GetPublicAccessBlockCommand({ Bucket }))).rejects.toMatchObject({ name: 'NoSuchPublicAccessBlockConfiguration' });
  await client.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: { BlockPublicAcls: true } }));
  const block = await client.send(new GetPublicAccessBlockCommand({ Bucket }));
  expect(block.PublicAccessBlockConfiguration).toEqual({
    BlockPublicAcls: true,
    IgnorePublicAcls: false,
    BlockPublicPolicy: false,
    RestrictPublicBuckets: false,
  });
  await client.send(new DeletePublicAccessBlockCommand({ Bucket }));
  await expect(client.send(new GetPublicAccessBlockCommand({ Bucket }))).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });

  await client.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [{ Key: 'a', Value: '1' }] } }));
  expect((await client.send(new GetBucketTaggingCommand({ Bucket }))).TagSet).toEqual([{ Key: 'a', Value: '1' }]);
  await client.send(new DeleteBucketTaggingCommand({ Bucket }));
  await expect(client.send(new GetBucketTaggingCommand({ Bucket }))).rejects.toMatchObject({ name: 'NoSuchTagSet' });

  const owner = await client.send(new GetBucketOwnershipControlsCommand({ Bucket }));
  expect(owner.OwnershipControls?.Rules).toEqual([{ ObjectOwnership: 'BucketOwnerEnforced' }]);
  const writer = { Rules: [{ ObjectOwnership: 'ObjectWriter' as const }] };
  await expect(client.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls: writer }))).rejects.toMatchObject({ name: 'NotImplemented' });
});

test('the owner has full control, and a list that says more is refused', async () => {
  const acl = await storage.client().send(new GetBucketAclCommand({ Bucket }));
  expect(acl.Grants).toMatchObject([{ Permission: 'FULL_CONTROL', Grantee: { ID: acl.Owner?.ID } }]);
  await storage.client().send(new PutBucketAclCommand({ Bucket, ACL: 'private' }));
  await expect(storage.client().send(new PutBucketAclCommand({ Bucket, ACL: 'public-read' }))).rejects.toMatchObject({ name: 'AccessControlListNotSupported' });
});

test('what is not offered is never set, and truthfully not configured', async () => {
  const client = storage.client();
  const LifecycleConfiguration = { Rules: [{ Status: 'Enabled' as const, Filter: { Prefix: '' }, Expiration: { Days: 1 } }] };
  await expect(client.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }))).rejects.toMatchObject({
    name: 'NotImplemented',
  });
  await expect(client.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))).rejects.toMatchObject({ name: 'NoSuchLifecycleConfiguration' });
});

function preflight(headers: Record<string, string>): Promise<Response> {
  return fetch(`${storage.url}/${Bucket}/some/key`, { method: 'OPTIONS', headers });
}

describe('CORS', () => {
  const rule = {
    AllowedOrigins: ['https://*.example.com'],
    AllowedMethods: ['GET', 'PUT'],
    AllowedHeaders: ['x-amz-*'],
    ExposeHeaders: ['etag'],
    MaxAgeSeconds: 60,
  };
  const allowed = { origin: 'https://app.example.com', 'access-control-request-method': 'PUT', 'access-control-request-headers': 'X-Amz-Date' };

  test('is off until it is configured, and off again once it is deleted', async () => {
    expect((await preflight(allowed)).status).toBe(403);
    await expect(storage.client().send(new GetBucketCorsCommand({ Bucket }))).rejects.toMatchObject({ name: 'NoSuchCORSConfiguration' });
    await storage.client().send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: [rule] } }));
    expect((await storage.client().send(new GetBucketCorsCommand({ Bucket }))).CORSRules).toEqual([rule]);
    const answer = await preflight(allowed);
    expect([answer.status, answer.headers.get('access-control-allow-origin'), answer.headers.get('access-control-allow-headers')]).toEqual([
      200,
      allowed.origin,
      'x-amz-date',
    ]);
    const refusals: number[] = [];
    for (const change of [
      { origin: 'https://evil.com' },
      { 'access-control-request-method': 'DELETE' },
      { 'access-control-request-headers': 'authorization' },
    ]) {
      refusals.push((await preflight({ ...allowed, ...change })).status);
    }
    expect(refusals).toEqual([403, 403, 403]);
    await storage.client().send(new PutObjectCommand({ Bucket, Key: 'some/key', Body: 'x' }));
    const refused = await fetch(`${storage.url}/${Bucket}/some/key`, { headers: { origin: allowed.origin } });
    expect([refused.status, refused.headers.get('access-control-allow-origin'), refused.headers.get('access-control-expose-headers')]).toEqual([
      403,
      allowed.origin,
      'etag',
    ]);
    await storage.client().send(new DeleteBucketCorsCommand({ Bucket }));
    expect((await preflight(allowed)).status).toBe(403);
  });

  test.each([{ AllowedMethods: ['PATCH'] }, { AllowedOrigins: ['*.*'] }, { ExposeHeaders: ['x-*'] }])('a rule with %j is refused', async (wrong) => {
    const put = new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: [{ ...rule, ...wrong }] } });
    await expect(storage.client().send(put)).rejects.toMatchObject({ name: 'InvalidRequest' });
  });
});
