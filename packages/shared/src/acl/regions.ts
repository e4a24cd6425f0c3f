/** One person's places: asks `decide()` in two worlds wherever the answer can differ, and puts together what it says. */
import { compareBytes, parentOf, root, type Path } from '../path.ts';
import { Place, type Holes } from './places.ts';
import type { Level } from './rule.ts';

/** What someone's places depend on. */
export interface Terrain {
  /** Where to look, in byte order, none inside another. */
  readonly cones: readonly Path[];
  /** The paths at which to ask, other than the cones. */
  readonly unsettled: readonly Path[];
  /** Paths at which only an open record is, the same in both worlds; in byte order. */
  readonly open: readonly Path[];
  /** Paths below which nothing above matters, and where nothing changes. Those that are also asked about don't count. */
  readonly settled: Holes;
  /** What `decide()` says before and after. */
  readonly ask: (path: Path) => readonly [before: Level, after: Level];
}

interface Region {
  readonly path: Path;
  readonly before: Level;
  readonly after: Level;
  /** Where it ends because another answer begins. */
  readonly ends: Set<Path>;
}

/** The places of a person in byte order. */
export function placesIn(terrain: Terrain): readonly Place[] {
  const { cones, unsettled, open } = terrain;
  const asked = new Set([...cones, ...unsettled]);
  let regions = regionsAt(terrain, asked);
  // An open record turns `none` into `read` and changes nothing else, so it matters only in a region that begins or ends with `none`.
  if (open.length > 0 && [...regions.values()].some((region) => region?.before === 'none' || region?.after === 'none')) {
    regions = regionsAt(terrain, new Set([...asked, ...open]));
  }
  const found: Place[] = [];
  for (const [path, region] of regions) if (region?.path === path) found.push(new Place(region, holesOf(region, regions, terrain)));
  return found;
}

/** Asks at some paths, outer ones first. For each, the region of change that it belongs to; undefined where the answer stays. */
function regionsAt({ settled, ask }: Terrain, asked: ReadonlySet<Path>): ReadonlyMap<Path, Region | undefined> {
  const regions = new Map<Path, Region | undefined>();
  for (const path of [...asked].toSorted(compareBytes)) {
    const around = regionAround(path, regions, settled);
    const [before, after] = ask(path);
    const region = before === after ? undefined : around?.before === before && around.after === after ? around : { path, before, after, ends: new Set<Path>() };
    if (region !== around) around?.ends.add(path);
    regions.set(path, region);
  }
  return regions;
}

/** The region right above a path: that of the nearest folder that was asked about, unless a settled one is nearer. */
function regionAround(path: Path, regions: ReadonlyMap<Path, Region | undefined>, settled: Holes): Region | undefined {
  for (let at = path; at !== root; ) {
    at = parentOf(at);
    const region = regions.get(at);
    if (region !== undefined || regions.has(at)) return region;
    if (settled.has(at)) return undefined;
  }
  return undefined;
}

function holesOf({ ends }: Region, regions: ReadonlyMap<Path, Region | undefined>, { settled }: Terrain): Holes {
  return {
    ...settled,
    has: (path) => ends.has(path) || (settled.has(path) && !regions.has(path)),
    below: (folder) => [...settled.below(folder).filter((path) => !regions.has(path)), ...ends],
  };
}
