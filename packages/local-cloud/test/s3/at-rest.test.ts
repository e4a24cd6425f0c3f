/** What lies on the disk: no plaintext, and no byte of it can be changed without notice. */
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startStorage, type Storage } from './storage.ts';

const Bucket = 'sealed';
let storage: Storage;
beforeEach(async () => {
  storage = await startStorage();
  await storage.client().send(new CreateBucketCommand({ Bucket }));
});
afterEach(() => storage.close());

function put(Key: string, Body: Uint8Array) {
  return storage.client().send(new PutObjectCommand({ Bucket, Key, Body }));
}

async function get(Key: string, Range?: string): Promise<Buffer> {
  const answer = await storage.client().send(new GetObjectCommand({ Bucket, Key, Range }));
  return Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function blobFile(): string {
  const [file = ''] = filesBelow(join(storage.data, 's3', 'blobs'));
  return file;
}

function flip(file: string, position: number): void {
  const handle = openSync(file, 'r+');
  const byte = Buffer.alloc(1);
  readSync(handle, byte, 0, 1, position);
  writeSync(handle, Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, position);
  closeSync(handle);
}

test('neither a small nor a large body lies there in the clear', async () => {
  const secret = Buffer.from('the quick brown secret');
  await put('small', secret);
  await put('large', Buffer.concat([randomBytes(100_000), secret, randomBytes(100_000)]));
  const files = filesBelow(storage.data);
  expect(files.length).toBeGreaterThan(2);
  expect(files.filter((file) => readFileSync(file).includes(secret))).toEqual([]);
});

test.each([
  [0, 'bytes=65536-70000'],
  [65_535, 'bytes=65536-70000'],
  [65_536 + 16 + 5, 'bytes=0-10'],
  [-1, 'bytes=0-10'],
])('a bit flipped at %i of a large body is an error, never a wrong byte; chunks beside it stay readable', async (position, beside) => {
  const body = randomBytes(200_000);
  await put('large', body);
  const file = blobFile();
  flip(file, position < 0 ? statSync(file).size + position : position);
  await expect(get('large')).rejects.toBeInstanceOf(Error);
  const [start = 0, end = 0] = beside.slice('bytes='.length).split('-').map(Number);
  expect(await get('large', beside)).toEqual(body.subarray(start, end + 1));
});

test('a body that is cut off at a chunk boundary is an error', async () => {
  await put('large', randomBytes(200_000));
  truncateSync(blobFile(), 65_536 + 16);
  await expect(get('large')).rejects.toBeInstanceOf(Error);
});

test('sealed bytes that are moved below another name, or changed in the index, do not open', async () => {
  await put('mine', Buffer.from('mine'));
  await put('yours', Buffer.from('yours'));
  await storage.stop();
  const index = new DatabaseSync(join(storage.data, 's3', 'index.db'));
  const detail = (key: string) => String(index.prepare('SELECT detail FROM versions WHERE key = ?').get(Buffer.from(key))?.['detail']);
  index.prepare('UPDATE versions SET detail = ? WHERE key = ?').run(detail('mine'), Buffer.from('yours'));
  index.exec("UPDATE blobs SET data = CAST(substr(data, 1, 2) || x'00' || substr(data, 4) AS BLOB) WHERE id = (SELECT min(id) FROM blobs)");
  index.close();
  await storage.start();
  await expect(get('yours')).rejects.toMatchObject({ name: 'InternalError' });
  await expect(get('mine')).rejects.toMatchObject({ name: 'InternalError' });
});

test('the folder is closed to everyone but its owner', async () => {
  await put('large', randomBytes(100_000));
  expect(statSync(blobFile()).mode & 0o077).toBe(0);
  expect(statSync(storage.data).mode & 0o077).toBe(0);
});
