/**
 * Regions into sessions. IAM's explicit deny beats every allow, so a region that lies inside another's carve-out needs another session ("layer"); and a session's
 * policy holds 2,048 characters. First fit over the regions, outer ones first, gives exactly the layers where nothing is too long.
 */
import { HqError } from '@hq/shared/errors';
import { isInside, parentOf, type Path } from '@hq/shared/path';
import type { Region } from './boundaries.ts';
import { maxPolicyLength } from './emit.ts';

/** More than this is refused, not narrowed. */
export const maxSessions = 16;

/** How many offending paths an error names. */
const maxNamed = 50;

/** What a session policy may hold. */
export interface Room {
  /** True where a group of regions fits one policy. */
  readonly fits: (group: readonly Region[]) => boolean;
  /** The fewest characters that a path takes in it: more paths than that could leave room for are refused without trying. */
  readonly shortestPath: number;
  /** True where a refusal may name the path. */
  readonly mayName: (path: Path) => boolean;
}

/**
 * Groups regions so that each group fits one policy and none lies inside another of its group.
 *
 * @throws HqError `SCOPE_TOO_LARGE`, with the paths that didn't fit and may be named in `details.rules` (50 at most), and how many they are in `details.count`.
 */
export function splitIntoSessions(regions: readonly Region[], { fits, shortestPath, mayName }: Room): Region[][] {
  const tooLarge = (left: readonly Region[]) => refusalOf(pathsOf(left), mayName);
  let paths = pathsOf(regions).length;
  const mostPaths = (maxSessions * maxPolicyLength) / shortestPath;
  if (paths > mostPaths) throw tooLarge(regions);
  const sessions: Region[][] = [];
  const waiting = regions.toReversed();
  for (let region = waiting.pop(); region !== undefined; region = waiting.pop()) {
    const { allow } = region;
    if (!fits([region])) {
      const pieces = cutOut(region, fits);
      // A cut names its folder twice more: denied outside, allowed inside.
      paths += 2;
      if (pieces === undefined || paths > mostPaths) throw tooLarge([region]);
      waiting.push(...pieces.toReversed());
      continue;
    }
    const place = sessions.find((session) => !session.some((other) => isInside(allow, other.allow)) && fits([...session, region]));
    if (place !== undefined) place.push(region);
    else if (sessions.length < maxSessions) sessions.push([region]);
    else throw tooLarge([region, ...waiting.toReversed()]);
  }
  return sessions;
}

/**
 * One region that is too long as two: a folder inside it, with the carve-outs in that folder, is taken out and becomes a region of its own. The union is the
 * same, and the outer part comes first. Chosen is the folder that takes most carve-outs away and fits, the deeper of two; undefined where none with at least two
 * does: cutting out what does not fit would leave the same carve-outs to the next cut.
 */
function cutOut({ allow, deny }: Region, fits: Room['fits']): Region[] | undefined {
  const held = new Map<Path, Path[]>();
  for (const path of deny) {
    for (let folder = parentOf(path); folder.length > allow.length; folder = parentOf(folder)) {
      const inFolder = held.get(folder);
      if (inFolder === undefined) held.set(folder, [path]);
      else inFolder.push(path);
    }
  }
  const candidates = [...held].filter(([, paths]) => paths.length > 1).map(([folder, paths]): Region => ({ allow: folder, deny: paths }));
  // Stable, and the deeper of two folders with the same carve-outs was held first.
  candidates.sort((a, b) => b.deny.length - a.deny.length);
  const inner = candidates.find((candidate) => fits([candidate]));
  if (inner === undefined) return undefined;
  const rest = deny.filter((path) => !isInside(path, inner.allow));
  return [{ allow, deny: [...rest, inner.allow] }, inner];
}

function pathsOf(regions: readonly Region[]): Path[] {
  return regions.flatMap(({ allow, deny }) => [allow, ...deny]);
}

function refusalOf(paths: readonly Path[], mayName: Room['mayName']): HqError {
  // What may not be named is not counted either.
  const named = paths.filter(mayName);
  return new HqError('SCOPE_TOO_LARGE', 'There are too many access rules in this folder to write them into storage sessions.', {
    hint: 'Ask for a folder deeper inside, or let an admin of this folder merge rules: put what is shared alike into one folder.',
    details: { rules: named.slice(0, maxNamed), count: named.length },
  });
}
