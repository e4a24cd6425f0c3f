import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HqError } from '@hq/shared/errors';
import type { Path } from '@hq/shared/path';
import { Device } from './device.ts';
import { MemoryRemote } from './memory-remote.ts';

let remote: MemoryRemote;
let laptop: Device;

beforeEach(async () => {
  remote = new MemoryRemote();
  laptop = await Device.make(remote);
});
afterEach(() => laptop.remove());

const paths = (result: { problems: readonly { path: string }[] }): string[] => result.problems.map(({ path }) => path).sort();

describe('what is no plain file', () => {
  test('links, pipes and sockets are left out and named, and what was there before is not deleted', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'hq-outside-'));
    try {
      writeFileSync(join(outside, 'secret'), 'outside');
      laptop.write('was-a-file', 'tracked');
      await laptop.sync();
      laptop.delete('was-a-file');
      symlinkSync(join(outside, 'secret'), laptop.at('was-a-file'));
      symlinkSync(outside, laptop.at('folder-link'));
      execFileSync('mkfifo', [laptop.at('pipe')]);
      const result = await laptop.sync();
      expect(paths(result)).toEqual(['folder-link', 'pipe', 'was-a-file']);
      expect(result.problems.every(({ severity }) => severity === 'warning')).toBe(true);
      expect(remote.tree()).toEqual({ 'was-a-file': 'tracked' });
    } finally {
      rmSync(outside, { recursive: true });
    }
  });

  test('nothing is written through a link that leaves the root', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'hq-outside-'));
    try {
      symlinkSync(outside, laptop.at('docs'));
      remote.write('docs/a.md', 'from the vault');
      remote.write('docs/deep/b.md', 'from the vault');
      const result = await laptop.sync();
      expect(result.problems.map(({ path, severity }) => [path, severity])).toEqual([
        ['docs', 'warning'],
        ['docs/a.md', 'problem'],
        ['docs/deep/b.md', 'problem'],
      ]);
      expect(readdirSync(outside)).toEqual([]);
      // The link appears after the scan.
      rmSync(laptop.at('docs'));
      remote.before = (operation) => {
        if (operation === 'get' && !existsSync(laptop.at('docs'))) symlinkSync(outside, laptop.at('docs'));
      };
      expect(paths(await laptop.sync())).toEqual(['docs/a.md', 'docs/deep/b.md']);
      expect(readdirSync(outside)).toEqual([]);
    } finally {
      rmSync(outside, { recursive: true });
    }
  });

  test('hostile names in the vault never leave the root, and are named', async () => {
    const names = ['../escape', 'a/../../escape', '/absolute', 'a//b', 'back\\slash', 'e\u0301.md', 'new\nline'];
    for (const name of names) remote.write(name, 'x');
    remote.write('folder/', '');
    remote.write('good.md', 'good');
    const result = await laptop.sync();
    expect(paths(result)).toEqual([...names].sort());
    expect(result.problems.every(({ code, severity }) => code === 'INVALID_PATH' && severity === 'problem')).toBe(true);
    expect(laptop.tree()).toEqual({ 'good.md': 'good' });
    expect(existsSync(join(laptop.dir, '..', 'escape'))).toBe(false);
  });
});

describe('names', () => {
  test('a decomposed name on the disk is the composed path in the vault, and stays as it is on the disk', async () => {
    laptop.write('cafe\u0301/re\u0301sume\u0301.md', 'one');
    await laptop.sync();
    expect(remote.tree()).toEqual({ 'caf\u00e9/r\u00e9sum\u00e9.md': 'one' });
    remote.write('caf\u00e9/r\u00e9sum\u00e9.md', 'two');
    remote.write('caf\u00e9/new.md', 'three');
    await laptop.sync();
    expect(laptop.tree()).toEqual({ 'cafe\u0301/re\u0301sume\u0301.md': 'two', 'cafe\u0301/new.md': 'three' });
  });

  test('two forms of one name: one is synced, the other is kept and named', async () => {
    laptop.write('\u00e9.md', 'composed');
    laptop.write('e\u0301.md', 'decomposed');
    const result = await laptop.sync();
    expect(paths(result)).toEqual(['e\u0301.md']);
    expect(result.problems[0]?.severity).toBe('problem');
    expect(remote.tree()).toEqual({ '\u00e9.md': 'composed' });
    expect(laptop.text('e\u0301.md')).toBe('decomposed');
  });

  test('a name that is no Unicode, too long or forbidden is named, and the rest goes on', async () => {
    writeFileSync(Buffer.concat([Buffer.from(`${laptop.dir}/bad-`), Buffer.from([0xff, 0xfe])]), 'x');
    writeFileSync(laptop.at('back\\slash'), 'x');
    writeFileSync(laptop.at('tab\there'), 'x');
    const deep = Array.from({ length: 5 }, () => 'd'.repeat(200)).join('/');
    laptop.write(`${deep}/f`, 'x');
    laptop.write('good.md', 'x');
    const result = await laptop.sync();
    expect(result.problems).toHaveLength(4);
    expect(result.problems.every(({ code, severity }) => code === 'INVALID_PATH' && severity === 'problem')).toBe(true);
    expect(Object.keys(remote.tree())).toEqual(['good.md']);
  });
});

