/** The servers of a comparison, each a process of its own on loopback, each with a folder of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SigningCredentials } from '@hq/sdk/transfer/sigv4';

export const clone = fileURLToPath(new URL('../..', import.meta.url));

export interface Started {
  readonly pid: number;
  readonly url: string;
  stop(): Promise<void>;
}

export const owner: SigningCredentials = { accessKeyId: 'AKIABENCHOWNER000001', secretAccessKey: 'bench-owner-secret-bench-owner-secret-01' };

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No port could be had.');
  return address.port;
}

/** Starts a program and waits until its port answers HTTP. */
export async function start(command: string, args: (port: number) => readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Started> {
  const port = await freePort();
  const child: ChildProcess = spawn(command, [...args(port)], { cwd: clone, env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    errors = (errors + chunk).slice(-4000);
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries++) {
    try {
      await fetch(url, { signal: AbortSignal.timeout(1000) }).then((answer) => answer.arrayBuffer());
      break;
    } catch {
      if (child.exitCode !== null || tries > 200) throw new Error(`${command} did not start:\n${errors}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return {
    pid: child.pid ?? 0,
    url,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** local-cloud alone, with one ordinary user who may do everything in S3. */
export function startLocalCloud(folder: string): Promise<Started> {
  mkdirSync(folder, { recursive: true });
  const principals = join(folder, 'principals.json');
  const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['s3:*', 'kms:*'], Resource: '*' }] };
  writeFileSync(principals, JSON.stringify({ users: [{ name: 'owner', ...owner, policies: [policy] }], roles: [] }), { mode: 0o600 });
  return start(process.execPath, (port) => [
    'packages/local-cloud/src/main.ts',
    '--port',
    String(port),
    '--data',
    join(folder, 'data'),
    '--principals',
    principals,
  ]);
}

/** rclone as an S3 server over a plain folder: it checks signatures, and has no policies, no encryption and no fsync. */
export function startRcloneS3(rclone: string, folder: string): Promise<Started> {
  mkdirSync(join(folder, 'bench'), { recursive: true });
  return start(rclone, (port) => ['serve', 's3', '--addr', `127.0.0.1:${port}`, '--auth-key', `${owner.accessKeyId},${owner.secretAccessKey}`, folder]);
}
