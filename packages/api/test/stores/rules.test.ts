import type { Grantee, Rule } from '@hq/shared/acl/rule';
import { canonicalPath, maxPathBytes, type Path, root } from '@hq/shared/path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStores, person, type StoresUnderTest } from '../../test-support/stores-under-test.ts';

let stores: StoresUnderTest;
beforeEach(() => {
  stores = openStores();
});
afterEach(() => stores.close());

const vault = 'cmp_test';
const team: Grantee = { kind: 'group', id: 'grp_a' };
const ada: Grantee = { kind: 'person', id: person(1) };
const rule = (grantee: Grantee, level: Rule['level'] = 'read'): Rule => ({ grantee, level });

test('every kind of grantee, and an end, come back exactly', async () => {
  const path = canonicalPath('a/b/');
  const rules: Rule[] = [
    rule(ada, 'admin'),
    rule(team, 'none'),
    rule({ kind: 'org' }, 'write'),
    { grantee: { kind: 'email', email: 'x@y.z' }, level: 'read', expiresAt: 7 },
  ];
  for (const each of rules) await stores.rules.grant(vault, path, each);
  const records = await stores.rules.recordsFor(vault, [root, path, canonicalPath('c')]);
  expect([...records]).toEqual([[path, { path, rules, open: false, version: 4 }]]);
});

test('a grant takes the place of the one for the same grantee', async () => {
  await stores.rules.grant(vault, root, rule(ada, 'admin'));
  const record = await stores.rules.grant(vault, root, rule(ada, 'read'));
  expect(record).toEqual({ path: root, rules: [rule(ada, 'read')], open: false, version: 2 });
});

test('a change on top of another version is refused and changes nothing', async () => {
  await stores.rules.grant(vault, root, rule(ada), 0);
  await expect(stores.rules.grant(vault, root, rule(team), 0)).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(stores.rules.revoke(vault, root, ada, 7)).rejects.toMatchObject({ code: 'CONFLICT' });
  expect((await stores.rules.recordsUnder(vault, root))[0]?.rules).toEqual([rule(ada)]);
  await stores.rules.grant(vault, root, rule(team), 1);
});

test('a record whose rules are all gone goes on counting', async () => {
  await stores.rules.grant(vault, root, rule(ada));
  expect(await stores.rules.revoke(vault, root, ada)).toEqual({ path: root, rules: [], open: false, version: 2 });
  await expect(stores.rules.revoke(vault, root, ada)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect((await stores.rules.grant(vault, root, rule(ada))).version).toBe(3);
});

test('grants that race without a version are all kept', async () => {
  await Promise.all(Array.from({ length: 6 }, (_, i) => stores.rules.grant(vault, root, rule({ kind: 'person', id: person(i) }))));
  expect((await stores.rules.recordsUnder(vault, root))[0]?.rules).toHaveLength(6);
});

test('a cone holds itself and what is under it, and no sibling that only begins like it', async () => {
  const paths = ['', 'team', 'team/', 'team/a', 'team/a/b/', 'team-secret/', 'team0', 'teams/', 'tea'].map(canonicalPath);
  for (const path of paths) await stores.rules.grant(vault, path, rule(ada));
  await stores.rules.grant('cmp_test2', canonicalPath('team/x'), rule(ada));
  const under = async (cone: Path) => (await stores.rules.recordsUnder(vault, cone)).map(({ path }) => path);
  expect(await under(canonicalPath('team/'))).toEqual(['team/', 'team/a', 'team/a/b/']);
  expect(await under(canonicalPath('team'))).toEqual(['team']);
  expect(await under(canonicalPath('nothing'))).toEqual([]);
  expect(await under(root)).toHaveLength(paths.length);
});

test('the longest path there is has a place, and so have all above it', async () => {
  const longest = canonicalPath('a/'.repeat(maxPathBytes / 2));
  await stores.rules.grant(vault, longest, rule(ada));
  expect((await stores.rules.recordsUnder(vault, root)).map(({ path }) => path)).toEqual([longest]);
});

test('more than 500 rules at a path are refused', async () => {
  const key = { pk: vault, sk: 'acl/' };
  const rules = Array.from({ length: 500 }, (_, i) => ({ kind: 'person', id: person(i), level: 'read' }));
  await stores.table.put({ ...key, attributes: { rules, open: false } });
  await expect(stores.rules.grant(vault, root, rule(team))).rejects.toMatchObject({ code: 'TOO_LARGE' });
});

test('a record that no store wrote is a defect, never a rule less', async () => {
  const broken = [
    { rules: 'x', open: false },
    { rules: [], open: 'yes' },
    { rules: [{ kind: 'org' }], open: false },
    { rules: [{ kind: 'x', level: 'read' }], open: false },
  ];
  for (const attributes of broken) {
    await stores.table.put({ pk: vault, sk: 'acl/', attributes });
    await expect(stores.rules.recordsFor(vault, [root])).rejects.toMatchObject({ code: 'INTERNAL' });
  }
});
