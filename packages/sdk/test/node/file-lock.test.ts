/** A lock among processes, also when one of them is killed. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tryLock, withFileLock } from '../../src/node/file-lock.ts';
import { start } from '../support/run.ts';

let folder: string;
let serial = 0;
const fresh = (): string => join(folder, `${(serial += 1)}.lock`);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hq-lock-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The number of a process that has ended. */
const ended = spawnSync(process.execPath, ['-e', '0']).pid;

describe('a lock', () => {
  it('is held by one, given back, and taken again', async () => {
    const file = fresh();
    const first = await tryLock(file);
    expect(first).toBeDefined();
    expect(await tryLock(file)).toBeUndefined();
    await first?.release();
    await first?.release();
    const second = await tryLock(file);
    await first?.release();
    expect(await tryLock(file)).toBeUndefined();
    await second?.release();
  });

  it('lets one at a time work, and all of them in the end', async () => {
    const file = fresh();
    let inside = 0;
    let most = 0;
    let done = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await Promise.resolve();
      await readFile(file);
      inside -= 1;
      done += 1;
    };
    await Promise.all(Array.from({ length: 8 }, () => withFileLock(file, work)));
    expect({ most, done }).toEqual({ most: 1, done: 8 });
  });

  it('is given back when the work fails', async () => {
    const file = fresh();
    await expect(withFileLock(file, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(await tryLock(file)).toBeDefined();
  });

  it('of another live process is respected, and of a killed one taken over, by exactly one of many', async () => {
    const file = fresh();
    const holder = start('hold-lock-process.ts', file);
    expect(await holder.line()).toBe('held');
    expect(await tryLock(file)).toBeUndefined();
    await expect(withFileLock(file, () => Promise.resolve(), 0)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    holder.child.kill('SIGKILL');
    await holder.ended();
    const heirs = await Promise.all(Array.from({ length: 20 }, () => tryLock(file)));
    const late = heirs.some((heir) => heir !== undefined) ? undefined : await tryLock(file);
    expect([...heirs, late].filter((heir) => heir !== undefined)).toHaveLength(1);
  });

  it.each([
    ['of a process that has our number but started at another time', { pid: process.pid, host: hostname(), started: '1', nonce: 'n' }, 0, true],
    ['of a process that has ended, where the system keeps no start times', { pid: ended, host: hostname(), started: '', nonce: 'n' }, 0, true],
    ['of another computer, lately', { pid: 1, host: 'elsewhere', started: '', nonce: 'n' }, 60, false],
    ['of another computer, long ago', { pid: 1, host: 'elsewhere', started: '', nonce: 'n' }, 121, true],
    ['that was never written to the end, just now', undefined, 1, false],
    ['that was never written to the end', undefined, 6, true],
  ])('%s: taken over is %4$s', async (_, holder, ageSeconds, taken) => {
    const file = fresh();
    await writeFile(file, holder === undefined ? '{"pi' : JSON.stringify(holder));
    const then = Date.now() / 1000 - ageSeconds;
    await utimes(file, then, then);
    expect((await tryLock(file)) !== undefined).toBe(taken);
  });
});
