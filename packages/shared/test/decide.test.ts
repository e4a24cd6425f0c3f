/** The eight rules of access, each by example. Properties are in `decide-properties.test.ts`. */
import { describe, expect, test } from 'vitest';
import { decide } from '../src/acl/decide.ts';
import type { AclRecord, Caller, Grantee, Level, Rule } from '../src/acl/rule.ts';
import { canonicalPath } from '../src/path.ts';

const now = 1000;
const ada: Caller = { personId: 'ada', email: 'ada@example.com', groups: new Set(['staff', 'crew']), standing: { kind: 'member', role: 'contributor' } };

const everyone: Grantee = { kind: 'org' };
const group = (id: string): Grantee => ({ kind: 'group', id });
const person = (id: string): Grantee => ({ kind: 'person', id });
const email = (address: string): Grantee => ({ kind: 'email', email: address });
const rule = (grantee: Grantee, level: Level, expiresAt?: number): Rule => ({ grantee, level, ...(expiresAt === undefined ? {} : { expiresAt }) });

type Stored = Partial<Omit<AclRecord, 'path'>>;

function ask(records: Readonly<Record<string, Stored>>, path: string, caller: Caller = ada) {
  const lookup = new Map(
    Object.entries(records).map(([at, record]) => [canonicalPath(at), { rules: [], open: false, version: 1, ...record, path: canonicalPath(at) }]),
  );
  return decide(caller, lookup, canonicalPath(path), now);
}

const allRead = { rules: [rule(everyone, 'read')] };

describe('1 and 2: who one is', () => {
  const records = { '': { rules: [rule(everyone, 'admin'), rule(person('ada'), 'admin')], createdBy: 'ada', open: true } };

  test('nobody without an active tie has anything, whatever the rules say', () => {
    expect(ask(records, 'a', { ...ada, standing: { kind: 'none' } })).toEqual({ level: 'none', because: { kind: 'not-a-member' } });
  });

  test('an admin of the organization has everything, also behind a carve-out for them', () => {
    const carved = { 'a/': { rules: [rule(person('ada'), 'none')] } };
    expect(ask(carved, 'a/b', { ...ada, standing: { kind: 'member', role: 'admin' } })).toEqual({ level: 'admin', because: { kind: 'organization-admin' } });
  });

  test('the owner of a personal vault has everything', () => {
    expect(ask({}, 'a', { ...ada, standing: { kind: 'owner' } })).toEqual({ level: 'admin', because: { kind: 'owner' } });
  });
});

describe('3: which rules count', () => {
  test.each<[string, Rule, Level]>([
    ['everyone', rule(everyone, 'read'), 'read'],
    ['a group of the caller', rule(group('crew'), 'write'), 'write'],
    ['another group', rule(group('board'), 'write'), 'none'],
    ['the person', rule(person('ada'), 'admin'), 'admin'],
    ['another person', rule(person('eve'), 'admin'), 'none'],
    ['the address', rule(email('ada@example.com'), 'write'), 'write'],
    ['another address', rule(email('eve@example.com'), 'write'), 'none'],
    ['a rule that ends later', rule(everyone, 'read', now + 1), 'read'],
    ['a rule that ends this second', rule(everyone, 'read', now), 'none'],
    ['a rule that has ended', rule(everyone, 'read', now - 1), 'none'],
  ])('%s', (_, only, level) => {
    expect(ask({ 'a/': { rules: [only] } }, 'a/b').level).toBe(level);
  });

  test('an address that isn’t verified matches nothing', () => {
    const { email: _, ...unverified } = ada;
    expect(ask({ 'a/': { rules: [rule(email('ada@example.com'), 'write'), rule(email(''), 'write')] } }, 'a/b', unverified).level).toBe('none');
  });

  test('a rule is for its path and what is inside, not for what only starts alike', () => {
    const records = { 'team/': allRead, file: allRead };
    for (const inside of ['team/', 'team/a', 'team/a/b/c', 'file']) expect(ask(records, inside).level).toBe('read');
    for (const beside of ['', 'team', 'tea', 'team-secret/a', 'file/', 'file/a', 'file2'])
      expect(ask(records, beside)).toEqual({ level: 'none', because: { kind: 'no-rule' } });
  });

  test('who created something is its admin, which no rule at the same path lowers', () => {
    const records = { 'a/': { createdBy: 'ada', rules: [rule(person('ada'), 'none'), rule(everyone, 'none')] }, 'b/': { createdBy: 'eve', rules: [] } };
    expect(ask(records, 'a/b')).toEqual({ level: 'admin', because: { kind: 'creator', path: 'a/' } });
    expect(ask(records, 'b/c').level).toBe('none');
  });

  test('a rule inside lowers the creator there, one outside does not lower them here', () => {
    const records = { '': { rules: [rule(person('ada'), 'none')] }, 'a/': { createdBy: 'ada' }, 'a/b/': { rules: [rule(person('ada'), 'read')] } };
    expect(ask(records, 'a/x').level).toBe('admin');
    expect(ask(records, 'a/b/x').level).toBe('read');
  });
});

