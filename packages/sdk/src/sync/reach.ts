/** Losing access is not a deletion: a file that may no longer be read leaves the list of the vault just like a deleted one, and only the scope tells them apart. */
import { isInside, type Path } from '@hq/shared/path';
import type { Remote, Scope } from '../transfer/remote.ts';
import type { Action } from './plan.ts';

/** True when the longest of `allow` and `deny` that covers the path allows it. */
export function isReadable(scope: Scope, path: Path): boolean {
  let longest = -1;
  let allowed = false;
  for (const cone of scope.deny) {
    if (cone.length > longest && isInside(path, cone)) longest = cone.length;
  }
  for (const cone of scope.allow) {
    if (cone.length > longest && isInside(path, cone)) {
      longest = cone.length;
      allowed = true;
    }
  }
  return allowed;
}

/** True when this action believes that the file was deleted from the vault. */
function takesForDeleted({ kind, remote, entry }: Action): boolean {
  return entry !== undefined && remote === undefined && (kind === 'delete-local' || kind === 'upload');
}

/** Splits off the actions on paths that the caller lost. Asks the API only when some file is missing from the vault. */
export async function withoutLost<A extends Action>(actions: readonly A[], remote: Remote, cone: Path): Promise<{ actions: A[]; lost: A[] }> {
  if (!actions.some(takesForDeleted)) return { actions: [...actions], lost: [] };
  const scope = await remote.scope(cone);
  const lost = new Set(actions.filter((action) => takesForDeleted(action) && !isReadable(scope, action.path)));
  return { actions: actions.filter((action) => !lost.has(action)), lost: [...lost] };
}
