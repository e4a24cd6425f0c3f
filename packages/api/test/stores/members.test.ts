import { afterEach, beforeEach, expect, test } from 'vitest';
import { changing, type StoredMember } from '../../src/stores/membership.ts';
import { openStores, person, type StoresUnderTest } from '../../test-support/stores-under-test.ts';
import { refused } from '../../test-support/refused.ts';

let stores: StoresUnderTest;
let organizationId: string;
const [ada, bob, eve] = [person(1), person(2), person(3)];
beforeEach(async () => {
  stores = openStores();
  organizationId = (await stores.newOrganization(ada)).id;
});
afterEach(() => stores.close());

async function stored(personId: string): Promise<StoredMember> {
  const member = await stores.members.get(organizationId, personId);
  if (member === undefined) throw new Error('is no member');
  return member;
}
const change = (before: StoredMember, after: Partial<StoredMember>) => stores.table.transact(changing(before, { ...before, ...after }));
const holderOf = async (email: string) => (await stores.table.get({ pk: organizationId, sk: `address/${email}` }))?.attributes['personId'];

test('who joins is found with everything, from both sides, and an admin more is counted', async () => {
  await stores.join(organizationId, bob, { role: 'admin', email: 'bob@example.com', groups: ['grp_x'] });
  expect(await stores.members.getCounted(organizationId, bob)).toEqual({
    member: {
      organizationId,
      personId: bob,
      role: 'admin',
      term: expect.stringMatching(/^trm_/),
      joinedAt: stores.now,
      email: 'bob@example.com',
      expiresAt: null,
      groups: ['grp_x'],
      version: 1,
    },
    admins: 2,
  });
  expect((await stores.organizations.ofPerson(bob)).map(({ role }) => role)).toEqual(['admin']);
  expect(await holderOf('bob@example.com')).toBe(bob);
});

test('nobody joins twice, and no address has two holders', async () => {
  await stores.join(organizationId, bob, { email: 'bob@example.com' });
  await refused(stores.join(organizationId, bob), 'CONFLICT');
  await refused(stores.join(organizationId, eve, { email: 'bob@example.com' }), 'CONFLICT');
  expect(await stores.members.list(organizationId)).toHaveLength(2);
});

test('leaving frees the address, and counts', async () => {
  await stores.join(organizationId, bob, { role: 'admin', email: 'bob@example.com' });
  await stores.leave(organizationId, bob);
  expect(await stores.members.getCounted(organizationId, bob)).toEqual({ member: undefined, admins: 1 });
  expect(await stores.organizations.ofPerson(bob)).toEqual([]);
  await stores.join(organizationId, eve, { email: 'bob@example.com' });
  expect(await holderOf('bob@example.com')).toBe(eve);
});

test('no transaction takes the last admin, whatever was checked before', async () => {
  const before = await stored(ada);
  await refused(change(before, { role: 'contributor' }), 'CONFLICT');
  await refused(stores.leave(organizationId, ada), 'CONFLICT');
  expect((await stored(ada)).role).toBe('admin');
});

test('a membership ends by itself, and everywhere: address, pointer and place', async () => {
  await stores.join(organizationId, bob, { email: 'bob@example.com', expiresAt: stores.now + 10 });
  stores.now += 9;
  expect(await stores.members.get(organizationId, bob)).toBeDefined();
  expect(await stores.departures.due(organizationId)).toEqual([]);
  stores.now += 1;
  expect(await stores.members.list(organizationId)).toHaveLength(1);
  expect(await stores.organizations.ofPerson(bob)).toEqual([]);
  expect(await holderOf('bob@example.com')).toBeUndefined();
  expect(await stores.departures.due(organizationId)).toEqual([{ organizationId, personId: bob, email: 'bob@example.com', due: stores.now }]);
});

test('an end can be moved, and taken away, and all that ends goes with it', async () => {
  await stores.join(organizationId, bob, { email: 'bob@example.com', expiresAt: stores.now + 10 });
  await change(await stored(bob), { expiresAt: stores.now + 20 });
  stores.now += 15;
  expect(await holderOf('bob@example.com')).toBe(bob);
  expect(await stores.departures.due(organizationId)).toEqual([]);
  await change(await stored(bob), { expiresAt: null });
  stores.now += 15;
  expect([await holderOf('bob@example.com'), (await stored(bob)).expiresAt]).toEqual([bob, null]);
  expect(await stores.organizations.ofPerson(bob)).toHaveLength(1);
  expect(await stores.departures.due(organizationId)).toEqual([]);
});

test('a change on an older version of the member is refused', async () => {
  await stores.join(organizationId, bob);
  const before = await stored(bob);
  await change(before, { role: 'read-only' });
  await refused(change(before, { role: 'admin' }), 'CONFLICT');
  expect((await stored(bob)).role).toBe('read-only');
});
