/** Everything in the data folder is its owner's alone: a backup keeps a file's mode, and may not keep the folder's. */
import { chmodSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startLocalCloud } from '../../src/local-cloud.ts';
import { createSignIn } from '../../src/sign-in/sign-in.ts';
import { ALICE, PRINCIPALS, temporaryFolder } from '../front/fixture.ts';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

/** Each path below the data folder that anyone but its owner may do something with. */
function open(): string[] {
  return everything().filter((path) => (statSync(join(folder.path, path)).mode & 0o077) !== 0);
}

function everything(): string[] {
  return readdirSync(folder.path, { recursive: true, withFileTypes: true }).map((entry) => relative(folder.path, join(entry.parentPath, entry.name)));
}

async function use(): Promise<() => Promise<void>> {
  const cloud = await startLocalCloud({ port: 0, data: folder.path, principals: PRINCIPALS });
  const signIn = await createSignIn({ issuer: 'http://127.0.0.1:1/sign-in', data: folder.path, passwordCost: { N: 1024, r: 8, p: 1 } });
  signIn.deliver({ to: 'a@example.com', subject: 's', text: 't' });
  const s3 = new S3Client({ endpoint: cloud.url, region: 'us-east-1', credentials: ALICE, maxAttempts: 1, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: 'one' })).catch(() => undefined);
  await s3.send(new PutObjectCommand({ Bucket: 'one', Key: 'large', Body: new Uint8Array(200_000) }));
  s3.destroy();
  return async () => {
    signIn.close();
    await cloud.close();
  };
}

const databases = ['kms/keys.sqlite', 's3/index.db', 'ssm/parameters.sqlite', 'sign-in/sign-in.sqlite'];

it('after use, no database, side file, key or body is open to others', async () => {
  const close = await use();
  const paths = everything();
  expect(paths).toEqual(expect.arrayContaining(['lock.sqlite', 'sign-in/keys.json', ...databases, ...databases.map((file) => `${file}-wal`)]));
  expect(paths.filter((path) => /^s3\/blobs\/[^/]+\/./.test(path)).length).toBeGreaterThan(0);
  expect(open()).toEqual([]);
  await close();
  expect(open()).toEqual([]);
});

it('databases that were made wider by an earlier version are closed', async () => {
  await (await use())();
  for (const file of [...databases, 'lock.sqlite']) chmodSync(join(folder.path, file), 0o644);
  const close = await use();
  expect(open()).toEqual([]);
  await close();
});
