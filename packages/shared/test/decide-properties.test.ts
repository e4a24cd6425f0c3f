/** What holds for every rule set: drawn at random, from few names, so that rules meet. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide } from '../src/acl/decide.ts';
import { compareLevels, levels, type AclRecord, type Caller, type Grantee, type Rule } from '../src/acl/rule.ts';
import { canonicalPath, isFolder, selfAndAncestors, type Path } from '../src/path.ts';

const now = 100;
const segment = fc.constantFrom('a', 'b', 'team', 'team-secret');
const path = fc
  .tuple(fc.array(segment, { maxLength: 4 }), fc.boolean())
  .map(([segments, folder]) => canonicalPath(segments.join('/') + (folder && segments.length > 0 ? '/' : '')));
const grantee = fc.constantFrom<Grantee>(
  { kind: 'person', id: 'ada' },
  { kind: 'person', id: 'eve' },
  { kind: 'email', email: 'ada@example.com' },
  { kind: 'group', id: 'staff' },
  { kind: 'group', id: 'crew' },
  { kind: 'group', id: 'board' },
  { kind: 'org' },
);
const rule: fc.Arbitrary<Rule> = fc.record(
  { grantee, level: fc.constantFrom(...levels), expiresAt: fc.integer({ min: 98, max: 103 }) },
  { requiredKeys: ['grantee', 'level'] },
);
const record: fc.Arbitrary<AclRecord> = fc.record(
  { path, rules: fc.array(rule, { maxLength: 4 }), createdBy: fc.constantFrom('ada', 'eve'), open: fc.boolean(), version: fc.constant(1) },
  { requiredKeys: ['path', 'rules', 'open', 'version'] },
);
const records = fc.array(record, { maxLength: 8 }).map((all) => new Map(all.map((one) => [one.path, one])));
const standing = fc.constantFrom<Caller['standing']>(
  { kind: 'owner' },
  { kind: 'member', role: 'admin' },
  { kind: 'member', role: 'contributor' },
  { kind: 'member', role: 'contributor' },
  { kind: 'member', role: 'read-only' },
  { kind: 'none' },
);
const caller: fc.Arbitrary<Caller> = fc.record(
  {
    personId: fc.constant('ada'),
    email: fc.constant('ada@example.com'),
    groups: fc.constantFrom(new Set(['staff', 'crew']), new Set<string>()),
    standing,
    cap: fc.constantFrom(...levels),
  },
  { requiredKeys: ['personId', 'groups', 'standing'] },
);
/** `HQ_PROPERTY_RUNS` shortens a run, for mutation testing. */
const runs = { numRuns: Number(process.env['HQ_PROPERTY_RUNS'] ?? 3000) };

const atMost = (a: (typeof levels)[number], b: (typeof levels)[number]) => compareLevels(a, b) <= 0;
const withRecord = (all: ReadonlyMap<Path, AclRecord>, at: Path, change: (record: AclRecord) => AclRecord) => {
  const before = all.get(at) ?? { path: at, rules: [], open: false, version: 1 };
  return new Map(all).set(at, change(before));
};

test('the answer is the one at the deepest record at or above the path', () => {
  fc.assert(
    fc.property(caller, records, path, (who, all, at) => {
      const deepest = selfAndAncestors(at).find((place) => all.has(place));
      const here = decide(who, all, at, now);
      expect(here).toEqual(deepest === undefined ? decide(who, new Map(), at, now) : decide(who, all, deepest, now));
    }),
    runs,
  );
});

test('the order of rules and records never shows', () => {
  fc.assert(
    fc.property(caller, records, path, (who, all, at) => {
      const turned = new Map([...all].toReversed().map(([place, one]) => [place, { ...one, rules: one.rules.toReversed() }]));
      expect(decide(who, turned, at, now)).toEqual(decide(who, all, at, now));
    }),
    runs,
  );
});

