import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Path } from '@hq/shared/path';
import { listConflicts, settleConflict } from '../../src/node/sync/conflicts.ts';
import { withSyncedFolder, type SyncedFolder } from '../../src/node/sync/synced-folder.ts';
import { Device, identity } from './device.ts';
import { MemoryRemote } from './memory-remote.ts';

const copy = 'docs/a (conflict from laptop 01234567).md' as Path;
const path = 'docs/a.md' as Path;
let remote: MemoryRemote;
let laptop: Device;

beforeEach(async () => {
  remote = new MemoryRemote();
  laptop = await Device.make(remote);
  laptop.write(path, 'theirs');
  laptop.write(copy, 'mine');
  laptop.write('other.md', 'other');
  await laptop.sync();
});
afterEach(() => laptop.remove());

const opened = async <T>(work: (folder: SyncedFolder) => Promise<T>): Promise<T> => withSyncedFolder({ dir: laptop.dir }, identity, work);

test('copies are listed with the file they belong to', async () => {
  expect(await opened((folder) => listConflicts(folder, new AbortController().signal))).toEqual([{ copy, path, size: 4 }]);
});

test('keeping the copy puts it in the place of the file, and the next sync carries that', async () => {
  await opened((folder) => settleConflict(folder, { copy, path }, 'copy'));
  expect(laptop.tree()).toEqual({ [path]: 'mine', 'other.md': 'other' });
  await laptop.sync();
  expect(remote.tree()).toEqual(laptop.tree());
  expect(remote.history.map(({ text }) => text)).toContain('theirs');
});

test('keeping the file removes the copy', async () => {
  await opened((folder) => settleConflict(folder, { copy, path }, 'file'));
  await laptop.sync();
  expect(remote.tree()).toEqual({ [path]: 'theirs', 'other.md': 'other' });
});

test('a version that is not in the vault yet is never the one that goes', async () => {
  laptop.write(path, 'edited since');
  await expect(opened((folder) => settleConflict(folder, { copy, path }, 'copy'))).rejects.toMatchObject({ code: 'CONFLICT' });
  laptop.write(copy, 'edited since');
  await expect(opened((folder) => settleConflict(folder, { copy, path }, 'file'))).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(laptop.tree()).toMatchObject({ [path]: 'edited since', [copy]: 'edited since' });
});

test('where the file is gone the copy takes its name', async () => {
  laptop.delete(path);
  await opened((folder) => settleConflict(folder, { copy, path }, 'copy'));
  expect(laptop.tree()).toEqual({ [path]: 'mine', 'other.md': 'other' });
});
