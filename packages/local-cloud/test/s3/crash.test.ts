/**
 * SIGKILL in the middle of 200 writes, in four rounds on one folder: whatever was acknowledged reads back whole, whatever was not is whole or absent, and the
 * next start leaves no file behind that the index does not name.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, expect, test } from 'vitest';
import { ADMIN } from './storage.ts';

const Bucket = 'crash';
const ROUNDS = 4;
const WRITES_A_ROUND = 50;
const KEYS = 30;
const data = mkdtempSync(join(tmpdir(), 'hq-crash-'));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(data, { recursive: true, force: true });
});

/** What a key may hold: bodies by the order they were sent in, and the last one that was acknowledged. */
interface History {
  readonly sent: Buffer[];
  acknowledged: number;
}

async function start(): Promise<{ child: ChildProcess; client: S3Client }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'crash-server.ts'), data], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  if (child.stdout === null) throw new Error('the child has no output');
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { accessKeyId, secretAccessKey } = ADMIN;
  return {
    child,
    client: new S3Client({ region: 'us-east-1', endpoint: url, forcePathStyle: true, maxAttempts: 1, credentials: { accessKeyId, secretAccessKey } }),
  };
}

/** Small ones live in the index, large ones in files, and every tenth is an upload of two parts. */
async function write(client: S3Client, Key: string, body: Buffer, multipart: boolean): Promise<void> {
  if (!multipart) {
    await client.send(new PutObjectCommand({ Bucket, Key, Body: body }));
    return;
  }
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const cut = 5 * 1024 * 1024;
  const Parts = [];
  for (const [index, Body] of [body.subarray(0, cut), body.subarray(cut)].entries()) {
    const { ETag } = await client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: index + 1, Body }));
    Parts.push({ PartNumber: index + 1, ETag });
  }
  await client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
}

async function writeUntilKilled(child: ChildProcess, client: S3Client, histories: Map<string, History>, killAfter: number): Promise<number> {
  let [begun, acknowledged] = [0, 0];
  const exit = once(child, 'exit');
  // Each worker has keys of its own, so that the writes of one key have an order.
  const work = async (worker: number): Promise<void> => {
    while (begun < WRITES_A_ROUND) {
      const number = begun;
      begun += 1;
      const key = `w${worker}/k${number % KEYS}`;
      const multipart = number % 10 === 9;
      const body = randomBytes(multipart ? 5 * 1024 * 1024 + 70_001 : number % 3 === 0 ? 300_000 : 4096);
      const history = histories.get(key) ?? { sent: [], acknowledged: -1 };
      histories.set(key, history);
      history.sent.push(body);
      const index = history.sent.length - 1;
      try {
        await write(client, key, body, multipart);
      } catch {
        return; // the server is gone
      }
      history.acknowledged = index;
      acknowledged += 1;
      if (acknowledged === killAfter) child.kill('SIGKILL');
    }
  };
  await Promise.all(Array.from({ length: 6 }, (_, worker) => work(worker)));
  child.kill('SIGKILL');
  await exit;
  client.destroy();
  return acknowledged;
}

async function read(client: S3Client, Key: string): Promise<Buffer | undefined> {
  try {
    const answer = await client.send(new GetObjectCommand({ Bucket, Key }));
    return Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}

test('nothing acknowledged is lost and nothing is torn', async () => {
  const histories = new Map<string, History>();
  const torn: string[] = [];
  const lost: string[] = [];
  let total = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const { child, client } = await start();
    if (round === 0) await client.send(new CreateBucketCommand({ Bucket }));
    total += await writeUntilKilled(child, client, histories, 12 + round * 10);
    const next = await start();
    for (const [key, { sent, acknowledged }] of histories) {
      const body = await read(next.client, key);
      const found = body === undefined ? -1 : sent.findIndex((candidate) => candidate.equals(body));
      if (body !== undefined && found < 0) torn.push(key);
      if (found < acknowledged) lost.push(key);
    }
    next.client.destroy();
    next.child.kill('SIGKILL');
    await once(next.child, 'exit');
  }
  expect({ torn, lost }).toEqual({ torn: [], lost: [] });
  expect(total).toBeGreaterThan(60);
  const { child, client } = await start();
  client.destroy();
  const files = readdirSync(join(data, 's3', 'blobs'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  child.kill('SIGKILL');
  await once(child, 'exit');
  const index = new DatabaseSync(join(data, 's3', 'index.db'));
  const named = index
    .prepare('SELECT id FROM blobs WHERE data IS NULL')
    .all()
    .map((row) => String(row['id']));
  index.close();
  expect(files.map((entry) => entry.name).sort()).toEqual(named.sort());
});
