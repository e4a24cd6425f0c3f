/** A question to the person at the terminal. */
import { createInterface } from 'node:readline/promises';

/** True where somebody can see a question and answer it. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** Asks on the terminal. False for anything but a yes, also for the end of input. */
export async function ask(question: string, signal: AbortSignal): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // The end of input answers no question by itself.
  const ended = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  try {
    return /^y(es)?$/i.test((await Promise.race([terminal.question(`${question} [y/N] `, { signal }), ended])).trim());
  } finally {
    terminal.close();
  }
}
