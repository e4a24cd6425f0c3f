/** Starting and stopping the server: what a person sees when it works and when it can't. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newcomer } from '../support/client.ts';
import { clone, freePorts, startServer } from '../support/server.ts';

let folder: string;
let taken: Server;
let takenPort: string;
let free: readonly [number, number];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hq-start-'));
  free = await freePorts();
  taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const address = taken.address();
  takenPort = String(typeof address === 'object' ? address?.port : '');
});
afterAll(() => {
  taken.close();
  rmSync(folder, { recursive: true, force: true });
});

function start(env: Readonly<Record<string, string>>): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(join(clone, 'node_modules/.bin/node'), [join(clone, 'apps/server/src/main.ts')], {
    env: { ...process.env, HQ_DATA: join(folder, 'data'), HQ_PORT: String(free[0]), HQ_STORAGE_PORT: String(free[1]), ...env },
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { code: status, stdout, stderr };
}

/** One line on standard error, exit 1, nothing else. */
function expectOneLine({ code, stdout, stderr }: ReturnType<typeof start>, says: RegExp): void {
  expect(stderr).toMatch(says);
  expect({ code, stdout, lines: stderr.trim().split('\n').length }).toEqual({ code: 1, stdout: '', lines: 1 });
}

test('a taken port is one clear line that names the setting', () => {
  expectOneLine(start({ HQ_STORAGE_PORT: takenPort }), new RegExp(`^Port ${takenPort} is taken.*HQ_STORAGE_PORT`));
  expectOneLine(start({ HQ_PORT: takenPort }), new RegExp(`^Port ${takenPort} is taken.*HQ_PORT`));
});

test('a data folder that can’t be made or written is one clear line that names the setting', () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  for (const place of [file, join(file, 'below'), '/proc/hq']) expectOneLine(start({ HQ_DATA: place }), /HQ_DATA/);
});

test('a setting that makes no sense is one clear line', () => {
  expectOneLine(start({ HQ_PORT: 'http' }), /^HQ_PORT/);
  expectOneLine(start({ HQ_PORT: '70000' }), /^HQ_PORT/);
  expectOneLine(start({ HQ_PORT: '18790', HQ_STORAGE_PORT: '18790' }), /the same/);
});

test('Ctrl-C ends it with 0, and the next start goes on with the same data, closed to others', async () => {
  await using server = await startServer();
  const ada = await newcomer(server.apiUrl);
  const { id } = await ada.client.orgs.create.mutate({ name: 'acme' });
  await ada.client.files.put.mutate({ vault: id, path: 'a.txt', content: 'YQ==' });
  chmodSync(server.data, 0o755);
  expect(await server.stop()).toBe(0);
  await server.restart();
  expect(statSync(server.data).mode & 0o777).toBe(0o700);
  expect((await ada.client.files.get.query({ vault: id, path: 'a.txt' })).content).toBe('YQ==');
  await server.stop('SIGKILL');
  await server.restart();
  expect((await ada.client.files.get.query({ vault: id, path: 'a.txt' })).content).toBe('YQ==');
});

test('a second server on the same folder is refused, and the first goes on', async () => {
  await using server = await startServer();
  expectOneLine(start({ HQ_DATA: server.data }), /in use|another/i);
  expect((await fetch(`${server.apiUrl}/health`)).status).toBe(200);
  expect(existsSync(join(server.data, 'api/secrets.json'))).toBe(true);
});
