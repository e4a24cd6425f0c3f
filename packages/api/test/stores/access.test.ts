import { canonicalPath, root } from '@hq/shared/path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Value } from '../../src/ports/table.ts';
import { groupsKey, memberKey, personalVaultsKey } from '../../src/stores/keys.ts';
import { nextRecord, noRecord } from '../../src/stores/rules.ts';
import { refused } from '../../test-support/refused.ts';
import { openStores, person, type StoresUnderTest } from '../../test-support/stores-under-test.ts';

let stores: StoresUnderTest;
let id: string;
const [ada, eve] = [person(1), person(2)];
beforeEach(async () => {
  stores = openStores();
  id = (await stores.newOrganization(ada, 'acme', 'ada@example.com')).id;
  for (const path of ['', 'a/', 'a/b/', 'a/b/c', 'a/x', 'other/']) {
    const record = nextRecord(noRecord(canonicalPath(path)), { rules: [{ grantee: { kind: 'org' }, level: 'read' }] }, stores.now);
    await stores.table.transact([stores.rules.plan(id, record)]);
  }
  stores.calls.clear();
});
afterEach(() => stores.close());

test('one authorization is one round trip, with the records at the target and above it', async () => {
  const access = await stores.access.load(id, ada, [canonicalPath('a/b/c')]);
  expect(stores.calls).toEqual(new Map([['getMany', 1]]));
  expect([...access.records.keys()].toSorted()).toEqual(['', 'a/', 'a/b/', 'a/b/c']);
  expect(access.caller).toEqual({ personId: ada, email: 'ada@example.com', groups: new Set(), standing: { kind: 'member', role: 'admin' } });
  expect(access).toMatchObject({ organization: { id, name: 'acme' }, member: { role: 'admin' }, vault: undefined });
});

test('the receipt of a request that was made before comes with it', async () => {
  const [mine, another] = ['request-0000000000001', 'request-0000000000002'];
  await stores.table.transact([stores.receipts.plan(ada, mine, { fingerprint: 'f', answer: '{}' })]);
  stores.calls.clear();
  expect((await stores.access.load(id, ada, [canonicalPath('a/b/c')], mine)).receipt).toEqual({ fingerprint: 'f', answer: '{}' });
  const other = await stores.access.load(id, ada, [canonicalPath('a/b/c')], another);
  expect(stores.calls).toEqual(new Map([['getMany', 2]]));
  expect([other.receipt, [...other.records.keys()].toSorted()]).toEqual([undefined, ['', 'a/', 'a/b/', 'a/b/c']]);
  expect((await stores.access.load(id, eve, [], mine)).receipt).toBeUndefined();
});

describe('groups', () => {
  const groupsOf = async () => [...(await stores.access.load(id, eve, [])).caller.groups].toSorted();
  const store = (tree: Readonly<Record<string, Value>>) => stores.table.put({ ...groupsKey(id), attributes: { in: tree } });

  test('are unfolded on the same round trip, and those that are gone count for nothing', async () => {
    await stores.join(id, eve, { groups: ['inner', 'gone'] });
    expect(await groupsOf()).toEqual([]);
    await store({ inner: ['middle'], middle: ['outer', 'gone'], outer: [], other: ['outer'] });
    stores.calls.clear();
    expect(await groupsOf()).toEqual(['inner', 'middle', 'outer']);
    expect(stores.calls).toEqual(new Map([['getMany', 1]]));
  });

  test('in a cycle, which should not be, decide still', async () => {
    await stores.join(id, eve, { groups: ['a'] });
    await store({ a: ['b'], b: ['c'], c: ['a', 'c'] });
    expect(await groupsOf()).toEqual(['a', 'b', 'c']);
  });

  test.each([['nothing'], [null], [['a']], [{ a: 'b' }], [{ a: [1] }], [{ a: null }]])('stored as %j are a defect, and decide nothing', async (inside) => {
    await stores.join(id, eve, { groups: ['a'] });
    await stores.table.put({ ...groupsKey(id), attributes: { in: inside } });
    expect((await refused(stores.access.load(id, eve, []), 'INTERNAL')).message).toBe('Something went wrong on our side.');
    await refused(stores.access.loadOrganization(id), 'INTERNAL');
  });
});

