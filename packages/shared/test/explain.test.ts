/** Why and why not: by example, and for random rules against a second, naive reading. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from '../src/acl/decide.ts';
import { explain, type Lost } from '../src/acl/explain.ts';
import type { Step } from '../src/acl/remedies.ts';
import { levels, type AclRecord, type Caller, type Level, type Rule } from '../src/acl/rule.ts';
import { canonicalPath, selfAndAncestors, type Path } from '../src/path.ts';
import { caller, now, path, records } from './random-worlds.ts';

const runs = { numRuns: 4000 };
const ada: Caller = { personId: 'ada', email: 'ada@example.com', groups: new Set(['staff']), standing: { kind: 'member', role: 'contributor' } };
const all = { kind: 'org' } as const;

function world(stored: Readonly<Record<string, Partial<AclRecord>>>): ReadonlyMap<Path, AclRecord> {
  return new Map(
    Object.entries(stored).map(([at, record]) => {
      const place = canonicalPath(at);
      return [place, { rules: [], open: false, version: 1, ...record, path: place }];
    }),
  );
}

const told = (lost: readonly Lost[]) => lost.map(({ path: at, what, why }) => [at, what.kind === 'rule' ? what.rule.level : what.kind, why]);

describe('by example', () => {
  test('every rule that lost is named with its reason, the nearest first', () => {
    const records = world({
      '': { rules: [{ grantee: all, level: 'read' }], open: true },
      'a/': {
        rules: [
          { grantee: { kind: 'person', id: 'ada' }, level: 'write' },
          { grantee: { kind: 'email', email: 'ada@example.com' }, level: 'read' },
          { grantee: { kind: 'person', id: 'ada' }, level: 'write', expiresAt: now + 1 },
          { grantee: { kind: 'group', id: 'staff' }, level: 'admin' },
          { grantee: { kind: 'person', id: 'eve' }, level: 'admin' },
        ],
      },
      'a/b': { rules: [{ grantee: all, level: 'none', expiresAt: now }] },
    });
    const { decision, lost } = explain(ada, records, canonicalPath('a/b'), now);
    expect(decision).toMatchObject({ level: 'write', because: { kind: 'rule', path: 'a/' } });
    expect(told(lost)).toEqual([
      ['a/b', 'none', 'expired'],
      ['a/', 'read', 'a higher level decides'],
      ['a/', 'write', 'the same level, and the other stands'],
      ['a/', 'admin', 'a closer kind of grantee decides'],
      ['', 'read', 'a longer path decides'],
      ['', 'open', 'gives no more than the rules'],
    ]);
  });

  test('a carve-out that an open record overrules has lost to it', () => {
    const records = world({ 'a/': { rules: [{ grantee: all, level: 'none' }], open: true } });
    expect(told(explain(ada, records, canonicalPath('a/b'), now).lost)).toEqual([['a/', 'none', 'open at or below it']]);
  });

  test('behind a carve-out: a rule of one’s own, or the carve-out lifted', () => {
    const carved: Rule = { grantee: { kind: 'group', id: 'staff' }, level: 'none' };
    const records = world({ '': { rules: [{ grantee: all, level: 'write' }] }, 'a/': { rules: [carved] } });
    expect(explain(ada, records, canonicalPath('a/b'), now).remedies).toEqual([
      { gives: 'read', steps: [{ kind: 'rule', path: 'a/b', level: 'read' }] },
      { gives: 'write', steps: [{ kind: 'lift', path: 'a/', rules: [carved] }] },
    ]);
  });

  test('under two ceilings, both are named together', () => {
    const records = world({ '': { rules: [{ grantee: all, level: 'admin' }] } });
    const limited: Caller = { ...ada, standing: { kind: 'member', role: 'read-only' }, cap: 'read' };
    expect(explain(limited, records, canonicalPath('a'), now).remedies).toEqual([
      {
        gives: 'write',
        steps: [
          { kind: 'role', role: 'contributor' },
          { kind: 'credential', level: 'write' },
        ],
      },
    ]);
  });

  test('who is no member would have to join, and to be given something', () => {
    const stranger: Caller = { ...ada, standing: { kind: 'none' } };
    const join = { kind: 'join', role: 'read-only' };
    expect(explain(stranger, world({}), canonicalPath('a'), now).remedies).toEqual([
      { gives: 'read', steps: [join, { kind: 'rule', path: 'a', level: 'read' }] },
    ]);
    expect(explain(stranger, world({ '': { open: true } }), canonicalPath('a'), now).remedies).toEqual([{ gives: 'read', steps: [join] }]);
  });

  test('who may do everything needs nothing', () => {
    expect(explain({ ...ada, standing: { kind: 'owner' } }, world({}), canonicalPath('a'), now).remedies).toEqual([]);
  });
});

/** True for a rule that names the caller, however closely. */
const names = (who: Caller, { grantee }: Rule) =>
  grantee.kind === 'org' ||
  (grantee.kind === 'group' && who.groups.has(grantee.id)) ||
  (grantee.kind === 'email' && grantee.email === who.email) ||
  (grantee.kind === 'person' && grantee.id === who.personId);

