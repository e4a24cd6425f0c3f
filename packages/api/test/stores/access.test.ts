import { canonicalPath, root } from '@hq/shared/path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { personalVaultsKey } from '../../src/stores/keys.ts';
import { nextRecord, noRecord } from '../../src/stores/rules.ts';
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
