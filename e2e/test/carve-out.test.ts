/** A folder is closed to a person who has it on their computer: nobody tells them where it ends, and nothing of theirs is deleted. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openShell, type Shell } from '../support/shell.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let ada: Shell;
let bob: Shell;
let folder: string;

/** More than one question may name, and more than an address holds. */
const count = 1100;
const names = Array.from({ length: count }, (_, index) => `${String(index).padStart(4, '0')}-${'long'.repeat(20)}.md`);

interface Answer {
  readonly deletedHere: number;
  readonly uploaded: number;
  readonly problems: readonly { readonly path: string; readonly code: string }[];
}

beforeAll(async () => {
  server = await startServer();
  ada = openShell(server.apiUrl);
  bob = openShell(server.apiUrl);
  await ada.login();
  const { email } = await bob.login();
  await ada.ok('org', 'create', 'acme');
  const { id } = JSON.parse(await ada.ok('members', 'invite', email, '--org', 'acme', '--json')) as { id: string };
  await bob.ok('members', 'accept', id);
  await ada.ok('files', 'acl', 'grant', 'team/', '@all', 'write', '--org', 'acme');

  folder = join(bob.home, 'HQ');
  await bob.ok('sync', 'init', folder, '--org', 'acme');
  mkdirSync(join(folder, 'team/plans'), { recursive: true });
  for (const name of names) writeFileSync(join(folder, 'team/plans', name), name);
  writeFileSync(join(folder, 'team/open.md'), 'open');
  await bob.ok('sync', 'now', folder);
  await ada.ok('files', 'acl', 'grant', 'team/plans/', email, 'none', '--org', 'acme', '--yes');
});
afterAll(async () => {
  ada[Symbol.dispose]();
  bob[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
});

const sync = async (): Promise<Answer> => {
  const { stdout } = await bob.hq('sync', 'now', folder, '--json');
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Answer;
};

test('a session says nothing of it', async () => {
  const issued = await bob.ok('credentials', '--org', 'acme', '--path', 'team/', '--access', 'write', '--format', 'json');
  expect(issued).toContain('"team/"');
  expect(issued).not.toContain('plans');
});

test('what it held stays on the computer and in the vault, and a real deletion beside it arrives', async () => {
  writeFileSync(join(folder, 'team/plans', names[0] ?? ''), 'edited');
  writeFileSync(join(folder, 'team/plans/new.md'), 'new');
  await ada.ok('files', 'rm', 'team/open.md', '--org', 'acme');
  const { deletedHere, uploaded, problems } = await sync();
  expect({ deletedHere, uploaded }).toEqual({ deletedHere: 1, uploaded: 0 });
  expect(problems).toHaveLength(count + 1);
  expect(readdirSync(join(folder, 'team/plans'))).toHaveLength(count + 1);
  expect(readFileSync(join(folder, 'team/plans', names[0] ?? ''), 'utf8')).toBe('edited');
  expect(await ada.ok('files', 'cat', `team/plans/${names[0]}`, '--org', 'acme')).toBe(names[0]);
});

test('a person who asks for it hears what they hear of nothing', async () => {
  const at = `team/plans/${names[1]}`;
  for (const path of [at, 'team/plans/nothing.md']) {
    expect(await bob.hq('files', 'cat', path, '--org', 'acme')).toMatchObject({ code: expect.any(Number), stderr: expect.stringContaining('There is no') });
  }
  expect((await bob.run('hq', ['files', 'put', '-', 'team/plans/mine.md', '--org', 'acme'], { input: 'x' })).stderr).toContain('may not write');
});
