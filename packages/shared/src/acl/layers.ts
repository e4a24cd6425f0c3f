/**
 * Where answers change between two worlds, for people in layers: all of one role, those of them in the same groups, one person. A layer knows the one below it
 * and looks again only where rules of its own are, so that what thousands share is worked out once.
 *
 * As in `decide()`, a rule for the caller at a path ends the walk up: what is below it does not depend on anything above it. Where a layer has no rule of its own
 * at a path and the layer below has one there in both worlds, its answer is the answer of the layer below.
 */
import { compareBytes, isFolder, isInside, parentOf, root, type Path } from '../path.ts';
import type { EpochSeconds } from '../time.ts';
import { decide, isLive } from './decide.ts';
import { overlay, type Shares } from './index-of-rules.ts';
import { liesInOne, recut, topmost, within, type Cut, type Place } from './places.ts';
import type { AclLookup, Caller, Level } from './rule.ts';

/** Something before a change and after it. */
export type Both<T> = readonly [before: T, after: T];

export interface Layer {
  readonly views: Both<AclLookup>;
  /** The paths at which this layer has something of its own, in byte order. */
  readonly nodes: readonly Path[];
  readonly base: Layer | undefined;
  /** For each path that this layer looked at, the place it belongs to; undefined where its answer stays. */
  readonly regions: ReadonlyMap<Path, Path | undefined>;
  readonly places: ReadonlyMap<Path, Place>;
  /** The places in byte order. */
  readonly inOrder: readonly Place[];
}

/** What is asked in every layer. */
export interface Question {
  /** Where to look, in byte order, none inside another. */
  readonly cones: readonly Path[];
  readonly nows: Both<EpochSeconds>;
}

type Change = { readonly before: Level; readonly after: Level } | undefined;

/** The first layer: `nodes` are the cones, and the paths in them at which something is for everybody. */
export function firstLayer({ cones, nows }: Question, views: Both<AclLookup>, nodes: readonly Path[], callers: Both<Caller>): Layer {
  const found: Found = { regions: new Map(), places: new Map() };
  for (const cone of cones) scan(within(nodes, cone), (path) => changeAt(callers, views, nows, path), undefined, found);
  return finished(views, nodes, undefined, found);
}

/** A layer on another one; the very same where its shares lie nowhere that counts. */
export function layerOn(base: Layer, { cones, nows }: Question, shares: Both<Shares>, callers: Both<Caller>): Layer {
  const nodes = nodesOf(shares, cones);
  if (nodes.length === 0) return base;
  const views: Both<AclLookup> = [overlay(base.views[0], shares[0]), overlay(base.views[1], shares[1])];
  const own = new Set(nodes);
  const valueAt = (path: Path): Change =>
    !own.has(path) && isFirm(base, path, nows) ? placeOf(base, regionAt(base, path)) : changeAt(callers, views, nows, path);

  const tops = topmost(nodes);
  const found: Found = { regions: new Map(), places: new Map([...base.places].filter(([path]) => !liesInOne(tops, path))) };
  const cuts = new Map<Path, Cut[]>();
  for (const cone of tops) {
    const region = cones.includes(cone) ? undefined : regionAt(base, parentOf(cone));
    const inside = new Set(within(nodes, cone));
    for (let layer: Layer | undefined = base; layer !== undefined; layer = layer.base) for (const path of within(layer.nodes, cone)) inside.add(path);
    const except = scan([...inside].toSorted(compareBytes), valueAt, placeOf(base, region), found, region);
    if (region !== undefined) cuts.set(region, [...(cuts.get(region) ?? []), { cone, except }]);
  }
  for (const [path, all] of cuts) {
    const place = found.places.get(path);
    if (place !== undefined) found.places.set(path, recut(place, all));
  }
  return finished(views, nodes, base, found);
}

interface Found {
  readonly regions: Map<Path, Path | undefined>;
  readonly places: Map<Path, Place>;
}

/**
 * Walks the paths of one cone in byte order and keeps those at which the change differs from the one around them.
 *
 * @param around the change right above the cone, and `region` the place that it belongs to.
 * @returns the outermost paths at which the change differs from the one around the cone.
 */
function scan(paths: readonly Path[], valueAt: (path: Path) => Change, around: Change, found: Found, region?: Path): Path[] {
  const outermost: Path[] = [];
  const chain: { path: Path; change: Change; region: Path | undefined; except: Path[] }[] = [];
  for (const path of paths) {
    let above = chain.at(-1);
    for (; above !== undefined && !isInside(path, above.path); above = chain.at(-1)) chain.pop();
    const change = valueAt(path);
    const outside = above === undefined ? around : above.change;
    if (change?.before === outside?.before && change?.after === outside?.after) {
      found.regions.set(path, above === undefined ? region : above.region);
      continue;
    }
    (above?.except ?? outermost).push(path);
    const here = { path, change, region: change === undefined ? undefined : path, except: [] };
    found.regions.set(path, here.region);
    if (change !== undefined) found.places.set(path, { path, before: change.before, after: change.after, except: here.except });
    if (isFolder(path)) chain.push(here);
  }
  return outermost;
}

function finished(views: Both<AclLookup>, nodes: readonly Path[], base: Layer | undefined, { regions, places }: Found): Layer {
  return { views, nodes, base, regions, places, inOrder: [...places.values()].toSorted((a, b) => compareBytes(a.path, b.path)) };
}

/** The paths of shares in the cones; of shares above a cone, the cone. */
function nodesOf(shares: Both<Shares>, cones: readonly Path[]): Path[] {
  const nodes = new Set<Path>();
  for (const path of shares.flatMap((side) => [...side.keys()])) {
    if (liesInOne(cones, path)) nodes.add(path);
    else for (const cone of within(cones, path)) nodes.add(cone);
  }
  return [...nodes].toSorted(compareBytes);
}

function changeAt(callers: Both<Caller>, views: Both<AclLookup>, nows: Both<EpochSeconds>, path: Path): Change {
  const before = decide(callers[0], views[0], path, nows[0]).level;
  const after = decide(callers[1], views[1], path, nows[1]).level;
  return before === after ? undefined : { before, after };
}

/** True where a rule decides at the very path in both worlds, so that nothing above it matters. */
function isFirm({ views }: Layer, path: Path, nows: Both<EpochSeconds>): boolean {
  return isDecidedAt(views[0], path, nows[0]) && isDecidedAt(views[1], path, nows[1]);
}

/** All rules that a view holds are for the people it was made for, so any live one decides. */
function isDecidedAt(view: AclLookup, path: Path, now: EpochSeconds): boolean {
  return view.get(path)?.rules.some((rule) => isLive(rule, now)) ?? false;
}

/** The place that a path belongs to: that of the deepest path at it or above it that was looked at. */
function regionAt(layer: Layer, path: Path): Path | undefined {
  for (let at = path; ; at = parentOf(at)) {
    for (let from: Layer | undefined = layer; from !== undefined; from = from.base) if (from.regions.has(at)) return from.regions.get(at);
    if (at === root) return undefined;
  }
}

function placeOf(layer: Layer, region: Path | undefined): Place | undefined {
  return region === undefined ? undefined : layer.places.get(region);
}