test('a ceiling only lowers, and a lower ceiling never gives more', () => {
  fc.assert(
    fc.property(caller, records, path, fc.constantFrom(...levels), fc.constantFrom(...levels), (who, all, at, x, y) => {
      const [low, high] = atMost(x, y) ? [x, y] : [y, x];
      const { cap: _cap, ...uncapped } = who;
      const levelUnder = (cap: typeof low) => decide({ ...who, cap }, all, at, now).level;
      expect(atMost(levelUnder(low), low)).toBe(true);
      expect(atMost(levelUnder(low), levelUnder(high))).toBe(true);
      expect(atMost(levelUnder(high), decide(uncapped, all, at, now).level)).toBe(true);
    }),
    runs,
  );
});

test('a weaker role never gives more', () => {
  fc.assert(
    fc.property(caller, records, path, (who, all, at) => {
      const [admin, contributor, readOnly] = (['admin', 'contributor', 'read-only'] as const).map(
        (role) => decide({ ...who, standing: { kind: 'member', role } }, all, at, now).level,
      );
      expect(atMost(contributor ?? 'admin', admin ?? 'none')).toBe(true);
      expect(atMost(readOnly ?? 'admin', contributor ?? 'none')).toBe(true);
    }),
    runs,
  );
});

test('a carve-out for the person at a path leaves nothing of it, unless it is theirs, open or theirs to administer', () => {
  fc.assert(
    fc.property(caller, records, path, (who, all, at) => {
      fc.pre(who.standing.kind === 'none' || (who.standing.kind === 'member' && who.standing.role !== 'admin'));
      const carved = withRecord(all, at, ({ path: place, rules, version }) => ({
        path: place,
        version,
        open: false,
        rules: [...rules, { grantee: { kind: 'person', id: 'ada' }, level: 'none' }],
      }));
      expect(decide(who, carved, at, now).level).toBe('none');
    }),
    runs,
  );
});

test('a rule for another person, or in a record beside the path, changes nothing', () => {
  fc.assert(
    fc.property(caller, records, path, path, fc.constantFrom(...levels), (who, all, at, where, level) => {
      const foreign = withRecord(all, where, (one) => ({ ...one, rules: [...one.rules, { grantee: { kind: 'person', id: 'eve' }, level }] }));
      expect(decide(who, foreign, at, now)).toEqual(decide(who, all, at, now));
      if (selfAndAncestors(at).includes(where)) return;
      const beside = withRecord(all, where, (one) => ({ ...one, open: true, rules: [{ grantee: { kind: 'person', id: 'ada' }, level }] }));
      expect(decide(who, beside, at, now)).toEqual(decide(who, all, at, now));
    }),
    runs,
  );
});

test('opening a record takes nothing from anyone, and gives at most reading', () => {
  fc.assert(
    fc.property(caller, records, path, path, (who, all, at, where) => {
      const before = decide(who, all, at, now).level;
      const after = decide(
        who,
        withRecord(all, where, (one) => ({ ...one, open: true })),
        at,
        now,
      ).level;
      expect(after === before || (before === 'none' && after === 'read')).toBe(true);
    }),
    runs,
  );
});

test('until the rule that decides ends, time takes nothing away', () => {
  fc.assert(
    fc.property(caller, records, path, fc.integer({ min: now, max: 104 }), (who, all, at, later) => {
      const { because, level } = decide(who, all, at, now);
      const end = because.kind === 'rule' ? (because.rule.expiresAt ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
      expect(later >= end || atMost(level, decide(who, all, at, later).level)).toBe(true);
    }),
    runs,
  );
});

test('total: any string is judged, and at most one record is looked up for the path and each folder above it', () => {
  fc.assert(
    fc.property(caller, fc.oneof(path, fc.string({ unit: fc.constantFrom('/', 'a', '.', '\ud800'), maxLength: 8 })), (who, at) => {
      const asked: Path[] = [];
      // Whatever a store may hold: not only canonical paths.
      const anything = at as Path;
      decide(who, { get: (place) => void asked.push(place) }, anything, now);
      expect(new Set(asked).size).toBe(asked.length);
      expect(asked.every((place) => anything === place || (isFolder(place) && anything.startsWith(place)))).toBe(true);
      expect(asked.length).toBeLessThanOrEqual(anything.split('/').length + 1);
    }),
    runs,
  );
});
