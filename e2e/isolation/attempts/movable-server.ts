/** The product on a clock that a test can move, as a process of its own: time is the one thing about it that is not as people run it. */
import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clone, freePorts } from '../../support/server.ts';

export interface MovableServer {
  readonly apiUrl: string;
  readonly storageUrl: string;
  /** Milliseconds by which its clock is ahead of ours. */
  readonly ahead: () => number;
  advance(seconds: number): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startMovableServer(): Promise<MovableServer> {
  const data = mkdtempSync(join(tmpdir(), 'hq-attempts-'));
  const [port, storagePort] = await freePorts();
  const child = fork(fileURLToPath(new URL('movable-server-main.ts', import.meta.url)), [String(port), String(storagePort), data], {
    execPath: join(clone, 'node_modules/.bin/node'),
    execArgv: [],
  });
  let ahead = 0;
  await heard(child);
  return {
    apiUrl: `http://127.0.0.1:${port}`,
    storageUrl: `http://127.0.0.1:${storagePort}`,
    ahead: () => ahead,
    async advance(seconds) {
      const moved = heard(child);
      child.send(seconds);
      await moved;
      ahead += seconds * 1000;
    },
    async [Symbol.asyncDispose]() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.disconnect();
      await ended;
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** Resolves with the next word from the child, and fails when it ends instead. */
function heard(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`the server ended with ${code}`));
    child.once('exit', ended).once('message', () => {
      child.off('exit', ended);
      resolve();
    });
  });
}