describe('4: the longest path wins', () => {
  test('down and up again', () => {
    const records = {
      '': allRead,
      'a/': { rules: [rule(everyone, 'write')] },
      'a/b/': { rules: [rule(everyone, 'none')] },
      'a/b/c': { rules: [rule(everyone, 'read')] },
    };
    expect(['x', 'a/x', 'a/b/x', 'a/b/c', 'a/b/cc'].map((path) => ask(records, path).level)).toEqual(['read', 'write', 'none', 'read', 'none']);
  });

  test('a deeper rule for everyone outranks a shallower one for the person', () => {
    expect(ask({ 'a/': { rules: [rule(person('ada'), 'write')] }, 'a/b/': { rules: [rule(everyone, 'none')] } }, 'a/b/x').level).toBe('none');
  });

  test('a deeper record that is for others, or whose rules have ended, hides nothing', () => {
    const records = { 'a/': allRead, 'a/b/': { rules: [rule(person('eve'), 'none'), rule(everyone, 'none', now)] }, 'a/b/c/': {} };
    expect(ask(records, 'a/b/c/x')).toMatchObject({ level: 'read', because: { kind: 'rule', path: 'a/' } });
  });
});

describe('5: several rules at one path', () => {
  test.each<[string, readonly Rule[], Level]>([
    ['the person before the group, upwards', [rule(group('staff'), 'read'), rule(person('ada'), 'admin')], 'admin'],
    ['the person before the group, downwards', [rule(group('staff'), 'admin'), rule(person('ada'), 'read')], 'read'],
    ['the person before a carve-out for the group', [rule(group('staff'), 'none'), rule(person('ada'), 'read')], 'read'],
    ['a carve-out for the person before everything', [rule(group('staff'), 'admin'), rule(everyone, 'admin'), rule(person('ada'), 'none')], 'none'],
    ['the group before everyone', [rule(everyone, 'admin'), rule(group('crew'), 'read')], 'read'],
    ['the address counts as the person', [rule(email('ada@example.com'), 'write'), rule(group('crew'), 'admin')], 'write'],
    ['between person and address, the higher', [rule(email('ada@example.com'), 'write'), rule(person('ada'), 'read')], 'write'],
    ['between person and address, none', [rule(email('ada@example.com'), 'none'), rule(person('ada'), 'admin')], 'none'],
    ['between groups, the higher', [rule(group('staff'), 'read'), rule(group('crew'), 'write')], 'write'],
    ['between groups, none', [rule(group('staff'), 'admin'), rule(group('crew'), 'none')], 'none'],
    ['a group of others has no say', [rule(group('board'), 'none'), rule(everyone, 'read')], 'read'],
    ['an ended rule for the person gives way to the group', [rule(person('ada'), 'none', now), rule(group('crew'), 'write')], 'write'],
    ['an ended carve-out in the class gives way', [rule(group('staff'), 'none', now), rule(group('crew'), 'read')], 'read'],
  ])('%s', (_, rules, level) => {
    expect(ask({ 'a/': { rules } }, 'a/b').level).toBe(level);
    expect(ask({ 'a/': { rules: rules.toReversed() } }, 'a/b')).toEqual(ask({ 'a/': { rules } }, 'a/b'));
  });

  test('of two that give the same, the one that lasts longer is named', () => {
    const rules = [rule(group('crew'), 'read', now + 5), rule(group('staff'), 'read', now + 9)];
    expect(ask({ 'a/': { rules } }, 'a/b').because).toMatchObject({ rule: { expiresAt: now + 9 } });
    expect(ask({ 'a/': { rules: [...rules, rule(group('crew'), 'read')] } }, 'a/b').because).toMatchObject({ rule: { grantee: group('crew') } });
  });

  test.each<[string, Rule, Rule]>([
    ['two groups', rule(group('crew'), 'read'), rule(group('staff'), 'read')],
    ['two carve-outs for groups', rule(group('crew'), 'none'), rule(group('staff'), 'none')],
    ['the address and the person', rule(email('ada@example.com'), 'write'), rule(person('ada'), 'write')],
    ['two groups until the same second', rule(group('crew'), 'read', now + 5), rule(group('staff'), 'read', now + 5)],
  ])('of %s that give the same as long, the same one is named in any order', (_, first, second) => {
    for (const rules of [
      [first, second],
      [second, first],
    ])
      expect(ask({ 'a/': { rules } }, 'a/b').because).toMatchObject({ rule: first });
  });
});