describe('how the folder is read', () => {
  test('a change that keeps size and time is still seen', async () => {
    laptop.write('a.md', 'aaaa');
    utimesSync(laptop.at('a.md'), 1_700_000_000, 1_700_000_000);
    await laptop.sync();
    laptop.write('a.md', 'bbbb');
    utimesSync(laptop.at('a.md'), 1_700_000_000, 1_700_000_000);
    await laptop.sync();
    expect(remote.text('a.md')).toBe('bbbb');
  });

  test('a file that was only touched is not sent again', async () => {
    laptop.write('a.md', 'one');
    await laptop.sync();
    utimesSync(laptop.at('a.md'), 1_700_000_000, 1_700_000_000);
    expect(await laptop.sync()).toMatchObject({ uploaded: 0, agreed: 0 });
  });

  test('a folder that became a link that leads nowhere deletes nothing and is named', async () => {
    laptop.write('closed/a.md', 'one');
    laptop.write('b.md', 'two');
    await laptop.sync();
    renameSync(laptop.at('closed'), join(laptop.dir, '.hq', 'aside'));
    symlinkSync('closed', laptop.at('closed'));
    expect(paths(await laptop.sync())).toEqual(['closed']);
    expect(Object.keys(remote.tree())).toEqual(['b.md', 'closed/a.md']);
    // What is written there meanwhile does not come, and is named whenever it would have come.
    remote.write('closed/new.md', 'three');
    expect(paths(await laptop.sync({ direction: 'push' }))).toEqual(['closed']);
    expect(paths(await laptop.sync())).toEqual(['closed', 'closed/new.md']);
    rmSync(laptop.at('closed'));
    renameSync(join(laptop.dir, '.hq', 'aside'), laptop.at('closed'));
    expect(await laptop.sync()).toMatchObject({ downloaded: 1, problems: [] });
  });

  test('what is sent is what was hashed, also when the file grows while it is sent', async () => {
    const large = 'x'.repeat(3 * 1024 * 1024);
    laptop.write('large.bin', large);
    let grown = 0;
    const put = remote.put.bind(remote);
    remote.put = async (path, content, expecting, metadata) => {
      if (grown++ === 0) writeFileSync(laptop.at('large.bin'), `${large}y`);
      return put(path, content, expecting, metadata);
    };
    expect(await laptop.sync()).toMatchObject({ uploaded: 1, problems: [] });
    expect(remote.history.map(({ text }) => text.length)).toEqual([large.length + 1]);
  });

  test('a file that never holds still is left for the next sync, and named', async () => {
    laptop.write('busy.bin', 'x'.repeat(3 * 1024 * 1024));
    remote.before = (operation) => {
      if (operation === 'put') writeFileSync(laptop.at('busy.bin'), 'y'.repeat(3 * 1024 * 1024 + remote.calls.length));
    };
    expect(paths(await laptop.sync())).toEqual(['busy.bin']);
    expect(remote.tree()).toEqual({});
  });

  test('a hard link to a file outside is a file like any other', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'hq-outside-'));
    writeFileSync(join(outside, 'f'), 'linked');
    linkSync(join(outside, 'f'), laptop.at('f'));
    await laptop.sync();
    remote.write('f', 'new');
    await laptop.sync();
    expect(laptop.text('f')).toBe('new');
    expect(readFileSync(join(outside, 'f'), 'utf8')).toBe('linked');
    rmSync(outside, { recursive: true });
  });
});

describe('what arrives', () => {
  test('damaged content is refused, the old file stays, nothing is left behind', async () => {
    laptop.write('a.md', 'old');
    await laptop.sync();
    remote.write('a.md', 'new', { sha256: '0'.repeat(64) });
    remote.write('b.md', 'fine');
    const result = await laptop.sync();
    expect(result).toMatchObject({ downloaded: 1, stopped: undefined });
    expect(paths(result)).toEqual(['a.md']);
    expect(laptop.text('a.md')).toBe('old');
    expect(readdirSync(laptop.at('.hq/tmp'))).toEqual([]);
  });

  test('a download cut short is refused', async () => {
    remote.write('a.md', 'whole');
    const get = remote.get.bind(remote);
    remote.get = async (path, expecting) => ({ ...(await get(path, expecting)), size: 9 });
    expect(paths(await laptop.sync())).toEqual(['a.md']);
    expect(laptop.tree()).toEqual({});
  });

  test('modes are kept, new files get those of the umask', async () => {
    laptop.write('private.md', 'one');
    chmodSync(laptop.at('private.md'), 0o600);
    await laptop.sync();
    remote.write('private.md', 'two');
    remote.write('new.md', 'three');
    await laptop.sync();
    expect(statSync(laptop.at('private.md')).mode & 0o777).toBe(0o600);
    expect(statSync(laptop.at('new.md')).mode & 0o777).toBe(0o666 & ~process.umask());
  });

  test('a folder in the place of a file is not overwritten', async () => {
    laptop.write('a/keep.md', 'here');
    remote.write('a', 'a file there');
    const result = await laptop.sync({ direction: 'pull' });
    expect(result.problems).toMatchObject([{ path: 'a', code: 'CONFLICT', severity: 'problem' }]);
    expect(lstatSync(laptop.at('a')).isDirectory()).toBe(true);
  });
});

test('one refused file does not stop the others; a refusal of everything does', async () => {
  for (const name of ['a', 'b', 'c']) laptop.write(name, name);
  remote.before = (operation, path) => {
    if (operation === 'put' && path === 'b') throw new HqError('FORBIDDEN', 'You may not write here.');
  };
  expect(await laptop.sync()).toMatchObject({ uploaded: 2, problems: [{ path: 'b', code: 'FORBIDDEN' }], stopped: undefined });
  laptop.write('d', 'd');
  remote.before = (operation, path) => {
    if (operation === 'put' && path === ('b' as Path)) throw new HqError('EXPIRED', 'Sign in again.');
  };
  expect((await laptop.sync({ width: 1 })).stopped).toMatchObject({ code: 'EXPIRED' });
  expect(remote.files.has('d' as Path)).toBe(false);
});
