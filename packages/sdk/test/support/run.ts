/** Programs of our own, as separate processes. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Program {
  readonly child: ChildProcess;
  /** The next line it prints; empty when it ends first. */
  line(): Promise<string>;
  ended(): Promise<void>;
}

/** Starts a script of this folder with the Node that runs the tests. */
export function start(script: string, ...args: readonly string[]): Program {
  const child = spawn(process.execPath, [fileURLToPath(new URL(script, import.meta.url)), ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const exit = once(child, 'exit');
  return {
    child,
    line: async () => {
      const next = await lines.next();
      return next.done === true ? '' : next.value;
    },
    ended: async () => void (await exit),
  };
}
