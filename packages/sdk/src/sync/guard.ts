/** A deletion that is too large to be meant stops before anything happens, whichever side it comes from. */
import { HqError } from '@hq/shared/errors';
import type { Action } from './plan.ts';

/** Below this many files, deleting most of them is everyday work; the folder's marker still shows that it is the right folder. */
const smallFolder = 3;

function refuse(where: string, deleted: number, tracked: number): never {
  const all = deleted === tracked ? `All ${tracked}` : `${deleted} of ${tracked}`;
  throw new HqError('CONFLICT', `${all} synced files are gone ${where}. Nothing was deleted.`, {
    hint: 'If the disk is not mounted or the files were moved, bring them back. If you meant it, run the same command with --allow-mass-delete.',
    details: { reason: 'mass-delete', deleted, tracked },
  });
}

/**
 * Looks at all deletions of one sync together.
 * @throws HqError `CONFLICT` when more than half of the files that both sides had would go, on either side.
 */
export function refuseMassDeletion(actions: readonly Action[], tracked: number): void {
  if (tracked < smallFolder) return;
  let here = 0;
  let there = 0;
  for (const { kind } of actions) {
    if (kind === 'delete-remote') here++;
    if (kind === 'delete-local') there++;
  }
  if (here * 2 > tracked) refuse('from this folder', here, tracked);
  if (there * 2 > tracked) refuse('from the vault', there, tracked);
}
