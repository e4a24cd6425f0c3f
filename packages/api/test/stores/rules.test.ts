import type { AclRecord, Grantee, Rule } from '@hq/shared/acl/rule';
import { canonicalPath, maxPathBytes, type Path, root } from '@hq/shared/path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nextRecord, noRecord } from '../../src/stores/rules.ts';
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

const store = (record: AclRecord, vaultId = vault) => stores.table.transact([stores.rules.plan(vaultId, record)]);
/** The record as it would be next. */
const next = (before: AclRecord, change: Partial<AclRecord>) => nextRecord(before, change, stores.now);
const put = async (path: string, rules: readonly Rule[] = [rule(ada)], vaultId = vault) => store(next(noRecord(canonicalPath(path)), { rules }), vaultId);

test('every kind of grantee, an end and a creator come back exactly', async () => {
  const path = canonicalPath('a/b/');
  const rules: Rule[] = [
    rule(ada, 'admin'),
    rule(team, 'none'),
    rule({ kind: 'org' }, 'write'),
    { grantee: { kind: 'email', email: 'x@y.z' }, level: 'read', expiresAt: stores.now + 7 },
  ];
  const made = { path, rules, open: true, createdBy: person(2), version: 1 };
  await store(made);
  expect(await stores.rules.recordsUnder(vault, path)).toEqual([made]);
});

test('what is planned is stored on top of the record that it was made of, or not at all', async () => {
  const first = next(noRecord(root), { rules: [rule(ada)] });
  await store(first);
  await expect(store(next(noRecord(root), { rules: [rule(team)] }))).rejects.toMatchObject({ code: 'CONFLICT' });
  const second = next(first, { rules: [rule(team)] });
  await store(second);
  await expect(store(next(first, { open: true }))).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await stores.rules.recordsUnder(vault, root)).toEqual([{ path: root, rules: [rule(team)], open: false, version: 2 }]);
});

test('a record whose rules are all gone goes on counting', async () => {
  const first = next(noRecord(root), { rules: [rule(ada)] });
  const empty = next(first, { rules: [] });
  await store(first);
  await store(empty);
  expect(await stores.rules.recordsUnder(vault, root)).toEqual([{ path: root, rules: [], open: false, version: 2 }]);
  await store(next(empty, { rules: [rule(ada)] }));
  expect((await stores.rules.recordsUnder(vault, root))[0]?.version).toBe(3);
});

test('rules that have ended are dropped when a record is written, in the second in which they end', () => {
  const ends = (expiresAt: number): Rule => ({ ...rule(ada), expiresAt });
  const record = { ...noRecord(root), rules: [ends(stores.now - 1), ends(stores.now), ends(stores.now + 1), rule(team)] };
  expect(next(record, { open: true })).toEqual({ path: root, rules: [ends(stores.now + 1), rule(team)], open: true, version: 1 });
});

test('a cone holds itself and what is under it, and no sibling that only begins like it', async () => {
  const paths = ['', 'team', 'team/', 'team/a', 'team/a/b/', 'team-secret/', 'team0', 'teams/', 'tea'];
  for (const path of paths) await put(path);
  await put('team/x', [rule(ada)], 'cmp_test2');
  const under = async (cone: Path) => (await stores.rules.recordsUnder(vault, cone)).map(({ path }) => path);
  expect(await under(canonicalPath('team/'))).toEqual(['team/', 'team/a', 'team/a/b/']);
  expect(await under(canonicalPath('team'))).toEqual(['team']);
  expect(await under(canonicalPath('nothing'))).toEqual([]);
  expect(await under(root)).toHaveLength(paths.length);
});

test('the longest path there is has a place, and so have all above it', async () => {
  const longest = canonicalPath('a/'.repeat(maxPathBytes / 2));
  await put(longest);
  expect((await stores.rules.recordsUnder(vault, root)).map(({ path }) => path)).toEqual([longest]);
});

test('500 rules at a path are stored, whatever their addresses; one more is refused, and so are 10,000', async () => {
  const many = (count: number) => Array.from({ length: count }, (_, i) => rule({ kind: 'email', email: `${String(i).padStart(242, 'x')}@example.com` }));
  await put('', many(500));
  expect((await stores.rules.recordsUnder(vault, root))[0]?.rules).toHaveLength(500);
  for (const count of [501, 10_000]) expect(() => next(noRecord(root), { rules: many(count) })).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }));
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
    await expect(stores.rules.recordsUnder(vault, root)).rejects.toMatchObject({ code: 'INTERNAL' });
  }
});
