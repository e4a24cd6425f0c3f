import { afterEach, beforeEach, expect, test } from 'vitest';
import { invitationSeconds } from '../../src/stores/invitations.ts';
import { openStores, person, type StoresUnderTest } from '../../test-support/stores-under-test.ts';
import { refused } from '../../test-support/refused.ts';

let stores: StoresUnderTest;
let organizationId: string;
const [ada, bob] = [person(1), person(2)];
const bobSignedIn = { id: bob, email: 'bob@example.com' };
beforeEach(async () => {
  stores = openStores();
  organizationId = (await stores.newOrganization(ada)).id;
});
afterEach(() => stores.close());

const invite = (email = 'bob@example.com') => stores.invitations.create({ organizationId, email, role: 'contributor', invitedBy: ada, invitedByRole: 'admin' });

test('an invitation is found by its id, by its organization and by its address', async () => {
  const invitation = await invite();
  expect(await stores.invitations.get(invitation.id)).toEqual(invitation);
  expect(await stores.invitations.ofOrganization(organizationId)).toEqual([invitation]);
  expect(await stores.invitations.ofEmail('bob@example.com')).toEqual([{ invitation, organizationName: 'acme' }]);
  expect(await stores.invitations.ofEmail('eve@example.com')).toEqual([]);
});

test('accepting makes a member and uses the invitation up', async () => {
  const { id } = await invite();
  expect(await stores.invitations.accept(id, bobSignedIn)).toMatchObject({ personId: bob, role: 'contributor', joinedAt: stores.now });
  expect((await stores.organizations.ofPerson(bob)).map(({ role }) => role)).toEqual(['contributor']);
  await expect(stores.invitations.accept(id, bobSignedIn)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await stores.invitations.ofOrganization(organizationId)).toEqual([]);
  expect(await stores.invitations.ofEmail('bob@example.com')).toEqual([]);
});

test('of many who accept at once, one becomes a member', async () => {
  const { id } = await invite();
  const results = await Promise.allSettled(
    Array.from({ length: 6 }, (_, i) => stores.invitations.accept(id, { id: person(10 + i), email: 'bob@example.com' })),
  );
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await stores.members.list(organizationId)).toHaveLength(2);
});

test('another address, and none, are not told that it exists', async () => {
  const { id } = await invite();
  const foreign = await refused(stores.invitations.accept(id, { id: bob, email: 'eve@example.com' }), 'NOT_FOUND');
  await expect(stores.invitations.accept(id, { id: bob, email: null })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const unknown = await refused(stores.invitations.accept(`inv_${'0'.repeat(26)}`, bobSignedIn), 'NOT_FOUND');
  expect([foreign.message, foreign.hint]).toEqual([unknown.message, unknown.hint]);
});

test('after seven days it is gone', async () => {
  const { id } = await invite();
  stores.now += invitationSeconds - 1;
  expect(await stores.invitations.get(id)).toBeDefined();
  stores.now += 1;
  await expect(stores.invitations.accept(id, bobSignedIn)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await stores.invitations.ofEmail('bob@example.com')).toEqual([]);
});

test('a second invitation for an address takes the place of the first', async () => {
  const [first, second] = [await invite(), await invite()];
  await expect(stores.invitations.accept(first.id, bobSignedIn)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect((await stores.invitations.ofOrganization(organizationId)).map(({ id }) => id)).toEqual([second.id]);
  await stores.invitations.accept(second.id, bobSignedIn);
});

test('an invitation ends with the role of whoever gave it', async () => {
  const admin = await stores.invitations.create({ organizationId, email: 'c@x.org', role: 'admin', invitedBy: ada, invitedByRole: 'admin' });
  await stores.invitations.accept(admin.id, { id: person(3), email: 'c@x.org' });
  const { id } = await invite();
  await stores.members.setRole(organizationId, ada, 'contributor');
  await expect(stores.invitations.accept(id, bobSignedIn)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await stores.members.get(organizationId, bob)).toBeUndefined();
});

test('a member has nothing to accept, and the invitation stays', async () => {
  const { id } = await invite();
  await expect(stores.invitations.accept(id, { id: ada, email: 'bob@example.com' })).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await stores.invitations.get(id)).toBeDefined();
});

test('a withdrawn invitation is gone, and withdrawing twice is no error', async () => {
  const invitation = await invite();
  await stores.invitations.withdraw(invitation);
  await stores.invitations.withdraw(invitation);
  await expect(stores.invitations.accept(invitation.id, bobSignedIn)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
