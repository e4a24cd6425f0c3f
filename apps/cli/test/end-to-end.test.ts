/** The built command line on the machine's own Node, against the real server: everything that a person does by hand. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from './support/build.ts';
import { person, type Person } from './support/person.ts';
import { startServer, type RunningServer } from './support/server.ts';

let server: RunningServer;
let ann: Person;
let bob: Person;
beforeAll(async () => {
  build();
  server = await startServer();
  ann = await person(server.url, 'ann@example.com');
  bob = await person(server.url, 'bob@example.com');
});
afterAll(async () => {
  await server?.stop();
  await Promise.all([ann?.leave(), bob?.leave()]);
});

const put = async (who: Person, name: string, content: string | Uint8Array): Promise<string> => {
  await writeFile(join(who.home, name), content);
  return name;
};

describe('a person at a terminal', () => {
  it('is told to sign in, and who says no in the browser stays outside', async () => {
    expect(await ann.hq('whoami')).toMatchObject({ code: 1, stdout: '', stderr: 'hq: Nobody is signed in here.\n    Sign in with "hq login".\n' });
    const declined = await ann.login('decline');
    expect(declined).toMatchObject({ code: 1, stdout: '' });
    expect(declined.stderr).toContain('access_denied');
    expect(await ann.hq('auth', 'status')).toMatchObject({ code: 1 });
  });

  it('signs up, and the tokens lie in a file that is theirs alone', async () => {
    expect(await ann.login('sign-up')).toMatchObject({ code: 0, stdout: `Signed in to ${server.url} as ann@example.com.\n` });
    const folder = join(ann.home, '.hq', 'tokens');
    const [file = ''] = await readdir(folder);
    expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600);
    expect((await stat(join(ann.home, '.hq'))).mode & 0o777).toBe(0o700);
    expect(await ann.json('whoami')).toMatchObject({ email: 'ann@example.com', organizations: [] });
  });

  it('renews the token, again and again', async () => {
    for (let round = 0; round < 3; round++) expect(await ann.hq('auth', 'refresh')).toMatchObject({ code: 0 });
    expect(await ann.hq('whoami')).toMatchObject({ code: 0 });
  });

  it('makes an organization, twice the same, and works in it from then on', async () => {
    const made = await ann.json<{ id: string }>('org', 'create', 'acme', '--use');
    expect(await ann.json('org', 'create', 'acme')).toMatchObject({ id: made.id, role: 'admin', state: 'active' });
    expect(await ann.json('org', 'list')).toMatchObject({ chosen: made.id, organizations: [{ name: 'acme' }] });
    expect(await ann.hq('org', 'create', 'No Capitals!')).toMatchObject({ code: 1, stdout: '' });
  });

  it('puts, lists, reads, copies, moves, removes and restores a file', async () => {
    const body = randomBytes(5000);
    await put(ann, 'report 1.bin', body);
    const stored = await ann.json<{ etag: string }>('files', 'put', 'report 1.bin', 'docs/');
    expect(stored).toMatchObject({ path: 'docs/report 1.bin', size: 5000, sha256: createHash('sha256').update(body).digest('hex'), replaced: null });
    expect(await ann.json('files', 'ls')).toMatchObject({ folders: ['docs/'], files: [] });
    expect(await ann.json('files', 'stat', 'docs/report 1.bin')).toMatchObject({ size: 5000, etag: stored.etag });
    expect(await ann.hq('files', 'cp', 'docs/report 1.bin', 'copy.bin')).toMatchObject({ code: 0 });
    expect(await ann.hq('files', 'cp', 'docs/report 1.bin', 'copy.bin')).toMatchObject({ code: 1, stderr: expect.stringContaining('exists already') });
    expect(await ann.hq('files', 'mv', 'copy.bin', 'archive/')).toMatchObject({ code: 0 });
    expect(await ann.hq('files', 'get', 'archive/copy.bin', 'back.bin')).toMatchObject({ code: 0 });
    expect(await readFile(join(ann.home, 'back.bin'))).toEqual(body);
    const cat = await ann.json<{ content: string }>('files', 'cat', 'archive/copy.bin');
    expect(cat).toMatchObject({ path: 'archive/copy.bin', size: 5000, etag: expect.stringMatching(/^[0-9a-f]+/), content: body.toString('base64') });
    expect(await ann.json('files', 'search', 'COPY')).toMatchObject({ files: [{ path: 'archive/copy.bin' }] });
    expect(await ann.json('files', 'rm', 'archive/copy.bin')).toEqual({ removed: ['archive/copy.bin'], failed: [] });
    expect(await ann.hq('files', 'cat', 'archive/copy.bin')).toMatchObject({ code: 1, stdout: '' });
    const { versions } = await ann.json<{ versions: { versionId: string; deleted: boolean }[] }>('files', 'versions', 'archive/copy.bin');
    const before = versions.find(({ deleted }) => !deleted);
    expect(await ann.hq('files', 'restore', 'archive/copy.bin', before?.versionId ?? '')).toMatchObject({ code: 0 });
    expect(await ann.json('files', 'stat', 'archive/copy.bin')).toMatchObject({ size: 5000 });
  });

  it('puts a file of 20 MB in parts and gets it back, bit by bit the same', async () => {
    const large = randomBytes(20_000_000);
    await put(ann, 'large.bin', large);
    expect(await ann.json('files', 'put', 'large.bin')).toMatchObject({ size: large.length });
    expect(await ann.hq('files', 'get', 'large.bin', 'large.back')).toMatchObject({ code: 0 });
    expect((await readFile(join(ann.home, 'large.back'))).equals(large)).toBe(true);
    expect((await readdir(ann.home)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('never replaces what it should not: here, in the vault, or what someone else wrote meanwhile', async () => {
    await put(ann, 'note.txt', 'one');
    const first = await ann.json<{ etag: string }>('files', 'put', 'note.txt');
    expect(await ann.hq('files', 'put', 'note.txt', '--new')).toMatchObject({ code: 1, stderr: expect.stringContaining('exists already') });
    await put(ann, 'note.txt', 'two');
    expect(await ann.hq('files', 'put', 'note.txt')).toMatchObject({ code: 0, stderr: expect.stringContaining(`Replaced the version ${first.etag}`) });
    expect(await ann.hq('files', 'put', 'note.txt', '--if-match', first.etag)).toMatchObject({ code: 1 });
    expect(await ann.hq('files', 'get', 'note.txt')).toMatchObject({ code: 1, stderr: expect.stringContaining('--force') });
    await put(ann, 'note.txt', 'local');
    expect(await ann.hq('files', 'get', 'note.txt', '--force')).toMatchObject({ code: 0 });
    expect(await readFile(join(ann.home, 'note.txt'), 'utf8')).toBe('two');
  });

  it('removes many at once, and says with exit code 2 what was not there', async () => {
    await put(ann, 'f', 'x');
    for (const name of ['many/a', 'many/b/c']) await ann.json('files', 'put', 'f', name);
    expect(await ann.hq('files', 'rm', 'many/')).toMatchObject({ code: 1 });
    const partly = await ann.hq('files', 'rm', '-r', 'many/', 'missing');
    expect(partly).toMatchObject({ code: 2, stdout: 'many/a\nmany/b/c\n' });
    expect(partly.stderr).toContain('missing');
  });

  it('gets credentials that S3 tools understand, and no more than was asked for', async () => {
    const { stdout } = await ann.hq('credentials', '--format', 'process', '--path', 'docs/');
    expect(JSON.parse(stdout)).toMatchObject({ Version: 1, AccessKeyId: expect.stringMatching(/^ASIA/), Expiration: expect.stringMatching(/Z$/) });
    const env = await ann.hq('credentials', '--access', 'write');
    expect(env.stdout).toMatch(/^export AWS_ACCESS_KEY_ID='ASIA/);
    expect(env.stdout).toMatch(/export HQ_BUCKET='hq-vault-cmp-/);
    expect(await ann.json('credentials')).toMatchObject({ sessions: [{ allow: [''] }] });
    expect(await ann.hq('credentials', '--access', 'admin')).toMatchObject({ code: 1, stdout: '' });
    expect(await ann.hq('credentials', '--for', '1d')).toMatchObject({ code: 1, stdout: '' });
  });
});

describe('a second person', () => {
  it('sees nothing of an organization that they are not in', async () => {
    expect(await bob.login('sign-up')).toMatchObject({ code: 0 });
    const [{ id } = { id: '' }] = (await ann.json<{ organizations: { id: string }[] }>('org', 'list')).organizations;
    await put(bob, '.profile', 'x');
    for (const words of [
      ['files', 'ls', '--org', 'acme'],
      ['files', 'ls', '--org', id],
      ['files', 'cat', 'note.txt', '--org', id],
      ['files', 'put', '.profile', 'x', '--org', id],
      ['credentials', '--org', id],
      ['members', 'list', '--org', id],
    ]) {
      expect(await bob.hq(...words)).toMatchObject({ code: 1, stdout: '' });
    }
  });

  it('is invited, accepts, is granted a folder, reads it and nothing beside it, and is removed', async () => {
    const { id } = await ann.json<{ id: string }>('members', 'invite', 'bob@example.com', '--role', 'contributor');
    expect(await bob.hq('whoami')).toMatchObject({ stdout: expect.stringContaining(id) });
    expect(await bob.hq('members', 'accept', id)).toMatchObject({ code: 0 });
    expect(await bob.hq('org', 'use', 'acme')).toMatchObject({ code: 0 });
    expect(await bob.hq('files', 'cat', 'note.txt')).toMatchObject({ code: 1 });
    expect(await ann.hq('files', 'acl', 'grant', 'docs/', 'bob@example.com', 'read')).toMatchObject({ code: 0 });
    expect(await ann.hq('files', 'acl', 'list')).toMatchObject({ stdout: expect.stringMatching(/^docs\/ +read +bob@example\.com$/m) });
    expect(await bob.json('files', 'ls', '-r')).toMatchObject({ files: [{ path: 'docs/report 1.bin' }] });
    await mkdir(join(bob.home, 'down'));
    expect(await bob.hq('files', 'get', 'docs/report 1.bin', 'down')).toMatchObject({ code: 0 });
    expect(await bob.hq('files', 'put', '.profile', 'docs/')).toMatchObject({ code: 1 });
    expect(await ann.hq('files', 'acl', 'revoke', 'docs/', 'bob@example.com', '--yes')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('still work, until'),
    });
    expect(await bob.hq('files', 'cat', 'docs/report 1.bin')).toMatchObject({ code: 1, stdout: '' });
    expect(await ann.hq('members', 'remove', 'bob@example.com', '--yes')).toMatchObject({ code: 0 });
    expect(await bob.hq('files', 'ls')).toMatchObject({ code: 1, stdout: '' });
    expect(await bob.hq('files', 'ls', '--org', 'personal')).toMatchObject({ code: 0 });
  });

  it('signs out and is a stranger, then signs in again', async () => {
    expect(await bob.hq('logout')).toMatchObject({ code: 0, stdout: 'Signed out.\n' });
    expect(await bob.hq('whoami')).toMatchObject({ code: 1 });
    expect(await bob.hq('logout')).toMatchObject({ code: 0, stdout: 'Nobody was signed in.\n' });
    expect(await bob.login('sign-in')).toMatchObject({ code: 0 });
    expect(await bob.hq('logout', '--everywhere')).toMatchObject({ code: 0 });
  });
});
