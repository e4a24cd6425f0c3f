/** `hq sync`, built, on the machine's own Node, against the real server: one person on two computers, and a stranger. */
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from './support/build.ts';
import { person, type Person } from './support/person.ts';
import { startServer, type RunningServer } from './support/server.ts';
import { linesOf, must, summaryOf } from './support/sync-lines.ts';

let server: RunningServer;
let laptop: Person;
let desktop: Person;
let stranger: Person;
beforeAll(async () => {
  build();
  server = await startServer();
  laptop = await person(server.url, 'ann@example.com');
  desktop = await person(server.url, 'ann@example.com');
  stranger = await person(server.url, 'eve@example.com');
  await must(laptop.login('sign-up'));
  await must(desktop.login('sign-in'));
  await must(stranger.login('sign-up'));
  await must(laptop.hq('org', 'create', 'acme'));
});
afterAll(async () => {
  await server?.stop();
  await Promise.all([laptop?.leave(), desktop?.leave(), stranger?.leave()]);
});

const place = (who: Person, path: string): string => join(who.home, 'HQ', path);

async function write(who: Person, path: string, text: string): Promise<void> {
  await mkdir(dirname(place(who, path)), { recursive: true });
  await writeFile(place(who, path), text);
}

/** Path to text, our own folder left out. */
async function tree(who: Person): Promise<Record<string, string>> {
  const files = (await readdir(place(who, ''), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const all = files.map(({ parentPath, name }) => relative(place(who, ''), join(parentPath, name))).filter((path) => !path.startsWith('.hq/'));
  return Object.fromEntries(await Promise.all(all.sort().map(async (path) => [path, await readFile(place(who, path), 'utf8')])));
}

describe('the first sync', () => {
  it('is set up with a list of what would go and what is held back, and sends nothing yet', async () => {
    expect(await laptop.hq('sync', 'now')).toMatchObject({ code: 1, stderr: expect.stringContaining('hq sync init') });
    await write(laptop, 'plan.md', 'the plan');
    await write(laptop, 'notes/day one.md', 'notes');
    await write(laptop, '.env', 'PASSWORD=1');
    await write(laptop, 'prompts/system.md', 'You are');
    const init = await laptop.hq('sync', 'init', 'HQ', '--org', 'acme');
    expect(init).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/acme: 2 files[\s\S]*Held back[\s\S]*\.env {2}credentials[\s\S]*prompts\/ {2}prompt library/),
    });
    expect(await laptop.json('files', 'ls', '-r', '--org', 'acme')).toMatchObject({ files: [] });
    expect((await stat(place(laptop, '.hq/root.json'))).mode & 0o777).toBe(0o600);
  });

  it('lists once more before anything is sent, sends it, and leaves out what is held back', async () => {
    expect(await laptop.json('sync', 'status')).toMatchObject({
      tracked: 0,
      changes: [
        { action: 'upload', path: 'notes/day one.md' },
        { action: 'upload', path: 'plan.md' },
      ],
    });
    const first = await laptop.hq('sync', 'now', '--json');
    expect(first).toMatchObject({ code: 0, stderr: expect.stringContaining('Held back') });
    expect(summaryOf(first)).toMatchObject({ uploaded: 2, bytes: 13, conflicts: 0 });
    expect(
      linesOf(first)
        .filter(({ event }) => event === 'uploaded')
        .map(({ path }) => path),
    ).toEqual(expect.arrayContaining(['notes/day one.md', 'plan.md']));
    expect(await laptop.hq('sync', 'now')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('nothing to do'),
      stderr: expect.stringMatching(/^Held back .*\n {4}\.env {2}credentials/),
    });
    expect(await laptop.hq('sync', 'status')).toMatchObject({ stdout: expect.stringMatching(/nothing to do\nHeld back .*\n {4}\.env {2}credentials/) });
  });

  it('brings everything to a second computer, whose folder is made', async () => {
    expect(await desktop.hq('sync', 'init', 'HQ', '--org', 'acme')).toMatchObject({ code: 0, stdout: expect.stringContaining('From the vault: 2 files') });
    expect(summaryOf(await desktop.hq('sync', 'now', '--json'))).toMatchObject({ downloaded: 2 });
    expect(await tree(desktop)).toEqual({ 'notes/day one.md': 'notes', 'plan.md': 'the plan' });
  });
});

