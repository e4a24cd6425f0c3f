/**
 * What a caller may see, as stretches of names in byte order. A listing asks storage for these alone and skips what lies between them, so that what it costs
 * and what it answers are the same whether or not something hidden is there: neither pages nor time tell.
 */
import type { Region } from '@hq/policy/boundaries';
import { compareBytes, isFolder, maxKeyBytes, type Path } from '@hq/shared/path';

/** Names that begin with `prefix`, behind `after` and in front of `before` where these are given. */
export interface Stretch {
  readonly prefix: Path;
  /** Exclusive. */
  readonly after?: string | undefined;
  /** Exclusive. */
  readonly before?: string | undefined;
  /**
   * In a listing of one level, a sub-folder inside which rules draw lines; `prefix` is that folder. `known` to the caller by a rule that leads into it, or to be
   * shown where something `visible` is in it.
   */
  readonly folder?: 'known' | 'visible';
}

/** Where a stretch begins, for the order of a walk. */
export function startOf({ prefix, after }: Stretch): string {
  return after ?? prefix;
}

/** True where the whole stretch comes before a name. */
export function endsBefore({ prefix, before }: Stretch, name: string): boolean {
  return before === undefined ? !name.startsWith(prefix) && compareBytes(prefix, name) < 0 : compareBytes(before, name) <= 0;
}

/**
 * The last name that storage can hold under a folder; a file is its own. Nothing lies between this and the first name after the folder: it is as long as a
 * key may be, and no character sorts behind those that it is filled up with.
 *
 * @param keyPrefix What the vault puts in front of its names, for there is less room for them then.
 */
export function lastNameUnder(path: Path, keyPrefix = ''): string {
  if (!isFolder(path)) return path;
  const room = Math.max(0, maxKeyBytes - Buffer.byteLength(keyPrefix + path));
  return path + '\u{10ffff}'.repeat(Math.floor(room / 4)) + (['', '\u007f', '\u07ff', '\uffff'][room % 4] ?? '');
}

/** All that is visible under the prefix, however deep. */
export function stretchesUnder(regions: readonly Region[], prefix: Path): Stretch[] {
  return inOrder(regions.flatMap(({ allow, deny }) => clip(allow, prefix).flatMap((start) => around(start, !isFolder(allow), deny))));
}

/** The same for one level: what is right in the folder, and each sub-folder in which rules draw lines as a stretch of its own. */
export function stretchesOfLevel(regions: readonly Region[], prefix: Path): Stretch[] {
  const folders = new Map<Path, 'known' | 'visible'>();
  for (const { allow, deny } of regions) {
    for (const line of deny) if (line !== childOf(prefix, line)) note(folders, prefix, line, 'visible');
    note(folders, prefix, allow, 'known');
  }
  const level = regions.flatMap(({ allow, deny }) => {
    // Deeper regions are in one of the folders.
    if (childOf(prefix, allow) !== undefined) return [];
    return clip(allow, prefix).flatMap((start) =>
      around(start, !isFolder(allow), [...deny.filter((line) => !inOneOf(folders, prefix, line)), ...folders.keys()]),
    );
  });
  return inOrder([...level, ...[...folders].map(([folder, kind]) => ({ prefix: folder, folder: kind }))]);
}

function note(folders: Map<Path, 'known' | 'visible'>, prefix: Path, line: Path, kind: 'known' | 'visible'): void {
  const folder = childOf(prefix, line);
  if (folder !== undefined && folders.get(folder) !== 'known') folders.set(folder, kind);
}

function inOneOf(folders: ReadonlyMap<Path, unknown>, prefix: Path, line: Path): boolean {
  const folder = childOf(prefix, line);
  return folder !== undefined && folders.has(folder);
}

/** The sub-folder right under the prefix that a deeper path is, or is in; undefined where it is not deeper. */
function childOf(prefix: Path, path: Path): Path | undefined {
  const slash = path === prefix || !path.startsWith(prefix) ? -1 : path.indexOf('/', prefix.length);
  return slash < 0 ? undefined : (path.slice(0, slash + 1) as Path);
}

/** The part of an allowed place that begins with the prefix. */
function clip(allowed: Path, prefix: Path): Path[] {
  if (isFolder(allowed) && prefix.startsWith(allowed)) return [prefix];
  return allowed.startsWith(prefix) ? [allowed] : [];
}

/** What denied places leave of the names that begin with `prefix`. A file's name is one name only, not the beginning of others. */
function around(prefix: Path, single: boolean, denied: readonly Path[]): Stretch[] {
  if (single) return [{ prefix, before: `${prefix}\0` }];
  const stretches: Stretch[] = [];
  let after: string | undefined;
  for (const line of denied.filter((each) => each.startsWith(prefix)).toSorted(compareBytes)) {
    if (line !== prefix) stretches.push({ prefix, after, before: line });
    after = lastNameUnder(line);
  }
  return [...stretches, { prefix, after }];
}

function inOrder(stretches: readonly Stretch[]): Stretch[] {
  return stretches.toSorted((a, b) => compareBytes(startOf(a), startOf(b)));
}
