import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HqError } from '@hq/shared/errors';
import type { Path } from '@hq/shared/path';
import { setUpFolder } from '../../src/node/sync/marker.ts';
import { withSyncedFolder } from '../../src/node/sync/synced-folder.ts';
import { Device, identity } from './device.ts';
import { MemoryRemote } from './memory-remote.ts';

let remote: MemoryRemote;
let laptop: Device;

beforeEach(async () => {
  remote = new MemoryRemote();
  laptop = await Device.make(remote);
  for (let i = 0; i < 10; i++) laptop.write(i < 5 ? `${i}.md` : `team/${i}.md`, `content ${i}`);
  await laptop.sync();
});
afterEach(() => laptop.remove());

describe('a deletion that is too large stops and asks', () => {
  test('an emptied folder deletes nothing in the vault until it is meant', async () => {
    for (const path of Object.keys(laptop.tree())) laptop.delete(path);
    await expect(laptop.sync()).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('All 10'),
      hint: expect.stringContaining('--allow-mass-delete'),
    });
    expect(remote.files.size).toBe(10);
    expect(await laptop.sync({ allowMassDelete: true })).toMatchObject({ deletedInVault: 10 });
  });

  test('six of ten stop, five do not', async () => {
    for (let i = 0; i < 5; i++) laptop.delete(`${i}.md`);
    expect(await laptop.sync()).toMatchObject({ deletedInVault: 5 });
    for (let i = 5; i < 8; i++) laptop.delete(`team/${i}.md`);
    await expect(laptop.sync()).rejects.toThrow(/3 of 5/);
  });

  test('an emptied vault deletes nothing here until it is meant', async () => {
    remote.files.clear();
    await expect(laptop.sync()).rejects.toThrow(/gone from the vault/);
    await expect(laptop.sync({ direction: 'pull' })).rejects.toThrow(/gone from the vault/);
    expect(Object.keys(laptop.tree())).toHaveLength(10);
    expect(await laptop.sync({ allowMassDelete: true })).toMatchObject({ deletedHere: 10 });
  });

  test('a root that is missing, unmounted or another folder stops even when mass deletion is allowed', async () => {
    const aside = `${laptop.dir}-aside`;
    renameSync(laptop.dir, aside);
    try {
      await expect(laptop.sync({ allowMassDelete: true })).rejects.toMatchObject({ code: 'NOT_FOUND', details: { reason: 'missing-root' } });
      mkdirSync(laptop.dir);
      await expect(laptop.sync({ allowMassDelete: true })).rejects.toMatchObject({ code: 'NOT_FOUND', details: { reason: 'missing-root' } });
      await setUpFolder(laptop.dir, identity, 1);
      await expect(withSyncedFolder({ dir: laptop.dir, id: 'the-old-one' }, identity, async () => undefined)).rejects.toThrow(/not the folder that was set up/);
      expect(remote.files.size).toBe(10);
    } finally {
      rmSync(aside, { recursive: true });
    }
  });
});

describe('losing access is not a deletion', () => {
  test('files behind a carve-out are kept with their unsynced edits, and named', async () => {
    laptop.write('team/5.md', 'edited, not synced yet');
    remote.rules = { allow: ['' as Path], deny: ['team/' as Path] };
    const result = await laptop.sync();
    expect(result).toMatchObject({ deletedHere: 0, uploaded: 0 });
    expect(result.problems.map(({ path, code }) => [path, code])).toEqual([5, 6, 7, 8, 9].map((i) => [`team/${i}.md`, 'FORBIDDEN']));
    expect(laptop.text('team/5.md')).toBe('edited, not synced yet');
    expect(laptop.text('team/6.md')).toBe('content 6');
    remote.rules = { allow: ['' as Path], deny: [] };
    expect(await laptop.sync()).toMatchObject({ uploaded: 1, problems: [] });
  });

  test('losing everything deletes nothing, however the vault says it', async () => {
    remote.rules = { allow: [], deny: [] };
    expect(await laptop.sync({ allowMassDelete: true })).toMatchObject({ deletedHere: 0 });
    remote.before = () => {
      throw new HqError('EMPTY_SCOPE', 'Nothing is readable.');
    };
    await expect(laptop.sync({ allowMassDelete: true })).rejects.toMatchObject({ code: 'EMPTY_SCOPE' });
    expect(Object.keys(laptop.tree())).toHaveLength(10);
  });

  test('a real deletion beside it still arrives', async () => {
    remote.rules = { allow: ['' as Path], deny: ['team/' as Path] };
    remote.files.delete('0.md' as Path);
    expect(await laptop.sync()).toMatchObject({ deletedHere: 1 });
    expect(Object.keys(laptop.tree())).toHaveLength(9);
  });
});

