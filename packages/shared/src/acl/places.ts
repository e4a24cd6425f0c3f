/** Places where an answer changes: a path with all that is below it, except some paths with all that is below them. */
import { compareBytes, isInside, parentOf, selfAndAncestors, type Path } from '../path.ts';
import type { Level } from './rule.ts';

/** What bounds a place. */
export interface Holes {
  /** True where the place does not hold at a path below its own, nor below that. */
  has(path: Path): boolean;
  /** Lists such paths below a folder, in any order; those inside others may be among them. */
  below(folder: Path): readonly Path[];
  /** Some of these paths: one set for many places, so that what lies in one of them need not be looked for in each place. */
  readonly common?: ReadonlySet<Path>;
}

/** A change of level, and where it holds. */
export class Place {
  readonly path: Path;
  readonly before: Level;
  readonly after: Level;
  readonly #holes: Holes;
  readonly #visible: (path: Path) => boolean;

  constructor({ path, before, after }: Pick<Place, 'path' | 'before' | 'after'>, holes: Holes, visible: (path: Path) => boolean = () => true) {
    this.path = path;
    this.before = before;
    this.after = after;
    this.#holes = holes;
    this.#visible = visible;
  }

  /**
   * The change holds at the path and below it, except at these and below them: there the answer stays, or they are places of their own. In byte order, none inside
   * another. There may be thousands, so they are put together only when this is read, and anew each time.
   */
  get except(): readonly Path[] {
    return topmost(this.#holes.below(this.path).toSorted(compareBytes)).filter(this.#visible);
  }

  /** True where the change holds at a path. At most one look for the path and for each folder between it and the place. */
  holdsAt(path: Path): boolean {
    if (!isInside(path, this.path)) return false;
    for (let at = path; at !== this.path; at = parentOf(at)) if (this.#holes.has(at)) return false;
    return true;
  }

  /** The same place, naming only the exceptions that may be seen. It holds where it did. */
  showing(visible: (path: Path) => boolean): Place {
    return new Place(this, this.#holes, visible);
  }

  /** Exceptions that many places have in common: equal sets are the same object. */
  get common(): ReadonlySet<Path> | undefined {
    return this.#holes.common;
  }
}

/** Tells of any path whether some place holds there, without asking each of thousands of places. */
export function createPlaceFinder(places: Iterable<Place>): (path: Path) => boolean {
  // By the set of exceptions that they have in common, and then by path.
  const kinds = new Map<ReadonlySet<Path> | undefined, Map<Path, Place[]>>();
  for (const place of new Set(places)) {
    const { common } = place;
    let byPath = kinds.get(common);
    if (byPath === undefined) kinds.set(common, (byPath = new Map()));
    const beside = byPath.get(place.path);
    if (beside === undefined) byPath.set(place.path, [place]);
    else beside.push(place);
  }
  return (path) => {
    for (const [common, byPath] of kinds) {
      for (const at of selfAndAncestors(path)) {
        if (byPath.get(at)?.some((place) => place.holdsAt(path))) return true;
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
