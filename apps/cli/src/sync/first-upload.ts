/** The check before the first upload: what would go and what is held back is listed, and on a terminal nothing goes before a person said yes. */
import { createInterface } from 'node:readline/promises';
import { HqError } from '@hq/shared/errors';
import type { Prepared } from '@hq/sdk/sync/prepare';
import type { Output } from '../output.ts';
import { inventoryLines } from './inventory.ts';

/** Asks on the terminal. False for anything but a yes, also for the end of input. */
async function ask(question: string, signal: AbortSignal): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `, { signal })).trim());
  } finally {
    terminal.close();
  }
}

/**
 * Lists, and asks where someone can answer. `hq sync init` listed the same before, so a script that goes on to sync is taken at its word.
 * @throws HqError `CONFLICT` when the answer is no.
 */
export async function checkFirstUpload(
  out: Output,
  prepared: Prepared,
  vault: string,
  options: { readonly yes: boolean; readonly signal: AbortSignal },
): Promise<void> {
  for (const line of inventoryLines(prepared, vault)) out.note(line);
  if (options.yes || !process.stdin.isTTY || !process.stderr.isTTY) return;
  if (await ask('Upload them?', options.signal)) return;
  throw new HqError('CONFLICT', 'Nothing was uploaded.', { hint: 'Keep things out with .hqignore (its lines are those of .gitignore), then run it again.' });
}
