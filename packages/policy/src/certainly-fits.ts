/** A cheap yes to "can this be compiled?", for checks over everyone in an organization: most people are concerned by few rules. */
import { isFolder, isInside, root, type Path } from '@hq/shared/path';
import type { Vault } from '@hq/shared/vault';
import type { Region } from './boundaries.ts';
import { emitSession, listable, maxPolicyLength, objectPattern } from './emit.ts';
import { escapeLiteral, policyText } from './escape.ts';
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

/**
 * True where regions can be split into sessions for sure, at the cost of one look at each. False says nothing.
 *
 * First fit opens another session for a region only where each open one either holds a region around it, or has less room left than it takes. There are fewer
 * of the first kind than regions in one another, and each of the second is filled up to the largest region at least.
 */
export function regionsCertainlyFit(vault: Vault, regions: readonly Region[]): boolean {
  const sizes = regions.map((region) => sizeOf(vault, region));
  const largest = Math.max(0, ...sizes);
  const room = maxPolicyLength - frameOf(vault);
  if (largest >= room) return false;
  return depthOf(regions) + sizes.reduce((sum, size) => sum + size, 0) / (room - largest) <= maxSessions;
}

/** What a policy with every kind of statement takes beside what `sizeOf` counts. */
function frameOf(vault: Vault): number {
  const folder = 'x/' as Path;
  const paths = [root, root, root].map((path) => objectPattern(vault, path).length);
  return emitSession(vault, 'write', 'kms', [{ allow: root, deny: [root, root] }], [folder, folder]).length - paths.reduce((sum, length) => sum + length, 0);
}

/** The characters that a region adds to a policy, at most: its patterns, and its folder in the list of what may be listed. */
function sizeOf(vault: Vault, region: Region): number {
  const patterns = [region.allow, ...region.deny].map((path) => objectPattern(vault, path));
  const listed = listable([region]).map((path) => escapeLiteral(vault.keyPrefix + path));
  const empty = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '' }] } as const;
  // Quotes and a comma are counted with each; the asterisk of a listing is not there yet.
  const written = policyText({ ...empty, Statement: [{ ...empty.Statement[0], Resource: [...patterns, ...listed] }] });
  return written.length - policyText(empty).length + listed.length;
}

/** Regions in one another at the deepest place. Outer ones come first. */
function depthOf(regions: readonly Region[]): number {
  const chain: Path[] = [];
  let deepest = 0;
  for (const { allow } of regions) {
    for (let outer = chain.at(-1); outer !== undefined && !isInside(allow, outer); outer = chain.at(-1)) chain.pop();
    chain.push(allow);
    deepest = Math.max(deepest, chain.length);
  }
  return deepest;
}
