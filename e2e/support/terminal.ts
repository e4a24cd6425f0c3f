/** A command at a real terminal: it can ask, and a person can answer. */
import { spawn } from 'node:child_process';
import { clone } from './server.ts';

export interface Terminal {
  /** What is on the screen so far, plain. */
  readonly screen: () => string;
  /** Resolves as soon as that is on the screen. @throws Error when the command ends before. */
  waitFor(text: string): Promise<void>;
  /** Types a line. */
  type(line: string): void;
  /** Its exit code. */
  readonly ended: Promise<number | null>;
}

/** Quoted for a POSIX shell. */
const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** Starts `hq` with a terminal of its own, which `script` (of util-linux) makes. */
export function openTerminal(environment: Readonly<Record<string, string | undefined>>, ...words: readonly string[]): Terminal {
  const command = ['hq', ...words].map(quoted).join(' ');
  const child = spawn('script', ['-qec', command, '/dev/null'], { cwd: clone, env: { ...environment, TERM: 'dumb' }, stdio: ['pipe', 'pipe', 'inherit'] });
  let shown = '';
  let over = false;
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const check of waiting) check();
  };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    shown += chunk.replaceAll('\r', '');
    wake();
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      over = true;
      wake();
      resolve(code);
    });
  });
  return {
    screen: () => shown,
    waitFor: (text) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (!shown.includes(text) && !over) return;
          waiting.delete(check);
          if (shown.includes(text)) resolve();
          else reject(new Error(`"${text}" never came:\n${shown}`));
        };
        waiting.add(check);
        check();
      }),
    type: (line) => void child.stdin.write(`${line}\n`),
    ended,
  };
}