test('the decision is decide()’s, and it and what lost are together all that is for the caller at the path and above', () => {
  fc.assert(
    fc.property(caller, records, path, (who, stored, at) => {
      const { decision, lost } = explain(who, stored, at, now);
      expect(decision).toEqual(decide(who, stored, at, now));
      const expected = new Set<unknown>();
      for (const record of selfAndAncestors(at).flatMap((place) => stored.get(place) ?? [])) {
        for (const rule of record.rules) if (names(who, rule)) expected.add(rule);
        if (record.createdBy === who.personId) expected.add(`creator ${record.path}`);
        if (record.open) expected.add(`open ${record.path}`);
      }
      const { because } = decision;
      const found = lost.map(({ path: place, what }) => (what.kind === 'rule' ? what.rule : `${what.kind} ${place}`));
      if (because.kind === 'rule') found.push(because.rule);
      if (because.kind === 'creator' || because.kind === 'open') found.push(`${because.kind} ${because.path}`);
      expect(found).toHaveLength(expected.size);
      expect(new Set(found)).toEqual(expected);
      const depths = lost.map(({ path: place }) => place.length);
      expect(depths).toEqual(depths.toSorted((a, b) => b - a));
    }),
    runs,
  );
});

/** The claims that a reason makes, each judged on its own by changing what it blames, or by looking. */
function holds({ path: at, what, why }: Lost, who: Caller, stored: ReadonlyMap<Path, AclRecord>, target: Path): boolean {
  const rank = ({ grantee }: Rule) => ({ org: 1, group: 2, email: 3, person: 3 })[grantee.kind];
  const mine = (place: Path) => (stored.get(place)?.rules ?? []).filter((rule) => names(who, rule) && (rule.expiresAt ?? Infinity) > now);
  const decides = (place: Path) => mine(place).length > 0 || stored.get(place)?.createdBy === who.personId;
  const deepest = selfAndAncestors(target).find(decides);
  const here = mine(at);
  const closest = Math.max(0, ...here.map(rank));
  const first = here.filter((rule) => rank(rule) === closest);
  const rule = what.kind === 'rule' ? what.rule : undefined;
  const openAt = selfAndAncestors(target).find((place) => stored.get(place)?.open === true);
  const levelHere = first.some(({ level }) => level === 'none') ? 'none' : levels[Math.max(...first.map(({ level }) => levels.indexOf(level)))];
  const ruled = deepest !== undefined && stored.get(deepest)?.createdBy !== who.personId;
  const carved = ruled && mine(deepest).some((one) => one.level === 'none' && rank(one) === Math.max(...mine(deepest).map(rank)));
  if (why === 'expired') return rule?.expiresAt !== undefined && rule.expiresAt <= now;
  if (rule !== undefined && !here.includes(rule)) return false;
  if (why === 'standing decides') return who.standing.kind !== 'member' || who.standing.role === 'admin';
  if (who.standing.kind !== 'member' || who.standing.role === 'admin') return false;
  if (why === 'a longer path decides') return what.kind === 'open' ? openAt !== undefined && openAt.length > at.length : (deepest?.length ?? 0) > at.length;
  if (why === 'gives no more than the rules') return what.kind === 'open' && deepest !== undefined && !carved;
  if (why === 'a carve-out below it') return what.kind === 'open' && carved && deepest !== undefined && deepest.length > at.length;
  if (rule === undefined || deepest !== at) return false;
  const creator = stored.get(at)?.createdBy === who.personId;
  if (why === 'the creator decides') return creator;
  if (creator) return false;
  if (why === 'a closer kind of grantee decides') return rank(rule) < closest;
  if (rank(rule) !== closest) return false;
  if (why === 'none wins at one path') return rule.level !== 'none' && levelHere === 'none';
  if (why === 'a higher level decides') return levelHere !== 'none' && levels.indexOf(rule.level) < levels.indexOf(levelHere ?? 'none');
  if (why === 'the same level, and the other stands') return rule.level === levelHere && first.length > 1;
  return rule.level === 'none' && openAt !== undefined && openAt.length >= at.length;
}

