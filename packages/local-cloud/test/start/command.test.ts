/** `hq-local-cloud` as a person starts it: the real file, also under the Node that the system has. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ALICE, PRINCIPALS, temporaryFolder } from '../front/fixture.ts';

const BIN = fileURLToPath(new URL('../../bin/hq-local-cloud.js', import.meta.url));
/** Wherever the system keeps its own, which may be older than ours. */
const SYSTEM_NODE = existsSync('/usr/bin/node') ? '/usr/bin/node' : process.execPath;

let folder: ReturnType<typeof temporaryFolder>;
let children: ChildProcess[];

beforeEach(() => {
  folder = temporaryFolder();
  children = [];
  writeFileSync(join(folder.path, 'principals.json'), JSON.stringify(PRINCIPALS));
});
afterEach(async () => {
  await Promise.all(
    children.filter((child) => child.exitCode === null && child.signalCode === null).map((child) => (child.kill('SIGKILL'), once(child, 'close'))),
  );
  folder.remove();
});

interface Started {
  readonly child: ChildProcess;
  /** The first line on standard output; undefined where it ends without one. */
  readonly line: Promise<string | undefined>;
  readonly end: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

function start(args: readonly string[], node = process.execPath): Started {
  const child = spawn(node, [BIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let [stdout, stderr] = ['', ''];
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()));
  const line = new Promise<string | undefined>((resolve) => {
    child.stdout.on('data', (part: Buffer) => {
      stdout += part.toString();
      if (stdout.includes('\n')) resolve(stdout.split('\n')[0]);
    });
    child.once('close', () => resolve(undefined));
  });
  const end = once(child, 'close').then(() => ({ code: child.exitCode, stdout, stderr }));
  return { child, line, end };
}

const args = (change: Record<string, string> = {}): string[] =>
  Object.entries({ port: '0', data: join(folder.path, 'data'), principals: join(folder.path, 'principals.json'), ...change }).flatMap(([name, value]) => [
    `--${name}`,
    value,
  ]);

async function addressOf(started: Started): Promise<string> {
  const line = await started.line;
  return /http\S+?:\d+/.exec(line ?? '')?.[0] ?? `no address: ${JSON.stringify(await started.end)}`;
}

describe('hq-local-cloud', () => {
  it('says where it listens, serves, keeps its data over a restart, and stops at a signal', async () => {
    const first = start(args());
    const options = { region: 'us-east-1', credentials: ALICE, forcePathStyle: true, maxAttempts: 1 };
    const s3 = new S3Client({ ...options, endpoint: await addressOf(first) });
    await s3.send(new CreateBucketCommand({ Bucket: 'kept' }));
    await s3.send(new PutObjectCommand({ Bucket: 'kept', Key: 'k', Body: 'still here' }));
    expect(statSync(join(folder.path, 'data')).mode & 0o777).toBe(0o700);
    first.child.kill('SIGTERM');
    expect(await first.end).toMatchObject({ code: 0, stderr: '' });
    const second = start(args());
    const again = new S3Client({ ...options, endpoint: await addressOf(second) });
    const { Body } = await again.send(new GetObjectCommand({ Bucket: 'kept', Key: 'k' }));
    expect(await Body?.transformToString()).toBe('still here');
    second.child.kill('SIGINT');
    expect((await second.end).code).toBe(0);
  });

  it('lets nobody else into its data folder, until it is gone, even by SIGKILL', async () => {
    const first = start(args());
    await addressOf(first);
    expect(await start(args()).end).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^hq-local-cloud: the data folder .* is in use by another process.*\n$/),
    });
    first.child.kill('SIGKILL');
    await first.end;
    expect(await addressOf(start(args()))).toMatch(/^http:/);
  });

  it.each<[string, () => string[], RegExp]>([
    ['no arguments', () => [], /--port, --data and --principals are needed/],
    ['an unknown argument', () => [...args(), '--colour'], /Unknown option '--colour'/],
    ['a port that is no number', () => args({ port: 'x' }), /--port must be a number/],
    ['a data folder that cannot be made', () => args({ data: '/proc/none' }), /data folder \/proc\/none cannot be made/],
    ['a data folder that is a file', () => args({ data: join(folder.path, 'principals.json') }), /is a file/],
    ['no principals file', () => args({ principals: join(folder.path, 'none') }), /cannot read the principals file/],
    ['half a pair of TLS files', () => [...args(), '--tls-cert', 'x'], /belong together/],
    ['TLS files that are not there', () => [...args(), '--tls-cert', 'x', '--tls-key', 'y'], /ENOENT/],
  ])('ends with one line and 1 on %s', async (_what, made, expected) => {
    const { code, stdout, stderr } = await start(made()).end;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(expected);
    expect(stderr).toMatch(/^hq-local-cloud: [^\n]+\n$/);
  });

  it('ends with one line and 1 on a port that is taken, and leaves the folder free', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = String(typeof address === 'object' ? address?.port : '');
    expect(await start(args({ port })).end).toMatchObject({ code: 1, stderr: expect.stringMatching(/^hq-local-cloud: the port is taken[^\n]*\n$/) });
    other.close();
    expect(await addressOf(start(args()))).toMatch(/^http:/);
  });

  it('prints its help', async () => {
    expect(await start(['--help']).end).toMatchObject({ code: 0, stdout: expect.stringContaining('--principals FILE') });
  });

  it('runs when the system has an older Node, with the one this repository brings', async () => {
    const started = start(args(), SYSTEM_NODE);
    const sts = new STSClient({ endpoint: await addressOf(started), region: 'us-east-1', credentials: ALICE, maxAttempts: 1 });
    expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toBe('arn:aws:iam::000000000000:user/alice');
    started.child.kill('SIGTERM');
    expect((await started.end).code).toBe(0);
  });
});