test('an organization is one page of members and one of records a thousand, and how groups lie in one another', async () => {
  const numbers = Array.from({ length: 1005 }, (_, n) => n + 10);
  const attributes = { role: 'contributor', term: 't', joinedAt: 1, groups: [] };
  for (let at = 0; at < numbers.length; at += 100) {
    await stores.table.transact(numbers.slice(at, at + 100).map((n) => ({ put: { ...memberKey(id, person(n)), attributes } })));
  }
  stores.calls.clear();
  const { members, groups, records } = await stores.access.loadOrganization(id);
  expect([members.size, groups.size, records.size]).toEqual([1006, 0, 6]);
  expect(stores.calls).toEqual(
    new Map([
      ['query', 3],
      ['get', 1],
    ]),
  );
  stores.calls.clear();
  await stores.access.loadMembers(id);
  expect(stores.calls).toEqual(
    new Map([
      ['query', 2],
      ['get', 1],
    ]),
  );
});

test('several targets are one round trip too', async () => {
  const access = await stores.access.load(id, ada, [canonicalPath('a/x'), canonicalPath('other/y')]);
  expect(stores.calls).toEqual(new Map([['getMany', 1]]));
  expect([...access.records.keys()].toSorted()).toEqual(['', 'a/', 'a/x', 'other/']);
});

test('a cone brings what is above it and under it', async () => {
  const access = await stores.access.loadCone(id, ada, canonicalPath('a/b/'));
  expect([...access.records.keys()].toSorted()).toEqual(['', 'a/', 'a/b/', 'a/b/c']);
  expect((await stores.access.loadCone(id, ada, root)).records.size).toBe(6);
});

test('a stranger, and an organization that does not exist, have no standing', async () => {
  const foreign = await stores.access.load(id, eve, [root]);
  expect(foreign.caller.standing).toEqual({ kind: 'none' });
  const unknown = await stores.access.load(`cmp_${'0'.repeat(26)}`, eve, [root]);
  expect(unknown.caller.standing).toEqual({ kind: 'none' });
  expect([unknown.organization, unknown.member, unknown.vault]).toEqual([undefined, undefined, undefined]);
});

test('whoever left has no standing on the very next look', async () => {
  await stores.join(id, eve, { role: 'admin' });
  expect((await stores.access.load(id, eve, [])).caller.standing).toEqual({ kind: 'member', role: 'admin' });
  await stores.leave(id, eve);
  expect((await stores.access.load(id, eve, [])).caller.standing).toEqual({ kind: 'none' });
});

test('a vault is there once its storage is, and not before', async () => {
  const owner = { pk: id, sk: 'organization' };
  await stores.vaultRecords.recordKey(owner, 'arn:key');
  expect((await stores.access.load(id, ada, [])).vault).toBeUndefined();
  await stores.vaultRecords.activate(owner);
  expect((await stores.access.load(id, ada, [])).vault).toEqual({
    id,
    kind: 'organization',
    bucket: id.replace('cmp_', 'hq-vault-cmp-'),
    keyPrefix: '',
    kmsKeyArn: 'arn:key',
    secretPrefix: `/hq/${id}/`,
    region: 'us-east-1',
  });
});

test("the personal vault is its owner's part of the shared bucket", async () => {
  await stores.vaultRecords.begin(personalVaultsKey, 'hq-vault-personal');
  await stores.vaultRecords.recordKey(personalVaultsKey, 'arn:personal');
  await stores.vaultRecords.activate(personalVaultsKey);
  stores.calls.clear();
  const access = await stores.access.loadCone('personal', ada, root);
  expect(stores.calls).toEqual(new Map([['getMany', 1]]));
  expect(access.caller.standing).toEqual({ kind: 'owner' });
  expect(access.vault).toEqual({
    id: `usr_${ada}`,
    kind: 'personal',
    bucket: 'hq-vault-personal',
    keyPrefix: `users/${ada}/hq/`,
    kmsKeyArn: 'arn:personal',
    secretPrefix: `/hq/users/${ada}/`,
    region: 'us-east-1',
  });
});
