/** Takes a lock and never gives it back: to be killed. Argument: the lock's file. */
import { tryLock } from '../../src/node/file-lock.ts';

const lock = await tryLock(process.argv[2] ?? '');
process.stdout.write(lock === undefined ? 'refused\n' : 'held\n');
setInterval(() => undefined, 60_000);
