/** Losing access is not a deletion: a file that may no longer be read leaves the list of the vault just like a deleted one, and only the rules tell them apart. */
import type { Path } from '@hq/shared/path';
import type { Remote } from '../transfer/remote.ts';
import type { Action } from './plan.ts';

/** True when this action believes that the file was deleted from the vault. */
function takesForDeleted({ kind, remote, entry }: Action): boolean {
  return entry !== undefined && remote === undefined && (kind === 'delete-local' || kind === 'upload');
}

/** Splits off the actions on paths that the caller lost. Asks the API only when some file is missing from the vault. */
export async function withoutLost<A extends Action>(actions: readonly A[], remote: Remote, cone: Path): Promise<{ actions: A[]; lost: A[] }> {
  const missing = actions.filter(takesForDeleted);
  if (missing.length === 0) return { actions: [...actions], lost: [] };
  const readable = await remote.readable(
    cone,
    missing.map(({ path }) => path),
  );
  const lost = new Set(missing.filter(({ path }) => !readable.has(path)));
  return { actions: actions.filter((action) => !lost.has(action)), lost: [...lost] };
}
