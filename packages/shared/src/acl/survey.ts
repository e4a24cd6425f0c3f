/** Compares two worlds for one person after the other, and works out once what people of one role and the same groups share. */
import { compareBytes, type Path } from '../path.ts';
import { decide } from './decide.ts';
import { createRuleIndex, namedGroups, ownShares, viewOf, type RuleIndex, type Shares } from './index-of-rules.ts';
import { within, type Holes, type Place } from './places.ts';
import { callerOf, type Member } from './reach.ts';
import { placesIn } from './regions.ts';
import type { AclRecord, Caller } from './rule.ts';
import { commonGround, groundOf, sameIn, type Both, type CommonGround, type Ground } from './settled.ts';
import type { EpochSeconds } from '../time.ts';

/** A person before and after; undefined where they are no member. */
export type Person = Both<Member | undefined>;

/** True for a member who is, as far as rules care, the same in both worlds. */
export function isSame([before, after]: Person): boolean {
  if (before === undefined || after === undefined || before === after) return before === after;
  const sameGroups = before.groups.size === after.groups.size && [...before.groups].every((group) => after.groups.has(group));
  return sameGroups && before.role === after.role && before.email === after.email;
}

interface Rules {
  readonly records: ReadonlyMap<Path, AclRecord>;
  readonly now: EpochSeconds;
}

const nobody: Caller = { personId: '', groups: new Set(), standing: { kind: 'none' } };

/**
 * Finds the places of anyone.
 *
 * @param cones where to look, in byte order, none inside another.
 */
export function createSurvey(worlds: Both<Rules>, cones: readonly Path[]): (person: Person) => readonly Place[] {
  const indexes = both((side) => createRuleIndex(worlds[side].records.values(), worlds[side].now));
  const same = sameIn([worlds[0].records, worlds[1].records], [worlds[0].now, worlds[1].now]);
  const ground = (shares: Both<Shares | undefined>) => groundOf(shares, same, worlds[0].now, cones);
  const common = commonGround([indexes[0].everyones, indexes[1].everyones], same, worlds[0].now, cones);
  const ofGroups = createGroupGrounds(indexes, ground);
  const shared = new Map<string, readonly Place[]>();

  return (person) => {
    const groups = both((side) => (person[side] === undefined ? [] : namedGroups(indexes[side], person[side])));
    const own = both((side) => (person[side] === undefined ? [] : ownShares(indexes[side], person[side])));
    const isNamed = own[0].length + own[1].length > 0;
    const key = isNamed ? undefined : JSON.stringify([person.map((member) => member?.role), groups]);
    const known = key === undefined ? undefined : shared.get(key);
    if (known !== undefined) return known;

    const callers = both((side) => (person[side] === undefined ? nobody : callerOf(person[side])));
    const views = both((side) => viewOf(indexes[side], groups[side], own[side]));
    const ask = (path: Path) => both((side) => decide(callers[side], views[side], path, worlds[side].now).level);
    const grounds = [...ofGroups(groups), ...(isNamed ? ownGrounds(person, indexes, ground) : [])];
    const { unsettled, settled } = person[0]?.role === person[1]?.role ? groundFor(common, grounds, isSame(person)) : allUnsettled(common, grounds);
    const places = placesIn({ cones, unsettled, open: common.open, settled, ask });
    if (key !== undefined) shared.set(key, places);
    return places;
  };
}

type GroundOf = (shares: Both<Shares | undefined>) => Ground;

/** The grounds of a person's groups, each told apart once for all who are in the group before, after, or both. */
function createGroupGrounds(indexes: Both<RuleIndex>, ground: GroundOf): (groups: Both<readonly string[]>) => Ground[] {
  const known = new Map<string, Ground>();
  return (groups) =>
    [...new Set(groups.flat())].map((group) => {
      const shares = both((side) => (groups[side].includes(group) ? indexes[side].groups.get(group) : undefined));
      const key = `${shares.map((held) => (held === undefined ? '-' : '+')).join('')}${group}`;
      let found = known.get(key);
      if (found === undefined) known.set(key, (found = ground(shares)));
      return found;
    });
}

/** The grounds of what is for the person alone. Under another address nothing stays what it was. */
function ownGrounds([before, after]: Person, indexes: Both<RuleIndex>, ground: GroundOf): Ground[] {
  const byId = ground([before && indexes[0].people.get(before.personId), after && indexes[1].people.get(after.personId)]);
  const then = before?.email === undefined ? undefined : indexes[0].addresses.get(before.email);
  const later = after?.email === undefined ? undefined : indexes[1].addresses.get(after.email);
  return before?.email === after?.email ? [byId, ground([then, later])] : [byId, ground([then, undefined]), ground([undefined, later])];
}

/**
 * The ground of someone whose role stays.
 *
 * @param same true for someone who stays the same altogether: what is settled for everybody is never asked about for them.
 */
function groundFor(common: CommonGround, grounds: readonly Ground[], same: boolean): { unsettled: readonly Path[]; settled: Holes } {
  const own = grounds.map(({ settled }) => settled);
  const settled: Holes = {
    ...(same ? { common: common.settled } : {}),
    has: (path) => common.settled.has(path) || own.some((paths) => paths.has(path)),
    below: (folder) => [...within(common.inOrder, folder), ...within([...new Set(own.flatMap((paths) => [...paths]))].toSorted(compareBytes), folder)],
  };
  return { unsettled: [...common.unsettled, ...grounds.flatMap(({ unsettled }) => unsettled)], settled };
}

/** The ground of someone who joins, leaves or gets another role: nothing is settled, and everything is to be asked about. */
function allUnsettled(common: CommonGround, grounds: readonly Ground[]): { unsettled: readonly Path[]; settled: Holes } {
  return {
    unsettled: [...common.open, ...[common, ...grounds].flatMap(({ settled, unsettled }) => [...settled, ...unsettled])],
    settled: { has: () => false, below: () => [] },
  };
}

function both<T>(make: (side: 0 | 1) => T): Both<T> {
  return [make(0), make(1)];
}
