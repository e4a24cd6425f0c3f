/** Which folders this profile syncs (`HQ_HOME/sync/roots.json`), so that `hq sync now` finds them, and notices when one is gone. */
import { join } from 'node:path';
import * as z from 'zod';
import { HqError } from '@hq/shared/errors';
import { withFileLock } from '../file-lock.ts';
import { readPrivateFile, writePrivateFile } from '../private-file.ts';

const knownRoot = z.object({ dir: z.string(), id: z.string() });
export type KnownRoot = z.infer<typeof knownRoot>;

const fileIn = (home: string): string => join(home, 'sync', 'roots.json');

/** All folders, in the order in which they were set up. */
export async function knownRoots(home: string): Promise<KnownRoot[]> {
  const text = await readPrivateFile(fileIn(home));
  if (text === undefined) return [];
  try {
    return z.array(knownRoot).parse(JSON.parse(text));
  } catch (error) {
    throw new HqError('CONFLICT', `${fileIn(home)} is damaged.`, { hint: 'Delete it and run `hq sync init` on each synced folder again.', cause: error });
  }
}

/** Adds a folder, or notes its new place or new id. */
export async function rememberRoot(home: string, root: KnownRoot): Promise<void> {
  await withFileLock(join(home, 'sync', 'roots.lock'), async () => {
    const others = (await knownRoots(home)).filter(({ dir, id }) => dir !== root.dir && id !== root.id);
    await writePrivateFile(fileIn(home), JSON.stringify([...others, root], null, 2));
  });
}
