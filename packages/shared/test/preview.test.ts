/** What a preview says would change is what changes: by example, and for random worlds against asking decide() everywhere, before and after. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from '../src/acl/decide.ts';
import { liesInOne, type Place } from '../src/acl/places.ts';
import { compareWorlds, touches, visibleEffects, type Effect, type World } from '../src/acl/preview.ts';
import { callerOf, type Member } from '../src/acl/reach.ts';
import type { AclRecord, Caller, Level, Rule } from '../src/acl/rule.ts';
import { canonicalPath, compareBytes, isFolder, isInside, root, type Path } from '../src/path.ts';
import { content, members, now, path, placesOf, records } from './random-worlds.ts';

const runs = { numRuns: 1500 };
const stranger = (personId: string): Caller => ({ personId, groups: new Set(), standing: { kind: 'none' } });

function levelIn({ members: people, records: stored, now: at }: World, personId: string, place: Path): Level {
  const member = people.find((one) => one.personId === personId);
  return decide(member === undefined ? stranger(personId) : callerOf(member), stored, place, at).level;
}

/** Asks everyone at every place in the scope, and compares with what the effects say there. */
function expectExact(effects: readonly Effect[], before: World, after: World, scope: readonly Path[]): void {
  const ids = [...new Set([...before.members, ...after.members].map(({ personId }) => personId))].toSorted(compareBytes);
  expect(effects.map(({ member }) => member.personId)).toEqual(ids.filter((id) => effects.some(({ member }) => member.personId === id)));
  const asked = [...placesOf(before.records, after.records), ...scope].filter((place) => scope.some((cone) => isInside(place, cone)));
  const said = new Map(effects.map(({ member, places }) => [member.personId, places.map((one) => ({ ...plain(one), place: one }))]));
  const wrong: unknown[] = [];
  for (const place of asked) {
    let touched = false;
    for (const id of ids) {
      const change = { before: levelIn(before, id, place), after: levelIn(after, id, place) };
      const expected = change.before === change.after ? [] : [change];
      touched ||= expected.length > 0;
      const holding = (said.get(id) ?? []).filter((one) => isInside(place, one.path) && !one.except.some((hole) => isInside(place, hole)));
      const held = (said.get(id) ?? []).filter((one) => one.place.holdsAt(place));
      const right =
        holding.length === expected.length &&
        held.length === holding.length &&
        holding.every((one) => one.before === change.before && one.after === change.after);
      if (!right) wrong.push({ place, id, change, holding, held });
    }
    if (touches(effects, place) !== touched) wrong.push({ place, touched });
  }
  expect(wrong).toEqual([]);
  for (const { places } of effects) {
    expect(places.length).toBeGreaterThan(0);
    expect(places.map((one) => one.path)).toEqual(places.map((one) => one.path).toSorted(compareBytes));
    for (const { except } of places) expect(except).toEqual(outermost(except));
  }
}

/** A place with its exceptions written out. */
const plain = ({ path: at, before, after, except }: Place) => ({ path: at, before, after, except });
const listed = (effects: readonly Effect[]) => effects.map(({ member, places }) => ({ member, places: places.map(plain) }));

/** Of some paths, those inside no other, in byte order. */
function outermost(some: readonly Path[]): readonly Path[] {
  return some.toSorted(compareBytes).filter((one, index, all) => !all.slice(0, index).some((cone) => isInside(one, cone)));
}

const put = (stored: ReadonlyMap<Path, AclRecord>, at: Path, inside: Omit<AclRecord, 'path'> | undefined) => {
  const changed = new Map(stored);
  if (inside === undefined) changed.delete(at);
  else changed.set(at, { path: at, ...inside });
  return changed;
};

test('one record changed: exactly the people and the paths whose answer changes', () => {
  let changed = 0;
  fc.assert(
    fc.property(members, records, path, fc.option(content, { nil: undefined }), (people, stored, at, inside) => {
      const before: World = { members: people, records: stored, now };
      const after: World = { members: people, records: put(stored, at, inside), now };
      const effects = compareWorlds(before, after, [at]);
      if (effects.length > 0) changed++;
      expectExact(effects, before, after, [at]);
    }),
    runs,
  );
  expect(changed).toBeGreaterThan(runs.numRuns / 5);
});

test('members changed, in the whole vault', () => {
  fc.assert(
    fc.property(members, members, records, (some, others, stored) => {
      const before: World = { members: some, records: stored, now };
      const after: World = { members: others, records: stored, now };
      expectExact(compareWorlds(before, after, [root]), before, after, [root]);
    }),
    runs,
  );
});

test('members and rules changed, told in the scope of one path and nowhere else', () => {
  fc.assert(
    fc.property(members, members, records, records, path, (some, others, stored, later, at) => {
      const before: World = { members: some, records: stored, now };
      const after: World = { members: others, records: new Map([...stored, ...later]), now };
      const effects = compareWorlds(before, after, [at]);
      expectExact(effects, before, after, [at]);
      expect(effects.flatMap(({ places }) => places).filter((place) => !isInside(place.path, at))).toEqual([]);
    }),
    runs,
  );
});

test('rules, members and the time changed together, in the whole vault', () => {
  fc.assert(
    fc.property(members, members, records, records, fc.integer({ min: 97, max: 104 }), (some, others, stored, later, then) => {
      const before: World = { members: some, records: stored, now };
      const after: World = { members: others, records: new Map([...stored, ...later]), now: then };
      expectExact(compareWorlds(before, after, [root]), before, after, [root]);
    }),
    runs,
  );
});

