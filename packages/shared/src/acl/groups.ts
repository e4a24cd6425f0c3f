/**
 * Groups in groups. One organization's groups form a tree-like graph that is small enough to be read beside the member on every decision, so that a change of
 * it needs no change anywhere else. A group that the graph does not hold counts for nothing, also where a rule or a member still names it.
 */
import { HqError } from '../errors.ts';

/** How many groups a chain from the innermost to the outermost has at most. */
export const maxGroupDepth = 8;

/** Every live group, with the groups in which it lies directly. */
export type GroupTree = ReadonlyMap<string, readonly string[]>;

/** All groups that hold someone whose own groups are these: the live ones among them, and those around. Harmless on a cycle. */
export function unfold(direct: Iterable<string>, tree: GroupTree): ReadonlySet<string> {
  const all = new Set<string>();
  const waiting = [...direct];
  for (let group = waiting.pop(); group !== undefined; group = waiting.pop()) {
    const around = all.has(group) ? undefined : tree.get(group);
    if (around === undefined) continue;
    all.add(group);
    waiting.push(...around);
  }
  return all;
}

/**
 * Refuses to put `inner` into `outer`, both of them live, where that would close a cycle, or make a chain of more than `maxGroupDepth` groups.
 *
 * @throws HqError `CONFLICT`.
 */
export function checkNesting(tree: GroupTree, inner: string, outer: string): void {
  if (unfold([outer], tree).has(inner)) {
    throw new HqError('CONFLICT', 'A group can not be in itself, not even by way of others.', { hint: 'Look at the groups with "hq groups list".' });
  }
  const deep = longestChain(inner, inward(tree)) + longestChain(outer, tree);
  if (deep > maxGroupDepth) {
    throw new HqError('CONFLICT', `Groups in groups go ${maxGroupDepth} deep at most, and this would make ${deep}.`, {
      hint: 'Put the people into the outer group directly.',
    });
  }
}

/** The same graph read the other way: the groups that lie directly in each. */
export function inward(tree: GroupTree): GroupTree {
  const held = new Map<string, string[]>([...tree.keys()].map((group) => [group, []]));
  for (const [group, around] of tree) for (const outer of around) held.get(outer)?.push(group);
  return held;
}

/** Groups in the longest chain that begins at one. Only for graphs without a cycle, which is what is stored. */
function longestChain(group: string, next: GroupTree, known: Map<string, number> = new Map()): number {
  const seen = known.get(group);
  if (seen !== undefined) return seen;
  // Marked before going on: a cycle, which should not be, ends here.
  known.set(group, 1);
  const length = 1 + Math.max(0, ...(next.get(group) ?? []).map((other) => longestChain(other, next, known)));
  known.set(group, length);
  return length;
}
