/** What a change would do: who gains and who loses, and where, before it is saved. */
import { compareBytes, type Path } from '../path.ts';
import type { EpochSeconds } from '../time.ts';
import { createPlaceFinder, topmost, type Place } from './places.ts';
import type { Member } from './reach.ts';
import type { AclRecord } from './rule.ts';
import { createSurvey, isSame, type Person } from './survey.ts';

/** All that decides who may do what in an organization, at one moment. */
export interface World {
  /** The active members. */
  readonly members: readonly Member[];
  readonly records: ReadonlyMap<Path, AclRecord>;
  readonly now: EpochSeconds;
}

/** One person whose access changes. People who share every rule share one list of places. */
export interface Effect {
  /** As they are after the change; as they were, for who is no member any more. */
  readonly member: Member;
  /** Where, in byte order. At every path in the scope that is in no place, the answer stays. */
  readonly places: readonly Place[];
}

/**
 * Who gains and who loses between two worlds. Exact: the places of a person hold at a path if and only if `decide()` answers another level there.
 *
 * @param scope the folders and files at which, and below which, to look: the path of a record whose rules change; the root for a change of members. What
 *   changes outside is not told.
 * @returns the people whose access changes, in order of their ids. A member who is missing after the change loses, one who is missing before it gains.
 */
export function compareWorlds(before: World, after: World, scope: readonly Path[]): readonly Effect[] {
  const cones = topmost(scope.toSorted(compareBytes));
  const survey = createSurvey([before, after], cones);
  const rulesStay = before.now === after.now && sameRecords(before.records, after.records);
  const effects: Effect[] = [];
  for (const people of pairs(before.members, after.members)) {
    const member = people[1] ?? people[0];
    if (member === undefined || (people[0]?.role === 'admin' && people[1]?.role === 'admin') || (rulesStay && isSame(people))) continue;
    const places = survey(people);
    if (places.length > 0) effects.push({ member, places });
  }
  return effects;
}

/** True where a path is one of those whose answer changes for someone. */
export function touches(effects: readonly Effect[], path: Path): boolean {
  let find = finders.get(effects);
  if (find === undefined) finders.set(effects, (find = createPlaceFinder(effects.flatMap(({ places }) => places))));
  return find(path);
}

const finders = new WeakMap<readonly Effect[], (path: Path) => boolean>();

/** The effects as someone may see them who may not see all paths: without the places and the exceptions that are hidden, and without people left with none. */
export function visibleEffects(effects: readonly Effect[], visible: (path: Path) => boolean): readonly Effect[] {
  const shown = new Map<readonly Place[], readonly Place[]>();
  return effects.flatMap(({ member, places }) => {
    let some = shown.get(places);
    if (some === undefined) shown.set(places, (some = places.filter(({ path }) => visible(path)).map((place) => place.showing(visible))));
    return some.length === 0 ? [] : [{ member, places: some }];
  });
}

/** Everyone who is in one of two lists of members, in order of their ids. */
function pairs(before: readonly Member[], after: readonly Member[]): Iterable<Person> {
  const known = new Map<string, Person>(before.map((member) => [member.personId, [member, undefined]]));
  for (const member of after) known.set(member.personId, [known.get(member.personId)?.[0], member]);
  return [...known].toSorted(([a], [b]) => compareBytes(a, b)).map(([, people]) => people);
}

function sameRecords(before: World['records'], after: World['records']): boolean {
  return before === after || (before.size === after.size && [...before].every(([path, record]) => after.get(path) === record));
}
