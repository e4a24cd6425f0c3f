/**
 * Which rules can have changed anyone's answer between two worlds, and which have settled it.
 *
 * As in `decide()`, a live rule for the caller ends the walk up from a path. Where one stands at the same path in both worlds, in a record that is the same in both,
 * the answer there is the same too, and so it is below, down to the next path that is unsettled: nothing above matters any more. So to compare two worlds for a
 * person it is enough to ask at the unsettled paths.
 */
import { compareBytes, type Path } from '../path.ts';
import type { EpochSeconds } from '../time.ts';
import { isLive } from './decide.ts';
import { liesInOne } from './places.ts';
import type { Share, Shares } from './index-of-rules.ts';
import type { AclRecord } from './rule.ts';

/** Something before a change and after it. */
export type Both<T> = readonly [before: T, after: T];

/** The shares of one grantee, told apart. Paths outside the cones are in neither list. */
export interface Ground {
  /** A live rule decides here in both worlds, and the record is the same. */
  readonly settled: ReadonlySet<Path>;
  /** The answer can differ here: the record does, or the grantee is the person's in one world only. */
  readonly unsettled: readonly Path[];
}

/** What is for everybody, told apart. */
export interface CommonGround extends Ground {
  /** The settled paths in byte order. */
  readonly inOrder: readonly Path[];
  /** Open records that hold no settled rule for everybody: what is above them still matters, in part. In byte order. */
  readonly open: readonly Path[];
}

/** True where the record at a path is the same in both worlds, with none of its rules ending in between. */
export type Same = (path: Path) => boolean;

export function sameIn(records: Both<ReadonlyMap<Path, AclRecord>>, [before, after]: Both<EpochSeconds>): Same {
  return (path) => {
    const record = records[0].get(path);
    if (record !== records[1].get(path)) return false;
    return before === after || record === undefined || record.rules.every((rule) => isLive(rule, before) === isLive(rule, after));
  };
}

/** Tells the shares of a grantee apart. A side is undefined where the person is not in the group then, or has another address. */
export function groundOf([before, after]: Both<Shares | undefined>, same: Same, now: EpochSeconds, cones: readonly Path[]): Ground {
  const settled = new Set<Path>();
  const unsettled = new Set<Path>();
  for (const shares of [before, after]) {
    for (const [path, share] of shares ?? []) {
      if (!liesInOne(cones, path)) continue;
      if (before === undefined || after === undefined || !same(path)) unsettled.add(path);
      else if (decides(share, now)) settled.add(path);
    }
  }
  return { settled, unsettled: [...unsettled] };
}

export function commonGround(everyones: Both<ReadonlyMap<Path, AclRecord>>, same: Same, now: EpochSeconds, cones: readonly Path[]): CommonGround {
  const ground = groundOf(everyones, same, now, cones);
  const open = [...everyones[0].values()].flatMap((record) => (record.open && liesInOne(cones, record.path) ? record.path : []));
  return {
    ...ground,
    inOrder: [...ground.settled].toSorted(compareBytes),
    open: open.filter((path) => !ground.settled.has(path)).toSorted(compareBytes),
  };
}

/** All rules in a share are for the person it was made for, so any live one decides. */
function decides({ rules, createdBy }: Share, now: EpochSeconds): boolean {
  return createdBy !== undefined || rules.some((rule) => isLive(rule, now));
}
