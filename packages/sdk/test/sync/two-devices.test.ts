import { chmodSync, statSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Device } from './device.ts';
import { MemoryRemote } from './memory-remote.ts';

let remote: MemoryRemote;
let laptop: Device;
let desktop: Device;

beforeEach(async () => {
  remote = new MemoryRemote();
  laptop = await Device.make(remote, 'laptop');
  desktop = await Device.make(remote, 'desktop');
});
afterEach(() => {
  laptop.remove();
  desktop.remove();
});

/** The same three files on both devices. */
async function settled(): Promise<void> {
  laptop.write('a.md', 'one');
  laptop.write('docs/b.md', 'two');
  laptop.write('docs/c.md', 'three');
  await laptop.sync();
  await desktop.sync();
}

describe('both sides come to agree', () => {
  test('a folder goes into an empty vault and comes out on another device', async () => {
    laptop.write('a.md', 'one');
    laptop.write('empty', '');
    laptop.write('deep/er/é $ 🎉.md', 'two');
    expect(await laptop.sync()).toMatchObject({ uploaded: 3, problems: [] });
    expect(await desktop.sync()).toMatchObject({ downloaded: 3, bytes: 6, problems: [] });
    expect(desktop.tree()).toEqual(laptop.tree());
    expect(remote.tree()).toEqual(laptop.tree());
  });

  test('a second sync finds nothing to do and asks for one list', async () => {
    await settled();
    remote.calls.length = 0;
    expect(await laptop.sync()).toMatchObject({ uploaded: 0, downloaded: 0, agreed: 0, deletedHere: 0, deletedInVault: 0 });
    expect(remote.calls).toEqual(['list']);
  });

  test('edits, new files and deletions cross in both directions at once', async () => {
    await settled();
    laptop.write('a.md', 'one, edited');
    desktop.write('new/d.md', 'four');
    desktop.delete('docs/b.md');
    await laptop.sync();
    await desktop.sync();
    await laptop.sync();
    expect(laptop.tree()).toEqual({ 'a.md': 'one, edited', 'docs/c.md': 'three', 'new/d.md': 'four' });
    expect(desktop.tree()).toEqual(laptop.tree());
  });

  test('a renamed file is renamed there, and its folder goes when it was the last', async () => {
    await settled();
    laptop.delete('docs/b.md');
    laptop.write('moved/b.md', 'two');
    expect(await laptop.sync()).toMatchObject({ uploaded: 1, deletedInVault: 1 });
    await desktop.sync();
    expect(desktop.tree()).toEqual(laptop.tree());
  });

  test('a device that already has the files agrees without moving a byte', async () => {
    laptop.write('a.md', 'same');
    desktop.write('a.md', 'same');
    await laptop.sync();
    expect(await desktop.sync()).toMatchObject({ agreed: 1, downloaded: 0, conflicts: 0 });
    expect(remote.calls).not.toContain('get');
  });

  test('content that another tool stored without a hash is compared, not copied', async () => {
    remote.write('a.md', 'same');
    laptop.write('a.md', 'same');
    expect(await laptop.sync()).toMatchObject({ agreed: 1, conflicts: 0 });
    expect(Object.keys(laptop.tree())).toEqual(['a.md']);
  });

  test('the execute bit travels', async () => {
    laptop.write('run.sh', '#!/bin/sh\n');
    chmodSync(laptop.at('run.sh'), 0o755);
    await laptop.sync();
    await desktop.sync();
    expect(statSync(desktop.at('run.sh')).mode & 0o100).toBe(0o100);
    chmodSync(desktop.at('run.sh'), 0o644);
    await desktop.sync();
    await laptop.sync();
    expect(statSync(laptop.at('run.sh')).mode & 0o111).toBe(0);
  });

  test('push only sends, pull only fetches', async () => {
    await settled();
    laptop.write('a.md', 'mine');
    remote.write('docs/b.md', 'theirs');
    expect(await laptop.sync({ direction: 'push' })).toMatchObject({ uploaded: 1, downloaded: 0 });
    expect(laptop.text('docs/b.md')).toBe('two');
    laptop.write('a.md', 'mine again');
    expect(await laptop.sync({ direction: 'pull' })).toMatchObject({ uploaded: 0, downloaded: 1 });
    expect(remote.text('a.md')).toBe('mine');
  });
});

