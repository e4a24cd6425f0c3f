/**
 * A folder with a carve-out, a grant inside it, a carve-out inside that, and a grant inside that: no one policy can say it, so storage serves it by several
 * sessions. The person who works there, with the SDK, with sync or with `hq files`, notices nothing of it.
 */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Hq, VaultClient } from '@hq/sdk';
import { createNodeHq } from '@hq/sdk/node/hq';
import { canonicalPath } from '@hq/shared/path';
import { openShell, type Shell } from '../support/shell.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let ada: Shell;
let bob: Shell;
let adaHq: Hq;
let bobHq: Hq;
let acme: string;

/** What Bob may write, read, and not see: one file of each region, outer ones first. */
const writable = ['team/plan.md', 'team/closed/again/plan.md', 'team/closed/again/secret/bob/plan.md'];
const readable = ['team/archive/old.md', 'team/closed/agenda.md'];
const hidden = ['team/closed/plan.md', 'team/closed/again/secret/plan.md', 'team/closed-door.md/inner.md', 'top.md'];
const text = (path: string): string => `This is ${path}.\n`;

beforeAll(async () => {
  server = await startServer();
  [ada, bob] = [openShell(server.apiUrl), openShell(server.apiUrl)];
  await ada.login();
  const { email } = await bob.login();
  [adaHq, bobHq] = [ada, bob].map(({ home }) => createNodeHq({ server: server.apiUrl, home: join(home, '.hq'), keychain: false })) as [Hq, Hq];
  acme = (await adaHq.api.orgs.create.mutate({ name: 'acme' })).id;
  const { id } = await adaHq.api.members.invite.mutate({ vault: acme, email, role: 'contributor' });
  await bobHq.api.members.accept.mutate({ invitation: id });
  const everyone = { kind: 'org' } as const;
  const person = { kind: 'email', email } as const;
  for (const [path, grantee, level] of [
    ['team/', everyone, 'write'],
    ['team/archive/', everyone, 'read'],
    ['team/closed/', everyone, 'none'],
    ['team/closed/agenda.md', person, 'read'],
    ['team/closed/again/', person, 'write'],
    ['team/closed/again/secret/', everyone, 'none'],
    ['team/closed/again/secret/', person, 'none'],
    ['team/closed/again/secret/bob/', person, 'write'],
    ['team/closed-door.md/', everyone, 'none'],
  ] as const)
    await adaHq.api.acl.grant.mutate({ vault: acme, path, grantee, level });
  for (const path of [...writable, ...readable, ...hidden]) await put(adaHq.vault(acme), path, Buffer.from(text(path)));
});
afterAll(async () => {
  for (const hq of [adaHq, bobHq]) hq.close();
  for (const shell of [ada, bob]) shell[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
});

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function put({ remote }: VaultClient, path: string, bytes: Uint8Array, etag: string | null = null): Promise<string> {
  const content = {
    size: bytes.byteLength,
    open: async function* () {
      yield bytes;
    },
  };
  return (await remote.put(canonicalPath(path), content, { etag }, { sha256: sha256(bytes) })).etag;
}

async function get({ remote }: VaultClient, path: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  // A piece may be written over once the next has come.
  for await (const piece of (await remote.get(canonicalPath(path))).body) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

async function names({ remote }: VaultClient, cone = ''): Promise<string[]> {
  const listed: string[] = [];
  for await (const { path } of remote.list(canonicalPath(cone))) listed.push(path);
  return listed;
}

/** Every file under a folder on disk, its own records left out. */
function onDisk(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => path.startsWith('team/') || path === 'top.md')
    .sort();
}

test('several sessions serve the folder, and none of them lists it', async () => {
  const { sessions } = await bobHq.api.credentials.issue.mutate({ vault: acme, cone: 'team/', access: 'write' });
  expect(sessions.length).toBeGreaterThanOrEqual(3);
  expect(sessions.flatMap(({ list }) => list)).toEqual(['team/closed/again/secret/bob/']);
  const book = bobHq.vault(acme, { cone: canonicalPath('team/') }).sessions;
  const serving = await Promise.all(writable.map(async (path) => (await book.lease(canonicalPath(path), 'write')).session.credentials.accessKeyId));
  expect(new Set(serving).size).toBe(writable.length);
});

test('the SDK lists, reads, writes and removes in every region, and in no other', async () => {
  const vault = bobHq.vault(acme, { cone: canonicalPath('team/') });
  expect(await names(vault, 'team/')).toEqual([...writable, ...readable].sort());
  for (const path of [...writable, ...readable]) expect((await get(vault, path)).toString()).toBe(text(path));
  for (const path of hidden) {
    await expect(get(vault, path)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await vault.remote.stat(canonicalPath(path))).toBeUndefined();
    await expect(put(vault, `${path}.mine`, Buffer.from('mine'))).rejects.toMatchObject({ code: 'FORBIDDEN' });
  }
  await expect(put(vault, 'team/archive/mine.md', Buffer.from('mine'))).rejects.toMatchObject({ code: 'FORBIDDEN' });
  for (const path of writable) {
    const mine = `${dirname(path)}/mine.md`;
    const first = await put(vault, mine, Buffer.from('first'));
    const second = await put(vault, mine, Buffer.from('second'), first);
    expect((await get(vault, mine)).toString()).toBe('second');
    await vault.remote.remove(canonicalPath(mine), { etag: second });
  }
  expect(await names(adaHq.vault(acme))).toEqual([...writable, ...readable, ...hidden].sort());
});

test('a large file goes in parts into the innermost region, and not into the one around it', async () => {
  const vault = bobHq.vault(acme, { cone: canonicalPath('team/') });
  const large = randomBytes(20_000_000);
  const there = 'team/closed/again/secret/bob/large.bin';
  const etag = await put(vault, there, large);
  expect(etag).toMatch(/-\d+$/);
  expect(sha256(await get(vault, there))).toBe(sha256(large));
  await expect(put(vault, 'team/closed/again/secret/large.bin', large)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  expect((await names(adaHq.vault(acme))).filter((path) => path.endsWith('large.bin'))).toEqual([there]);
  await vault.remote.remove(canonicalPath(there), { etag });
});

test('hq files goes from region to region', async () => {
  const at = ['--org', 'acme'];
  const notes = join(bob.home, 'notes.md');
  writeFileSync(notes, 'Notes\n');
  const [first, second, third] = writable.map((path) => `${dirname(path)}/notes.md`) as [string, string, string];
  await bob.ok('files', 'put', notes, first, ...at);
  await bob.ok('files', 'mv', first, second, ...at);
  await bob.ok('files', 'cp', second, third, ...at);
  expect(await bob.ok('files', 'cat', third, ...at)).toBe('Notes\n');
  expect((await bob.hq('files', 'cat', first, ...at)).stderr).toContain('There is no');
  const listed = JSON.parse(await bob.ok('files', 'ls', 'team', '-r', '--json', ...at)) as { files: { path: string }[] };
  expect(listed.files.map(({ path }) => path)).toEqual([...writable, ...readable, second, third].sort());
  for (const verb of ['mv', 'cp']) {
    const refused = await bob.hq('files', verb, third, 'team/closed/again/secret/notes.md', ...at);
    expect([verb, refused.code === 0, await bob.ok('files', 'cat', third, ...at)]).toEqual([verb, false, 'Notes\n']);
  }
  for (const path of [second, third]) await bob.ok('files', 'rm', path, ...at);
  expect(await names(adaHq.vault(acme))).toEqual([...writable, ...readable, ...hidden].sort());
});

test('sync keeps every region in step, both ways, and sends nothing where it may not', async () => {
  const folder = join(bob.home, 'HQ');
  await bob.ok('sync', 'init', folder, '--org', 'acme');
  await bob.ok('sync', 'now', folder);
  expect(onDisk(folder)).toEqual([...writable, ...readable].sort());

  for (const path of writable) {
    writeFileSync(join(folder, path), `${text(path)}Edited.\n`);
    writeFileSync(join(folder, dirname(path), 'fresh.md'), path);
  }
  mkdirSync(join(folder, 'team/closed/mine'), { recursive: true });
  for (const path of ['team/closed/mine/own.md', 'team/archive/own.md']) writeFileSync(join(folder, path), 'own');
  const { stdout } = await bob.hq('sync', 'now', folder, '--json');
  const { uploaded, problems } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { uploaded: number; problems: { path: string }[] };
  expect({ uploaded, problems: problems.map(({ path }) => path).sort() }).toEqual({
    uploaded: 6,
    problems: ['team/archive/own.md', 'team/closed/mine/own.md'],
  });
  const adas = adaHq.vault(acme);
  for (const path of writable) expect((await get(adas, path)).toString()).toBe(`${text(path)}Edited.\n`);

  // The other way: one change and one deletion in each region.
  for (const path of writable) {
    const at = canonicalPath(path);
    await put(adas, path, Buffer.from(text(path)), (await adas.remote.stat(at))?.etag ?? null);
    const fresh = canonicalPath(`${dirname(path)}/fresh.md`);
    await adas.remote.remove(fresh, { etag: (await adas.remote.stat(fresh))?.etag ?? '' });
  }
  await bob.hq('sync', 'now', folder);
  for (const path of writable) {
    expect(readFileSync(join(folder, path), 'utf8')).toBe(text(path));
    expect(existsSync(join(folder, dirname(path), 'fresh.md'))).toBe(false);
  }
  // A deletion here, in the innermost region, arrives there; what could not be sent is still here.
  const innermost = writable.at(-1) ?? '';
  rmSync(join(folder, innermost));
  await bob.hq('sync', 'now', folder);
  expect(await names(adas)).toEqual([...writable, ...readable, ...hidden].filter((path) => path !== innermost).sort());
  expect(readFileSync(join(folder, 'team/closed/mine/own.md'), 'utf8')).toBe('own');
});
