/** A whole HQ Cloud for a test: the server that `npm start` runs, as a process of its own, on free ports and in a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const clone = fileURLToPath(new URL('../..', import.meta.url));
const node24 = join(clone, 'node_modules/.bin/node');

export interface TestServer {
  readonly apiUrl: string;
  readonly storageUrl: string;
  readonly data: string;
  /** Stops it as Ctrl-C does, or as a power cut does, and resolves with its exit code. */
  stop(signal?: 'SIGINT' | 'SIGKILL'): Promise<number | null>;
  /** Starts it again on the same ports and data. */
  restart(): Promise<void>;
  /** Stops it and removes its data. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Two ports that nobody listened on a moment ago. */
export async function freePorts(): Promise<[number, number]> {
  const probes = await Promise.all(
    [0, 0].map(async () => {
      const probe = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => probe.once('listening', resolve));
      return probe;
    }),
  );
  const ports = probes.map((probe) => {
    const address = probe.address();
    return address !== null && typeof address === 'object' ? address.port : 0;
  });
  await Promise.all(probes.map((probe) => new Promise((resolve) => probe.close(resolve))));
  return [ports[0] ?? 0, ports[1] ?? 0];
}

/** Starts a server, with further settings, and resolves when it says that it runs. */
export async function startServer(settings: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  const data = mkdtempSync(join(tmpdir(), 'hq-e2e-'));
  const [port, storagePort] = await freePorts();
  let child: ChildProcess | undefined;

  const start = async (): Promise<void> => {
    const env = { ...process.env, HQ_PORT: String(port), HQ_STORAGE_PORT: String(storagePort), HQ_DATA: data, ...settings };
    const started = spawn(node24, [join(clone, 'apps/server/src/main.ts')], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    child = started;
    let output = '';
    await new Promise<void>((resolve, reject) => {
      const read = (chunk: Buffer): void => {
        output += chunk.toString();
        if (output.includes('HQ Cloud is running')) resolve();
      };
      started.stdout.on('data', read);
      started.stderr.on('data', read);
      started.once('exit', (code) => reject(new Error(`the server ended with ${code}:\n${output}`)));
    });
  };
  const stop = async (signal: 'SIGINT' | 'SIGKILL' = 'SIGINT'): Promise<number | null> => {
    const running = child;
    if (running === undefined) return null;
    child = undefined;
    if (running.exitCode !== null || running.signalCode !== null) return running.exitCode;
    const ended = new Promise<number | null>((resolve) => running.once('exit', resolve));
    running.kill(signal);
    return ended;
  };

  await start();
  return {
    apiUrl: `http://127.0.0.1:${port}`,
    storageUrl: `http://127.0.0.1:${storagePort}`,
    data,
    stop,
    restart: start,
    async [Symbol.asyncDispose]() {
      await stop();
      rmSync(data, { recursive: true, force: true });
    },
  };
}
