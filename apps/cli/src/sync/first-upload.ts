/** The check before the first upload: what would go and what is held back is listed, and on a terminal nothing goes before a person said yes. */
import { HqError } from '@hq/shared/errors';
import type { Prepared } from '@hq/sdk/sync/prepare';
import type { Output } from '../output.ts';
import { ask, canAsk } from '../question.ts';
import { inventoryLines } from './inventory.ts';

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
  if (options.yes || !canAsk()) return;
  if (await ask('Upload them?', options.signal)) return;
  throw new HqError('CONFLICT', 'Nothing was uploaded.', { hint: 'Keep things out with .hqignore (its lines are those of .gitignore), then run it again.' });
}