describe('both sides change', () => {
  it('edits, new files, renames and deletions arrive on the other side', async () => {
    await write(laptop, 'plan.md', 'the plan, second edition');
    await rename(place(laptop, 'notes/day one.md'), place(laptop, 'notes/day 1.md'));
    await write(desktop, 'notes/day 2.md', 'more');
    await laptop.hq('sync', 'now');
    await desktop.hq('sync', 'now');
    await laptop.hq('sync', 'now');
    expect(await tree(desktop)).toEqual({ 'notes/day 1.md': 'notes', 'notes/day 2.md': 'more', 'plan.md': 'the plan, second edition' });
    expect(await tree(laptop)).toMatchObject(await tree(desktop));
    await rm(place(desktop, 'notes/day 2.md'));
    await desktop.hq('sync', 'now');
    expect(summaryOf(await laptop.hq('sync', 'now', '--json'))).toMatchObject({ deletedHere: 1 });
  });

  it('a conflict keeps both versions on both computers, and is settled with resolve', async () => {
    await write(laptop, 'plan.md', 'from the laptop');
    await write(desktop, 'plan.md', 'from the desktop');
    await laptop.hq('sync', 'now');
    const conflicted = await desktop.hq('sync', 'now', '--json');
    expect(summaryOf(conflicted)).toMatchObject({ conflicts: 1, uploaded: 1 });
    const copy = linesOf(conflicted).find(({ event }) => event === 'conflict')?.copy ?? '';
    await laptop.hq('sync', 'now');
    for (const who of [laptop, desktop]) expect(await tree(who)).toMatchObject({ 'plan.md': 'from the laptop', [copy]: 'from the desktop' });
    expect(await desktop.json('sync', 'resolve')).toMatchObject({ conflicts: [{ copy, path: 'plan.md' }] });
    expect(await desktop.hq('sync', 'resolve', place(desktop, copy))).toMatchObject({ code: 1, stderr: expect.stringContaining('--keep') });
    expect(await desktop.hq('sync', 'resolve', place(desktop, copy), '--keep', 'mine')).toMatchObject({ code: 0 });
    await desktop.hq('sync', 'now');
    await laptop.hq('sync', 'now');
    for (const who of [laptop, desktop]) expect(await tree(who)).toMatchObject({ 'plan.md': 'from the desktop' });
    expect(Object.keys(await tree(laptop))).not.toContain(copy);
  });

  it('push only sends and pull only fetches', async () => {
    await write(laptop, 'a.md', 'a');
    await write(desktop, 'b.md', 'b');
    expect(summaryOf(await laptop.hq('sync', 'push', '--json'))).toMatchObject({ uploaded: 1, downloaded: 0 });
    expect(summaryOf(await desktop.hq('sync', 'pull', '--json'))).toMatchObject({ uploaded: 0, downloaded: 1, waiting: 1 });
    expect(summaryOf(await desktop.hq('sync', 'push', '--json'))).toMatchObject({ uploaded: 1 });
    await laptop.hq('sync', 'now');
  });
});

