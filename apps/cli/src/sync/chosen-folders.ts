/** Which folders a sync verb works on: the one that is named, the one around the current folder, or all that this profile knows. */
import { resolve } from 'node:path';
import { HqError } from '@hq/shared/errors';
import { knownRoots } from '@hq/sdk/node/sync/known-roots';
import { findRoot } from '@hq/sdk/node/sync/marker';

export interface ChosenFolder {
  readonly dir: string;
  /** The folder's own id, when the profile knows it: another folder in its place is then noticed. */
  readonly id: string | undefined;
}

/** @throws HqError `NOT_FOUND` when the folder that was named is not set up, or when there is none at all. */
export async function chosenFolders(home: string, named: string | undefined, here: string): Promise<ChosenFolder[]> {
  const known = await knownRoots(home);
  const idOf = (dir: string): string | undefined => known.find((root) => root.dir === dir)?.id;
  if (named !== undefined) {
    const wanted = resolve(here, named);
    // A known folder that is missing keeps its name, so that what is said is that it is missing.
    const dir = idOf(wanted) === undefined ? (findRoot(wanted) ?? wanted) : wanted;
    return [{ dir, id: idOf(dir) }];
  }
  const around = findRoot(here);
  if (around !== undefined) return [{ dir: around, id: idOf(around) }];
  if (known.length > 0) return known;
  throw new HqError('NOT_FOUND', 'No folder is set up for sync yet.', { hint: 'Set one up: hq sync init ~/HQ --org NAME' });
}