describe('6: open', () => {
  const open = { open: true };

  test('every member reads what is open, and only members', () => {
    expect(ask({ 'a/': open }, 'a/b')).toEqual({ level: 'read', because: { kind: 'open', path: 'a/' } });
    expect(ask({ 'a/': open }, 'b').level).toBe('none');
    expect(ask({ 'a/': open }, 'a/b', { ...ada, standing: { kind: 'none' } }).level).toBe('none');
  });

  test('a carve-out at the same path does not close it, one deeper does', () => {
    const none = { rules: [rule(person('ada'), 'none')] };
    expect(ask({ 'a/': { ...none, ...open } }, 'a/b').level).toBe('read');
    expect(ask({ 'a/': open, 'a/b/': none }, 'a/b/c').level).toBe('none');
    expect(ask({ 'a/': none, 'a/b/': open }, 'a/b/c').level).toBe('read');
    expect(ask({ 'a/': open, 'a/b/': none, 'a/b/c/': open }, 'a/b/c/d')).toMatchObject({ level: 'read', because: { kind: 'open', path: 'a/b/c/' } });
  });

  test('a record inside that says nothing about the caller does not close it', () => {
    expect(ask({ 'a/': open, 'a/b/': { rules: [rule(group('board'), 'write'), rule(everyone, 'none', now)] } }, 'a/b/c').level).toBe('read');
  });

  test('of several open records the nearest is named', () => {
    expect(ask({ '': open, 'a/': open, 'a/b/': open }, 'a/b/c').because).toEqual({ kind: 'open', path: 'a/b/' });
  });

  test('it lowers nobody', () => {
    expect(ask({ 'a/': { rules: [rule(everyone, 'write')], open: true } }, 'a/b')).toMatchObject({ level: 'write', because: { kind: 'rule' } });
    expect(ask({ '': { rules: [rule(everyone, 'write')] }, 'a/': open }, 'a/b')).toMatchObject({ level: 'write', because: { kind: 'rule', path: '' } });
    expect(ask({ 'a/': { createdBy: 'ada', open: true } }, 'a/b').level).toBe('admin');
  });
});

describe('7: ceilings', () => {
  const readOnly: Caller = { ...ada, standing: { kind: 'member', role: 'read-only' } };

  test('read-only reads, whatever the rules give', () => {
    expect(ask({ 'a/': { rules: [rule(person('ada'), 'admin')] } }, 'a/b', readOnly)).toMatchObject({
      level: 'read',
      because: { kind: 'rule', cappedBy: 'role', uncapped: 'admin' },
    });
    expect(ask({ 'a/': { createdBy: 'ada' } }, 'a/b', readOnly)).toMatchObject({ level: 'read', because: { kind: 'creator', cappedBy: 'role' } });
    expect(ask({ 'a/': allRead }, 'a/b', readOnly).because).not.toHaveProperty('cappedBy');
    expect(ask({}, 'a/b', readOnly).level).toBe('none');
  });

  test('the credential caps everyone, also owners and admins', () => {
    for (const standing of [{ kind: 'owner' }, { kind: 'member', role: 'admin' }] as const) {
      expect(ask({}, 'a', { ...ada, standing, cap: 'read' })).toMatchObject({ level: 'read', because: { cappedBy: 'credential', uncapped: 'admin' } });
      expect(ask({}, 'a', { ...ada, standing, cap: 'none' }).level).toBe('none');
      expect(ask({}, 'a', { ...ada, standing, cap: 'admin' }).because).not.toHaveProperty('cappedBy');
    }
  });

  test('a ceiling gives nothing', () => {
    expect(ask({}, 'a', { ...ada, cap: 'admin' })).toEqual({ level: 'none', because: { kind: 'no-rule' } });
  });

  test('the last ceiling that lowers is named, with the level before any', () => {
    const records = { 'a/': { rules: [rule(person('ada'), 'admin')] } };
    expect(ask(records, 'a/b', { ...readOnly, cap: 'write' }).because).toMatchObject({ cappedBy: 'role', uncapped: 'admin' });
    expect(ask(records, 'a/b', { ...readOnly, cap: 'none' })).toMatchObject({ level: 'none', because: { cappedBy: 'credential', uncapped: 'admin' } });
  });
});

test('8: a vault denies what no rule allows', () => {
  expect(ask({}, '')).toEqual({ level: 'none', because: { kind: 'no-rule' } });
});