describe('conflicts keep both versions', () => {
  test('the vault keeps the name, the local version goes beside it and up', async () => {
    await settled();
    laptop.write('a.md', 'from the laptop');
    desktop.write('a.md', 'from the desktop');
    await laptop.sync();
    expect(await desktop.sync()).toMatchObject({ conflicts: 1, uploaded: 1 });
    const copy = Object.keys(desktop.tree()).find((path) => path.includes('conflict'));
    expect(copy).toMatch(/^a \(conflict from desktop [0-9a-f]{8}\)\.md$/);
    expect(desktop.text('a.md')).toBe('from the laptop');
    expect(desktop.text(copy ?? '')).toBe('from the desktop');
    await laptop.sync();
    expect(laptop.tree()).toEqual(desktop.tree());
  });

  test('the same edit on both sides is no conflict', async () => {
    await settled();
    laptop.write('a.md', 'the same edit');
    desktop.write('a.md', 'the same edit');
    await laptop.sync();
    expect(await desktop.sync()).toMatchObject({ conflicts: 0, agreed: 1 });
  });

  test('a conflict about a conflict copy makes a sibling, and both contents stay', async () => {
    laptop.write('a (conflict from x 01234567).md', 'base');
    await laptop.sync();
    await desktop.sync();
    laptop.write('a (conflict from x 01234567).md', 'left');
    desktop.write('a (conflict from x 01234567).md', 'right');
    await laptop.sync();
    await desktop.sync();
    const names = Object.keys(desktop.tree());
    expect(names).toHaveLength(2);
    expect(names.every((name) => name.split('conflict').length === 2)).toBe(true);
    expect(Object.values(desktop.tree()).sort()).toEqual(['left', 'right']);
  });

  test('an edit survives a deletion, whichever side made it', async () => {
    await settled();
    laptop.delete('a.md');
    desktop.write('a.md', 'edited on the desktop');
    desktop.delete('docs/b.md');
    laptop.write('docs/b.md', 'edited on the laptop');
    await laptop.sync();
    await desktop.sync();
    await laptop.sync();
    expect(laptop.tree()).toEqual({ 'a.md': 'edited on the desktop', 'docs/b.md': 'edited on the laptop', 'docs/c.md': 'three' });
    expect(desktop.tree()).toEqual(laptop.tree());
  });

  test('a file that gives way to a folder of its name goes beside it', async () => {
    await settled();
    remote.files.delete('a.md' as never);
    remote.write('a.md/inside.txt', 'folder');
    laptop.write('a.md', 'edited here');
    await laptop.sync();
    expect(laptop.text('a.md/inside.txt')).toBe('folder');
    expect(Object.values(laptop.tree())).toContain('edited here');
    await desktop.sync();
    expect(desktop.tree()).toEqual(laptop.tree());
  });
});

describe('another device is at work at the same time', () => {
  test('an edit that arrives between list and upload is never overwritten', async () => {
    await settled();
    laptop.write('a.md', 'mine');
    remote.before = (operation, path) => {
      if (operation !== 'put' || path !== 'a.md') return;
      remote.before = () => undefined;
      remote.write('a.md', 'theirs');
    };
    expect(await laptop.sync()).toMatchObject({ conflicts: 1 });
    expect(remote.text('a.md')).toBe('theirs');
    expect(Object.values(remote.tree())).toContain('mine');
    expect(laptop.text('a.md')).toBe('theirs');
  });

  test('a local edit that happens during a download stays', async () => {
    await settled();
    remote.write('a.md', 'theirs');
    remote.before = (operation) => {
      if (operation !== 'get') return;
      remote.before = () => undefined;
      laptop.write('a.md', 'typed just now');
    };
    expect(await laptop.sync()).toMatchObject({ conflicts: 1 });
    expect(Object.values(laptop.tree()).sort()).toEqual(['theirs', 'three', 'two', 'typed just now'].sort());
  });

  test('a file that is edited before its deletion arrives is kept', async () => {
    await settled();
    remote.files.delete('a.md' as never);
    remote.before = (operation) => {
      if (operation === 'readable') laptop.write('a.md', 'typed just now');
    };
    await laptop.sync();
    expect(laptop.text('a.md')).toBe('typed just now');
    expect(remote.text('a.md')).toBe('typed just now');
  });
});