describe('whose folder it is', () => {
  test.each([
    ['vault', { ...identity, vault: `cmp_${'b'.repeat(26)}` }, /belongs to the vault of acme/],
    ['server', { ...identity, server: 'http://127.0.0.1:9999' }, /belongs to a vault on http:\/\/127.0.0.1:8787/],
  ])('a folder of another %s is refused, by set-up and by sync', async (_, other, message) => {
    await expect(setUpFolder(laptop.dir, other, 1)).rejects.toThrow(message);
    await expect(withSyncedFolder({ dir: laptop.dir }, other, async () => undefined)).rejects.toThrow(message);
  });

  test('a folder inside a synced one is refused', async () => {
    await expect(setUpFolder(laptop.at('team/inner'), identity, 1)).rejects.toThrow(/is synced already/);
  });

  test('a second sync of the same folder is refused while one runs, and not after', async () => {
    await withSyncedFolder({ dir: laptop.dir }, identity, async () => {
      await expect(laptop.sync()).rejects.toMatchObject({ code: 'CONFLICT', details: { reason: 'already-running' } });
    });
    await laptop.sync();
  });

  test('a damaged marker is refused, not guessed', async () => {
    writeFileSync(laptop.at('.hq/root.json'), '{"format":1');
    await expect(laptop.sync()).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('a copy of the folder elsewhere goes on where the original was', async () => {
    const copy = mkdtempSync(join(tmpdir(), 'hq-copy-'));
    try {
      cpSync(laptop.dir, copy, { recursive: true });
      const other = new Device(copy, 'other', remote);
      laptop.write('0.md', 'edited on the original');
      await laptop.sync();
      expect(await other.sync()).toMatchObject({ downloaded: 1, uploaded: 0, conflicts: 0 });
    } finally {
      rmSync(copy, { recursive: true });
    }
  });
});

describe('what happens to a damaged journal', () => {
  test.each([
    ['cut in the middle of a line', (text: string) => text.slice(0, Math.floor(text.length / 2))],
    ['empty', () => ''],
    ['with a flipped letter in every line', (text: string) => text.replaceAll('content', 'cantent').replaceAll('"', "'")],
    ['full of noise', () => '\u0000\u0001\nnot a line\n[]\n'],
  ])('%s: files are compared, none is lost, sent or deleted', async (_, damage) => {
    writeFileSync(laptop.at('.hq/journal'), damage(readFileSync(laptop.at('.hq/journal'), 'utf8')));
    expect(await laptop.sync()).toMatchObject({ uploaded: 0, downloaded: 0, deletedHere: 0, deletedInVault: 0, conflicts: 0 });
    expect(await laptop.sync()).toMatchObject({ agreed: 0 });
    expect(remote.files.size).toBe(10);
  });

  test('it does not grow without end', async () => {
    for (let i = 0; i < 200; i++) {
      laptop.write('0.md', `edit ${i}`);
      await laptop.sync();
    }
    expect(readFileSync(laptop.at('.hq/journal'), 'utf8').split('\n').length).toBeLessThan(150);
  });
});

test('what the owner starts to ignore is forgotten, not deleted', async () => {
  laptop.write('.hqignore', 'team/\n');
  expect(await laptop.sync()).toMatchObject({ uploaded: 1, deletedInVault: 0 });
  expect(remote.files.size).toBe(11);
  laptop.delete('team');
  expect(await laptop.sync()).toMatchObject({ deletedInVault: 0, downloaded: 0 });
  laptop.write('.hqignore', '');
  expect(await laptop.sync()).toMatchObject({ downloaded: 5 });
});