test('several records changed, told in the scope of their paths', () => {
  fc.assert(
    fc.property(members, records, fc.array(fc.tuple(path, fc.option(content, { nil: undefined })), { maxLength: 4 }), (people, stored, changes) => {
      const before: World = { members: people, records: stored, now };
      const after: World = { ...before, records: changes.reduce<ReadonlyMap<Path, AclRecord>>((all, [at, inside]) => put(all, at, inside), stored) };
      const scope = changes.map(([at]) => at);
      expectExact(compareWorlds(before, after, scope), before, after, scope);
    }),
    runs,
  );
});

test('what someone may not see is neither a place nor an exception, and holds where it held', () => {
  fc.assert(
    fc.property(members, records, records, fc.func(fc.boolean()), (people, stored, later, drawn) => {
      const visible = (at: Path) => drawn(at);
      const effects = compareWorlds({ members: people, records: stored, now }, { members: people, records: later, now }, [root]);
      const shown = visibleEffects(effects, visible);
      const expected = effects.map(({ member, places }) => ({
        member,
        places: places.filter((one) => visible(one.path)).map((one) => ({ ...plain(one), except: one.except.filter(visible) })),
      }));
      expect(listed(shown)).toEqual(expected.filter(({ places }) => places.length > 0));
      for (const at of [...placesOf(stored, later)].filter(isFolder)) {
        const wholly = effects.some(({ places }) => places.some((one) => visible(one.path) && one.holdsAt(at)));
        expect(touches(shown, at)).toBe(wholly);
      }
    }),
    { numRuns: 500 },
  );
});

describe('by example', () => {
  const at = canonicalPath;
  const all = (level: Level): Rule[] => [{ grantee: { kind: 'org' }, level }];
  const record = (place: string, rules: readonly Rule[], open = false): [Path, AclRecord] => [at(place), { path: at(place), rules, open, version: 1 }];
  const kim: Member = { personId: 'kim', role: 'contributor', groups: new Set() };
  const lea: Member = { personId: 'lea', role: 'contributor', groups: new Set(['staff']) };
  const own: Rule = { grantee: { kind: 'person', id: 'ada' }, level: 'read' };
  const ada: Member = { personId: 'ada', role: 'contributor', groups: new Set() };

  test('a rule at the root stops where a deeper rule decides, and goes on where only others are named', () => {
    const stored = new Map([record('', all('read')), record('a/', all('none')), record('a/b/', all('write')), record('c/', [own])]);
    const before: World = { members: [kim, ada], records: stored, now };
    const after: World = { ...before, records: new Map([...stored, record('', all('write'))]) };
    expect(listed(compareWorlds(before, after, [root]))).toEqual([
      { member: ada, places: [{ path: '', before: 'read', after: 'write', except: ['a/', 'c/'] }] },
      { member: kim, places: [{ path: '', before: 'read', after: 'write', except: ['a/'] }] },
    ]);
  });

  test('under a rule that gives more than reading, an open folder is a place of its own', () => {
    const stored = new Map([record('a/', [], true)]);
    const before: World = { members: [kim], records: stored, now };
    const after: World = { ...before, records: new Map([...stored, record('', all('write'))]) };
    expect(listed(compareWorlds(before, after, [root]))).toEqual([
      {
        member: kim,
        places: [
          { path: '', before: 'none', after: 'write', except: ['a/'] },
          { path: 'a/', before: 'read', after: 'write', except: [] },
        ],
      },
    ]);
  });

  test('a group that decides beside a rule for everybody goes through it', () => {
    const both: Rule[] = [...all('read'), { grantee: { kind: 'group', id: 'staff' }, level: 'write' }];
    const before: World = { members: [kim], records: new Map([record('a/', both), record('a/b/', both)]), now };
    const joined: Member = { ...kim, groups: new Set(['staff']) };
    const effects = compareWorlds(before, { ...before, members: [joined] }, [root]);
    expect(listed(effects)).toEqual([{ member: joined, places: [{ path: 'a/', before: 'read', after: 'write', except: [] }] }]);
    expect(touches(effects, at('a/b/c'))).toBe(true);
  });

  test('who stays is told as they are after the change', () => {
    const before: World = { members: [kim], records: new Map([record('a/', all('write'))]), now };
    const demoted: Member = { ...kim, role: 'read-only' };
    expect(listed(compareWorlds(before, { ...before, members: [demoted] }, [root]))).toEqual([
      { member: demoted, places: [{ path: 'a/', before: 'write', after: 'read', except: [] }] },
    ]);
  });

  test('people of one standing share their places; who is removed is told as they were', () => {
    const before: World = { members: [kim, lea, { ...lea, personId: 'max' }], records: new Map([record('a/', all('read'))]), now };
    const effects = compareWorlds(before, { ...before, members: [kim] }, [root]);
    expect(effects.map(({ member }) => member.personId)).toEqual(['lea', 'max']);
    expect(effects[0]?.places.map(plain)).toEqual([{ path: 'a/', before: 'read', after: 'none', except: [] }]);
    expect(effects[1]?.places).toBe(effects[0]?.places);
  });
});

test('being in one of some cones is being in one of them', () => {
  fc.assert(
    fc.property(fc.array(path), path, (some, place) => {
      const cones = outermost(some);
      expect(liesInOne(cones, place)).toBe(cones.some((cone) => isInside(place, cone)));
    }),
  );
});
