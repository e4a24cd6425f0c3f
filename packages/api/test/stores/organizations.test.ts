import { idPattern } from '@hq/shared/ids';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStores, person, type StoresUnderTest } from '../../test-support/stores-under-test.ts';

let stores: StoresUnderTest;
beforeEach(() => {
  stores = openStores();
});
afterEach(() => stores.close());

const [ada, bob] = [person(1), person(2)];

test('whoever makes an organization is its first admin, and its storage is not ready yet', async () => {
  const organization = await stores.newOrganization(ada);
  expect(organization.id).toMatch(idPattern('organization'));
  expect(organization).toMatchObject({ name: 'acme', createdBy: ada, createdAt: stores.now });
  expect(organization.storage).toEqual({
    bucket: organization.id.replace('cmp_', 'hq-vault-cmp-'),
    state: 'provisioning',
    keyIntendedAt: null,
    kmsKeyArn: null,
  });
  expect(await stores.organizations.get(organization.id)).toEqual(organization);
  expect(await stores.organizations.ofPerson(ada)).toEqual([{ organization, role: 'admin' }]);
  expect((await stores.members.list(organization.id)).map(({ personId, role }) => [personId, role])).toEqual([[ada, 'admin']]);
});

test('the same name by the same person is the same organization, also many times at once', async () => {
  const made = await Promise.all(Array.from({ length: 8 }, () => stores.newOrganization(ada)));
  expect(new Set(made.map(({ id }) => id)).size).toBe(1);
  expect(await stores.organizations.ofPerson(ada)).toHaveLength(1);
});

test('the same name by another person is another organization, of which neither learns', async () => {
  const [hers, his] = [await stores.newOrganization(ada), await stores.newOrganization(bob)];
  expect(hers.id).not.toBe(his.id);
  expect((await stores.organizations.ofPerson(bob)).map(({ organization }) => organization.id)).toEqual([his.id]);
});

test('whoever left their organization can use its name again, for another one', async () => {
  const first = await stores.newOrganization(ada);
  await stores.join(first.id, bob, { role: 'admin' });
  await stores.leave(first.id, ada);
  const second = await stores.newOrganization(ada);
  expect(second.id).not.toBe(first.id);
  expect((await stores.organizations.ofPerson(ada)).map(({ organization }) => organization.id)).toEqual([second.id]);
  expect((await stores.organizations.ofPerson(bob)).map(({ organization }) => organization.id)).toEqual([first.id]);
});

test('the first key that is recorded counts for good', async () => {
  const { id } = await stores.newOrganization(ada);
  const owner = { pk: id, sk: 'organization' };
  expect(await stores.vaultRecords.recordKey(owner, 'arn:one')).toBe('arn:one');
  expect(await stores.vaultRecords.recordKey(owner, 'arn:two')).toBe('arn:one');
  expect((await stores.vaultRecords.get(owner))?.kmsKeyArn).toBe('arn:one');
});
