/**
 * Places where an answer changes. A place is a path with all that is below it, except some paths with all that is below them; thousands of people may share most
 * of their exceptions, so a place can be made from another one by replacing what it says of a few folders, without a copy.
 */
import { compareBytes, isInside, type Path } from '../path.ts';
import type { Level } from './rule.ts';

export interface Place {
  readonly path: Path;
  readonly before: Level;
  readonly after: Level;
  /**
   * The change holds at the path and below it, except at these and below them: there the answer stays, or they are places of their own. In byte order, none inside
   * another. May be put together anew each time it is read.
   */
  readonly except: readonly Path[];
}

/** What a place says of one folder, replaced: the exceptions at it and below it are now these. */
export interface Cut {
  readonly cone: Path;
  readonly except: readonly Path[];
}

/** How places that were made from others find out whether they hold, without listing their exceptions. */
const shortcuts = new WeakMap<Place, (path: Path) => boolean>();

/** True where a place's change holds at a path. */
export function holdsAt(place: Place, path: Path): boolean {
  if (!isInside(path, place.path)) return false;
  return shortcuts.get(place)?.(path) ?? !liesInOne(place.except, path);
}

/** A place with other exceptions in some folders, which are in byte order and not inside one another. */
export function recut(place: Place, cuts: readonly Cut[]): Place {
  const cones = cuts.map(({ cone }) => cone);
  const made: Place = {
    path: place.path,
    before: place.before,
    after: place.after,
    get except() {
      const { except } = place;
      const parts: Path[][] = [];
      let from = 0;
      for (const cut of cuts) {
        const to = firstNotBefore(except, cut.cone, from);
        parts.push(except.slice(from, to), [...cut.except]);
        from = endOfCone(except, cut.cone, to);
      }
      return parts.concat([except.slice(from)]).flat();
    },
  };
  shortcuts.set(made, (path) => {
    const cut = cuts[lastNotAfter(cones, path)];
    return cut !== undefined && isInside(path, cut.cone) ? !liesInOne(cut.except, path) : holdsAt(place, path);
  });
  return made;
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
  shortcuts.set(made, (path) => holdsAt(place, path));
  return made;
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

/** Of paths in byte order, those at a cone and below it. */
export function within(sorted: readonly Path[], cone: Path): readonly Path[] {
  const start = firstNotBefore(sorted, cone, 0);
  return sorted.slice(start, endOfCone(sorted, cone, start));
}

/** True when a path is in one of some cones, which are in byte order and not inside one another: only the last that isn't after the path can hold it. */
export function liesInOne(cones: readonly Path[], path: Path): boolean {
  const cone = cones[lastNotAfter(cones, path)];
  return cone !== undefined && isInside(path, cone);
}

function lastNotAfter(sorted: readonly Path[], path: Path): number {
  const next = firstNotBefore(sorted, path, 0);
  return sorted[next] === path ? next : next - 1;
}

/** The index of the first path, from `from` on, that is `path` or comes after it. */
function firstNotBefore(sorted: readonly Path[], path: Path, from: number): number {
  let low = from;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = sorted[middle];
    if (at !== undefined && compareBytes(at, path) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Byte order keeps a folder and all that is in it together: the index after the last of them. */
function endOfCone(sorted: readonly Path[], cone: Path, start: number): number {
  let end = start;
  for (let at = sorted[end]; at !== undefined && isInside(at, cone); at = sorted[++end]);
  return end;
}
