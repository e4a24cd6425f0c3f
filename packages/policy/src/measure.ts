/**
 * How long a session's policy will be, without writing it: to find out which regions fit together, many groups of them are tried, and only those that are kept are
 * written. No more than a forecast: what `emit.ts` writes is what is checked and minted.
 */
import { root, type Path } from '@hq/shared/path';
import type { Vault } from '@hq/shared/vault';
import type { Region } from './boundaries.ts';
import { emitSession, listPattern, objectPattern, type Encryption } from './emit.ts';
import { policyText } from './escape.ts';

/** Exactly the length of what `emitSession` writes for these regions and folders. */
export type Measure = (regions: readonly Region[], list: readonly Path[]) => number;

/** Measures for one vault and access. Each path's own length is worked out once. */
export function createMeasure(vault: Vault, access: 'read' | 'write', encryption: Encryption): Measure {
  const inResource = remembering((path) => policyText(objectPattern(vault, path)).length);
  const inList = remembering((path) => policyText(listPattern(vault, path)).length);
  // What stands around the paths is learned from the emitter.
  const sample = 'a/' as Path;
  const length = (deny: readonly Path[], list: readonly Path[]) => emitSession(vault, access, encryption, [{ allow: root, deny }], list).length;
  const alone = length([], []);
  const allowing = alone - inResource(root);
  const denying = length([root], []) - alone - inResource(root);
  const listing = length([], [sample]) - alone - inList(sample);
  const listingAll = length([], [root]) - alone;
  return (regions, list) => {
    const deny = regions.flatMap((region) => region.deny);
    let total = allowing + lengthOfAll(regions.map(({ allow }) => inResource(allow)));
    if (deny.length > 0) total += denying + lengthOfAll(deny.map(inResource));
    if (list.some((folder) => vault.keyPrefix + folder === '')) total += listingAll;
    else if (list.length > 0) total += listing + lengthOfAll(list.map(inList));
    return total;
  };
}

/** One text stands for itself; several have commas between them and brackets around. */
function lengthOfAll(lengths: readonly number[]): number {
  const sum = lengths.reduce((all, one) => all + one, 0);
  return lengths.length === 1 ? sum : sum + lengths.length + 1;
}

function remembering(take: (path: Path) => number): (path: Path) => number {
  const known = new Map<Path, number>();
  return (path) => {
    let found = known.get(path);
    if (found === undefined) known.set(path, (found = take(path)));
    return found;
  };
}
