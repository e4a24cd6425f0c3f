/**
 * A lock among processes that survives kill -9: a file that exists while the lock is held and says who holds it. Whoever finds it asks the kernel whether that
 * process still lives (its number and, on Linux, its start time, since numbers come round again); a holder on another machine, which can't be asked, is
 * given `abandonedAfterMs`. Only one process at a time may take a dead one's lock away, so two waiters can't both believe to have inherited it.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HqError } from '@hq/shared/errors';

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Clock ticks after boot at which the process started, on Linux; otherwise empty. */
  readonly started: string;
  readonly nonce: string;
}

const abandonedAfterMs = 120_000;

/** When a process started, as the kernel counts it: empty where there is no `/proc`, or no such process. */
function startOf(pid: number): string {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses and may hold anything; the start time is the twentieth after it.
    return line.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    const holder = JSON.parse(await readFile(file, 'utf8')) as Holder;
    return typeof holder.pid === 'number' && typeof holder.nonce === 'string' ? holder : undefined;
  } catch {
    return undefined;
  }
}

async function ageMs(file: string): Promise<number> {
  return stat(file).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
}

/** True when whoever wrote the file can't be holding the lock any more. */
async function isStale(file: string, holder: Holder | undefined): Promise<boolean> {
  // Created, and not written yet: its maker is between two system calls, or died there.
  if (holder === undefined) return (await ageMs(file)) > 5_000;
  if (holder.host !== hostname()) return (await ageMs(file)) > abandonedAfterMs;
  if (!isAlive(holder.pid)) return true;
  return holder.started !== '' && startOf(holder.pid) !== holder.started;
}

async function create(file: string, holder: Holder): Promise<boolean> {
  try {
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(JSON.stringify(holder));
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes a dead holder's lock. The guard makes judging and removing one step. */
async function bury(file: string): Promise<void> {
  const guard = `${file}.bury`;
  try {
    await writeFile(guard, '', { flag: 'wx', mode: 0o600 });
  } catch {
    // Someone else is at it; a guard that was left by a crash goes after a while.
    if ((await ageMs(guard)) > 10_000) await rm(guard, { force: true });
    return;
  }
  try {
    if (await isStale(file, await readHolder(file))) await rm(file, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

/** A lock that is held; `release` gives it back and is safe to call twice. */
export interface HeldLock {
  release(): Promise<void>;
}

/** Takes the lock if nobody holds it. The folder is made, with mode 0700, when it is missing. */
export async function tryLock(file: string): Promise<HeldLock | undefined> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const mine: Holder = { pid: process.pid, host: hostname(), started: startOf(process.pid), nonce: randomUUID() };
  if (!(await create(file, mine))) {
    if (!(await isStale(file, await readHolder(file)))) return undefined;
    await bury(file);
    if (!(await create(file, mine))) return undefined;
  }
  return {
    release: async () => {
      if ((await readHolder(file))?.nonce === mine.nonce) await rm(file, { force: true });
    },
  };
}

/**
 * Runs `work` under the lock, waiting up to `patienceMs` for it.
 * @throws HqError `UNAVAILABLE` when another process holds it for longer.
 */
export async function withFileLock<T>(file: string, work: () => Promise<T>, patienceMs = 45_000): Promise<T> {
  const until = Date.now() + patienceMs;
  for (let pause = 5; ; pause = Math.min(pause * 2, 100)) {
    const lock = await tryLock(file);
    if (lock !== undefined) {
      try {
        return await work();
      } finally {
        await lock.release();
      }
    }
    if (Date.now() > until) {
      throw new HqError('UNAVAILABLE', 'Another HQ program is busy with the same thing and does not finish.', {
        hint: 'Wait for it or stop it, then try again.',
      });
    }
    await sleep(pause + Math.random() * pause);
  }
}
