/** Everyone's access at once is each one's access. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide } from '../src/acl/decide.ts';
import { createRuleIndex } from '../src/acl/index-of-rules.ts';
import { callerOf, reach, type Member } from '../src/acl/reach.ts';
import type { AclLookup, AclRecord, Rule } from '../src/acl/rule.ts';
import { canonicalPath, root, selfAndAncestors, type Path } from '../src/path.ts';
import { members, now, path, records } from './random-worlds.ts';

test('each member’s decision is what decide() says of them alone, in the order of members', () => {
  fc.assert(
    fc.property(members, records, path, (people, stored, at) => {
      expect(reach(people, stored, at, now)).toEqual(people.map((member) => ({ member, decision: decide(callerOf(member), stored, at, now) })));
    }),
    { numRuns: 4000 },
  );
});

const all: readonly Rule[] = [{ grantee: { kind: 'org' }, level: 'read' }];

test('people who share every rule share one answer', () => {
  const people = ['bob', 'kim', 'lea'].map((personId, n): Member => {
    const both = n === 1 ? ['staff', 'crew'] : ['crew', 'staff'];
    return { personId, role: 'contributor', groups: new Set([...both, `club of ${personId}`]) };
  });
  const forGroups = ['staff', 'crew'].map((id): Rule => ({ grantee: { kind: 'group', id }, level: 'write' }));
  const stored = new Map<Path, AclRecord>([[root, { path: root, rules: [...all, ...forGroups], open: false, version: 1 }]]);
  const decisions = new Set(reach(people, stored, canonicalPath('a/b'), now).map(({ decision }) => decision));
  expect(decisions.size).toBe(1);
});

test('each record on the way up is read once, however many people there are', () => {
  const people = Array.from({ length: 100 }, (_, n): Member => ({ personId: `person-${n}`, role: 'contributor', groups: new Set() }));
  const at = canonicalPath('a/b/c');
  const asked: Path[] = [];
  const stored: AclLookup = {
    get(place) {
      asked.push(place);
      return { path: place, rules: [{ grantee: { kind: 'person', id: 'person-7' }, level: 'write' }], open: false, version: 1 };
    },
  };
  expect(reach(people, stored, at, now).filter(({ decision }) => decision.level === 'write')).toHaveLength(1);
  expect(asked).toEqual(selfAndAncestors(at));
});

test('a member is a caller without a credential’s ceiling, with an address where they have one', () => {
  const groups = new Set(['staff']);
  const member: Member = { personId: 'ada', email: 'ada@example.com', role: 'read-only', groups };
  expect(callerOf(member)).toEqual({ personId: 'ada', email: 'ada@example.com', groups, standing: { kind: 'member', role: 'read-only' } });
  const { email: _email, ...nameless } = member;
  expect(callerOf(nameless)).toStrictEqual({ personId: 'ada', groups, standing: { kind: 'member', role: 'read-only' } });
});

test('of several rules for one grantee at one path, exactly the one that decides is kept', () => {
  const grantee = { kind: 'person', id: 'ada' } as const;
  const rules: readonly Rule[] = [
    { grantee, level: 'none', expiresAt: now },
    { grantee, level: 'read' },
    { grantee, level: 'write', expiresAt: now + 1 },
    { grantee: { kind: 'org' }, level: 'write' },
    { grantee: { kind: 'org' }, level: 'none' },
  ];
  const index = createRuleIndex([{ path: root, rules, createdBy: 'eve', open: false, version: 1 }], now);
  expect(index.everyones.get(root)?.rules).toEqual([rules[4]]);
  expect([...index.people]).toEqual([
    ['ada', new Map([[root, { rules: [rules[2]] }]])],
    ['eve', new Map([[root, { rules: [], createdBy: 'eve' }]])],
  ]);
});
