/** A cheap yes to "can this be compiled?", for checks over everyone in an organization: most people are concerned by few rules. */
import { isFolder, root, type Path } from '@hq/shared/path';
import type { Vault } from '@hq/shared/vault';
import { emitSession, maxPolicyLength } from './emit.ts';
import { maxSessions } from './split.ts';

/**
 * True where records at these paths can be compiled whatever they say, for the whole vault and for reading and writing. False says nothing.
 *
 * Each path is allowed or denied at most once. Where all of them fit into one policy together, so does every part of them; then only regions inside one
 * another's carve-outs ask for another session, and that takes two paths a session.
 */
export function certainlyFits(vault: Vault, paths: ReadonlySet<Path>): boolean {
  if (paths.size > 2 * maxSessions) return false;
  // The root counts once more than it has to, and its listing, which needs no condition, not at all.
  const length = (allow: readonly Path[], deny: readonly Path[]) => {
    const regions = [{ allow: root, deny }, ...allow.map((path) => ({ allow: path, deny: [] }))];
    const list = allow.filter((path) => isFolder(path) && path !== root);
    return emitSession(vault, 'write', 'kms', regions, list).length;
  };
  const denial = length([], [root, root]) - length([], []);
  return length([...paths], []) + denial <= maxPolicyLength;
}
