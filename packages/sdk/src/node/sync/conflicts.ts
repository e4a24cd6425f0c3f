/** Conflict copies that wait for a person, and the two ways to settle one. What loses stays among the versions of the vault. */
import { HqError } from '@hq/shared/errors';
import type { Path } from '@hq/shared/path';
import { conflictBase } from '../../sync/conflict-name.ts';
import type { SyncedFolder } from './synced-folder.ts';

export interface Conflict {
  /** The version that was on some device when the vault already had another. */
  readonly copy: Path;
  /** The file it is a copy of; it may be gone by now. */
  readonly path: Path;
  readonly size: number;
}

/** Every conflict copy in the folder, in no order. */
export async function listConflicts({ tree, journal }: SyncedFolder, signal: AbortSignal): Promise<Conflict[]> {
  const { files } = await tree.scan(journal, signal);
  const conflicts: Conflict[] = [];
  for (const { path: copy, stamp } of files.values()) {
    const path = conflictBase(copy);
    if (path !== undefined) conflicts.push({ copy, path, size: stamp.size });
  }
  return conflicts;
}

/**
 * Settles one: `copy` puts the copy in the file's place, `file` removes the copy. Only here: the next sync carries it to the vault.
 * @throws HqError `CONFLICT` when the version that would go is not in the vault yet.
 */
export async function settleConflict({ tree, journal }: SyncedFolder, { copy, path }: Pick<Conflict, 'copy' | 'path'>, keep: 'copy' | 'file'): Promise<void> {
  const loser = keep === 'copy' ? path : copy;
  const seenCopy = tree.look(copy);
  if (seenCopy === undefined) throw new HqError('NOT_FOUND', `There is no "${copy}" here.`, { hint: 'See what there is: hq sync resolve' });
  const seenLoser = tree.look(loser);
  if (seenLoser !== undefined && (await tree.hash(seenLoser)).sha256 !== journal.get(loser)?.sha256) {
    throw new HqError('CONFLICT', `"${loser}" is not in the vault as it is here, and would be lost.`, { hint: 'Run `hq sync now` first.' });
  }
  if (keep === 'file') tree.remove(copy, seenCopy);
  else if (seenLoser === undefined) tree.rename(copy, seenCopy, path);
  else tree.replace(path, seenLoser, copy, seenCopy);
}