test('each reason is true', () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(caller, records, path, (who, stored, at) => {
      for (const one of explain(who, stored, at, now).lost) {
        seen.set(one.why, (seen.get(one.why) ?? 0) + 1);
        expect([one, holds(one, who, stored, at)]).toEqual([one, true]);
      }
    }),
    runs,
  );
  expect(seen.size, `only ${[...seen.keys()].join()} came up`).toBe(11);
});

/** What the caller has once the steps are taken. */
function levelAfter(steps: readonly Step[], who: Caller, stored: ReadonlyMap<Path, AclRecord>, at: Path): Level {
  let changed = who;
  const left = new Map<Path, AclRecord>(stored);
  for (const step of steps) {
    if (step.kind === 'join' || step.kind === 'role') changed = { ...changed, standing: { kind: 'member', role: step.role } };
    else if (step.kind === 'credential') changed = { ...changed, cap: step.level };
    else {
      const record = left.get(step.path) ?? { path: step.path, rules: [], open: false, version: 1 };
      const own: Rule = { grantee: { kind: 'person', id: who.personId }, level: step.kind === 'rule' ? step.level : 'none' };
      const rules = step.kind === 'lift' ? record.rules.filter((rule) => !step.rules.includes(rule)) : [...record.rules, own];
      left.set(step.path, { ...record, rules });
    }
  }
  return decide(changed, left, at, now).level;
}

test('taking a remedy’s steps gives what it promises and more than there was; leaving one out gives nothing more', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(caller, records, path, (who, stored, at) => {
      const { decision, remedies } = explain(who, stored, at, now);
      expect(remedies.length > 0).toBe(decision.level !== 'admin');
      for (const { gives, steps } of remedies) {
        for (const { kind } of steps) seen.add(kind);
        expect(levelAfter(steps, who, stored, at)).toBe(gives);
        expect(levels.indexOf(gives)).toBeGreaterThan(levels.indexOf(decision.level));
        for (const step of steps) {
          const lifted = step.kind === 'lift' ? step.rules : [];
          expect(lifted.filter((one) => (one.expiresAt ?? Infinity) <= now || !names(who, one))).toEqual([]);
          const short = levelAfter(
            steps.filter((other) => other !== step),
            who,
            stored,
            at,
          );
          expect(levels.indexOf(short)).toBeLessThanOrEqual(levels.indexOf(decision.level));
        }
      }
    }),
    runs,
  );
  expect([...seen].toSorted()).toEqual(['credential', 'join', 'lift', 'role', 'rule']);
});
