/** What goes wrong half-way: a client that leaves, an overwrite under a reader, a disk that is full. Nothing half-stored is ever seen. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Blobs } from '../../src/services/s3/store/blobs.ts';
import { receiveBody } from '../../src/services/s3/store/body-writer.ts';
import { openDatabase } from '../../src/services/s3/store/database.ts';
import { GroupCommit } from '../../src/services/s3/store/group-commit.ts';
import { startStorage, type Storage } from './storage.ts';

const Bucket = 'faults';
const FULL = expect.objectContaining({ status: 507, code: 'InsufficientStorage' });
let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
  await storage.client().send(new CreateBucketCommand({ Bucket }));
});
afterAll(() => storage.close());

function files(data: string): number {
  return readdirSync(join(data, 's3', 'blobs'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
}

test('an upload whose client leaves is forgotten, file and all', async () => {
  const before = files(storage.data);
  const url = await getSignedUrl(storage.client(), new PutObjectCommand({ Bucket, Key: 'left' }));
  const upload = request(url, { method: 'PUT', headers: { 'content-length': 5_000_000 } });
  upload.on('error', () => undefined);
  upload.write(randomBytes(2_000_000));
  await expect.poll(() => files(storage.data)).toBe(before + 1);
  upload.destroy();
  await expect.poll(() => files(storage.data)).toBe(before);
  await expect(storage.client().send(new GetObjectCommand({ Bucket, Key: 'left' }))).rejects.toMatchObject({ name: 'NoSuchKey' });
});

test('a reader gets the whole old body while it is overwritten, and its file goes when it is done', async () => {
  const client = storage.client();
  const old = randomBytes(30_000_000);
  await client.send(new PutObjectCommand({ Bucket, Key: 'swapped', Body: old }));
  const before = files(storage.data);
  const reading = request(await getSignedUrl(client, new GetObjectCommand({ Bucket, Key: 'swapped' }))).end();
  const [response] = (await once(reading, 'response')) as [AsyncIterable<Buffer>];
  await client.send(new PutObjectCommand({ Bucket, Key: 'swapped', Body: 'new' }));
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece);
  expect(Buffer.concat(pieces).equals(old)).toBe(true);
  await expect.poll(() => files(storage.data)).toBe(before - 1);
});

test('a full index refuses with 507 what does not fit, and keeps what does', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hq-full-'));
  const db = openDatabase(folder);
  const commits = new GroupCommit(db);
  const insert = db.prepare('INSERT INTO blobs (id, data) VALUES (?, ?)');
  await commits.run(() => insert.run(1, Buffer.alloc(10)));
  const pages = Number(db.prepare('PRAGMA page_count').get()?.['page_count']);
  db.exec(`PRAGMA max_page_count = ${pages + 4}`);
  await expect(commits.run(() => insert.run(2, Buffer.alloc(1_000_000)))).rejects.toEqual(FULL);
  await commits.run(() => insert.run(3, Buffer.alloc(10)));
  expect(
    db
      .prepare('SELECT id FROM blobs')
      .all()
      .map((row) => row['id']),
  ).toEqual([1, 3]);
  db.close();
  rmSync(folder, { recursive: true });
});

test('a full disk refuses a large body with 507 and leaves no file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hq-full-'));
  const db = openDatabase(folder);
  const blobs = new Blobs(db, join(folder, 'blobs'));
  const createFile = blobs.createFile.bind(blobs);
  blobs.createFile = async (id) => {
    const file = await createFile(id);
    file.writev = () => Promise.reject(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }));
    return file;
  };
  const body = (async function* () {
    for (let piece = 0; piece < 20; piece += 1) yield randomBytes(65_536);
  })();
  await expect(receiveBody(blobs, randomBytes(32), 'b/k', body, () => undefined)).rejects.toEqual(FULL);
  const left = (): number =>
    readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && entry.parentPath.includes('blobs')).length;
  await expect.poll(left).toBe(0);
  db.close();
  rmSync(folder, { recursive: true });
});

test('of those who wait together, one refusal does not undo the others', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hq-group-'));
  const db = openDatabase(folder);
  const commits = new GroupCommit(db);
  const insert = db.prepare('INSERT INTO blobs (id, data) VALUES (?, ?)');
  const all = await Promise.allSettled(
    [1, 2, 3].map((id) =>
      commits.run(() => {
        insert.run(id, Buffer.alloc(1));
        if (id === 2) throw new Error('refused');
      }),
    ),
  );
  expect(all.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(
    db
      .prepare('SELECT id FROM blobs')
      .all()
      .map((row) => row['id']),
  ).toEqual([1, 3]);
  db.close();
  rmSync(folder, { recursive: true });
});