describe('what stops a sync', () => {
  it('a deletion of more than half, until it is meant', async () => {
    const before = await tree(laptop);
    for (const path of Object.keys(before).filter((each) => !each.startsWith('.env') && !each.startsWith('prompts/'))) await rm(place(laptop, path));
    const stopped = await laptop.hq('sync', 'now');
    expect(stopped).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('--allow-mass-delete') });
    expect(await desktop.hq('sync', 'now')).toMatchObject({ stdout: expect.stringContaining('nothing to do') });
    for (const [path, text] of Object.entries(before)) await write(laptop, path, text);
    expect(await laptop.hq('sync', 'now')).toMatchObject({ code: 0 });
  });

  it('a root that is missing deletes nothing and says where it should be', async () => {
    await rename(place(laptop, ''), join(laptop.home, 'elsewhere'));
    const missing = await laptop.hq('sync', 'now');
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('Nothing was deleted anywhere') });
    await mkdir(place(laptop, ''));
    expect(await laptop.hq('sync', 'now', '--allow-mass-delete')).toMatchObject({ code: 1, stderr: expect.stringContaining('Nothing was deleted anywhere') });
    await rm(place(laptop, ''), { recursive: true });
    await rename(join(laptop.home, 'elsewhere'), place(laptop, ''));
    expect(await laptop.hq('sync', 'now')).toMatchObject({ code: 0 });
  });

  it('a folder of another organization, another person or another server is refused', async () => {
    await stranger.hq('org', 'create', 'rivals');
    expect(await stranger.hq('sync', 'init', place(laptop, ''), '--org', 'rivals')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('belongs to the vault of acme'),
    });
    expect(await stranger.hq('sync', 'init', place(laptop, ''))).toMatchObject({ code: 1, stderr: expect.stringContaining('belongs to the vault of acme') });
    // The vault in the marker is right; the person is not in it.
    const refused = await stranger.hq('sync', 'now', place(laptop, ''));
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(await stranger.hq('sync', 'init', 'mine')).toMatchObject({ code: 0 });
    expect(await laptop.hq('sync', 'now', join(stranger.home, 'mine'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('belongs to a personal vault'),
    });
  });

  it('the home folder and a folder in a synced one are refused', async () => {
    expect(await laptop.hq('sync', 'init', laptop.home)).toMatchObject({ code: 1, stderr: expect.stringContaining('home folder') });
    expect(await laptop.hq('sync', 'init', place(laptop, 'notes'), '--org', 'acme')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('synced already'),
    });
  });

  it('a file that one may not write stays here and is named, with exit code 2', async () => {
    const { id } = await laptop.json<{ id: string }>('members', 'invite', 'eve@example.com', '--role', 'read-only', '--org', 'acme');
    await stranger.hq('members', 'accept', id);
    await must(laptop.hq('files', 'acl', 'grant', 'notes/', 'eve@example.com', 'read', '--org', 'acme'));
    expect(await stranger.hq('sync', 'init', 'HQ', '--org', 'acme')).toMatchObject({ code: 0 });
    expect(await stranger.hq('sync', 'now', 'HQ')).toMatchObject({ code: 0 });
    expect(await tree(stranger)).toEqual({ 'notes/day 1.md': 'notes' });
    await write(stranger, 'notes/mine.md', 'mine');
    const partly = await stranger.hq('sync', 'now', 'HQ', '--json');
    expect(partly.code).toBe(2);
    expect(linesOf(partly)).toContainEqual(expect.objectContaining({ event: 'problem', path: 'notes/mine.md', code: 'FORBIDDEN' }));
    expect(await tree(stranger)).toMatchObject({ 'notes/mine.md': 'mine' });
  });

  it('losing access deletes nothing here, and says so', async () => {
    await must(laptop.hq('files', 'acl', 'revoke', 'notes/', 'eve@example.com', '--org', 'acme', '--yes'));
    const lost = await stranger.hq('sync', 'now', 'HQ', '--allow-mass-delete', '--json');
    expect(linesOf(lost)).toContainEqual(expect.objectContaining({ event: 'problem', path: 'notes/day 1.md', code: 'FORBIDDEN', severity: 'warning' }));
    expect(await tree(stranger)).toEqual({ 'notes/day 1.md': 'notes', 'notes/mine.md': 'mine' });
  });
});
