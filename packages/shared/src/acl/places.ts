/** Places where an answer changes: a path with all that is below it, except some paths with all that is below them. */
import { compareBytes, isInside, parentOf, selfAndAncestors, type Path } from '../path.ts';
import type { Level } from './rule.ts';

export interface Place {
  readonly path: Path;
  readonly before: Level;
  readonly after: Level;
  /**
   * The change holds at the path and below it, except at these and below them: there the answer stays, or they are places of their own. In byte order, none inside
   * another. There may be thousands, so they are put together only when this is read, and anew each time.
   */
  readonly except: readonly Path[];
}

/** What bounds a place. */
export interface Holes {
  /** True where the place does not hold at a path below its own, nor below that. */
  has(path: Path): boolean;
  /** Lists such paths below a folder, in any order; those inside others may be among them. */
  below(folder: Path): readonly Path[];
  /** Some of these paths: one set for many places, so that what lies in one of them need not be looked for in each place. */
  readonly common?: ReadonlySet<Path>;
}

/** How a place tells whether it holds without listing its exceptions. */
const bounds = new WeakMap<Place, Pick<Holes, 'has' | 'common'>>();

export function createPlace(path: Path, before: Level, after: Level, holes: Holes): Place {
  const place: Place = {
    path,
    before,
    after,
    get except() {
      return topmost(holes.below(path).toSorted(compareBytes));
    },
  };
  bounds.set(place, holes);
  return place;
}

/** A place that names only the exceptions that may be seen. It holds where it did. */
export function showing(place: Place, visible: (path: Path) => boolean): Place {
  const made: Place = {
    path: place.path,
    before: place.before,
    after: place.after,
    get except() {
      return place.except.filter(visible);
    },
  };
  bounds.set(made, bounds.get(place) ?? { has: (path) => place.except.includes(path) });
  return made;
}

/** True where a place's change holds at a path. At most one look for the path and for each folder between it and the place. */
export function holdsAt(place: Place, path: Path): boolean {
  if (!isInside(path, place.path)) return false;
  const holes = bounds.get(place) ?? { has: (at: Path) => place.except.includes(at) };
  for (let at = path; at !== place.path; at = parentOf(at)) if (holes.has(at)) return false;
  return true;
}

/** Tells of any path whether some place holds there, without asking each of thousands of places. */
export function createPlaceFinder(places: Iterable<Place>): (path: Path) => boolean {
  // By the set of exceptions that they have in common, and then by path.
  const kinds = new Map<ReadonlySet<Path> | undefined, Map<Path, Place[]>>();
  for (const place of new Set(places)) {
    const common = bounds.get(place)?.common;
    let byPath = kinds.get(common);
    if (byPath === undefined) kinds.set(common, (byPath = new Map()));
    const beside = byPath.get(place.path);
    if (beside === undefined) byPath.set(place.path, [place]);
    else beside.push(place);
  }
  return (path) => {
    for (const [common, byPath] of kinds) {
      for (const at of selfAndAncestors(path)) {
        if (byPath.get(at)?.some((place) => holdsAt(place, path))) return true;
        // None of these places reaches down from above.
        if (common?.has(at)) break;
      }
    }
    return false;
  };
}

/** Of paths in byte order, those that lie in no other. */
export function topmost(sorted: readonly Path[]): Path[] {
  const top: Path[] = [];
  for (const path of sorted) {
    const last = top.at(-1);
    if (last === undefined || !isInside(path, last)) top.push(path);
  }
  return top;
}

/** Of paths in byte order, those at a cone and below it: byte order keeps a folder and all that is in it together. */
export function within(sorted: readonly Path[], cone: Path): readonly Path[] {
  const start = firstNotBefore(sorted, cone);
  let end = start;
  for (let at = sorted[end]; at !== undefined && isInside(at, cone); at = sorted[++end]);
  return start === 0 && end === sorted.length ? sorted : sorted.slice(start, end);
}

/** True when a path is in one of some cones, which are in byte order and not inside one another: only the last that isn't after the path can hold it. */
export function liesInOne(cones: readonly Path[], path: Path): boolean {
  const next = firstNotBefore(cones, path);
  const cone = cones[next] === path ? path : cones[next - 1];
  return cone !== undefined && isInside(path, cone);
}

/** The index of the first path that is `path` or comes after it. */
function firstNotBefore(sorted: readonly Path[], path: Path): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = sorted[middle];
    if (at !== undefined && compareBytes(at, path) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
