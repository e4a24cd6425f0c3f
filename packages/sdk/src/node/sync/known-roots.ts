/** Which folders this profile syncs (`HQ_HOME/sync/roots.json`), so that `hq sync now` finds them, and notices when one is gone. */
import { join } from 'node:path';
import { HqError } from '@hq/shared/errors';
import { withFileLock } from '../file-lock.ts';
import { parseJson } from './parse-json.ts';
import { readPrivateFile, writePrivateFile } from '../private-file.ts';

export interface KnownRoot {
  readonly dir: string;
  readonly id: string;
}

const isKnownRoot = (value: unknown): value is KnownRoot =>
  typeof value === 'object' && value !== null && 'dir' in value && 'id' in value && typeof value.dir === 'string' && typeof value.id === 'string';

const fileIn = (home: string): string => join(home, 'sync', 'roots.json');

/** All folders, in the order in which they were set up. */
export async function knownRoots(home: string): Promise<KnownRoot[]> {
  const text = await readPrivateFile(fileIn(home));
  if (text === undefined) return [];
  const found = parseJson(text);
  if (Array.isArray(found) && found.every(isKnownRoot)) return found;
  throw new HqError('CONFLICT', `${fileIn(home)} is damaged.`, { hint: 'Delete it and run `hq sync init` on each synced folder again.' });
}

/** Adds a folder, or notes its new place or new id. */
export async function rememberRoot(home: string, root: KnownRoot): Promise<void> {
  await withFileLock(join(home, 'sync', 'roots.lock'), async () => {
    const others = (await knownRoots(home)).filter(({ dir, id }) => dir !== root.dir && id !== root.id);
    await writePrivateFile(fileIn(home), JSON.stringify([...others, root], null, 2));
  });
}
