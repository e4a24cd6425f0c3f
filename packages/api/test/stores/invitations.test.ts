import { newId } from '@hq/shared/ids';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { changing } from '../../src/stores/membership.ts';
import { type Invitation, invitationSeconds } from '../../src/stores/invitations.ts';
import { openStores, person, type StoresUnderTest } from '../../test-support/stores-under-test.ts';

let stores: StoresUnderTest;
let organizationId: string;
const [ada, bob, eve] = [person(1), person(2), person(3)];
beforeEach(async () => {
  stores = openStores();
  organizationId = (await stores.newOrganization(ada)).id;
  await stores.join(organizationId, bob, { role: 'admin' });
});
afterEach(() => stores.close());

async function invite(facts: Partial<Invitation> = {}): Promise<Invitation> {
  const invitedBy = facts.invitedBy ?? ada;
  const invitation: Invitation = {
    id: newId('invitation', randomBytes),
    organizationId,
    email: 'eve@example.com',
    role: 'contributor',
    invitedBy,
    term: (await stores.members.get(organizationId, invitedBy))?.term ?? '',
    createdAt: stores.now,
    expiresAt: stores.now + invitationSeconds,
    memberUntil: null,
    letter: 'waiting',
    ...facts,
  };
  await stores.table.transact(stores.invitations.plan(invitation));
  return invitation;
}

async function setRole(personId: string, role: 'admin' | 'contributor'): Promise<void> {
  const member = await stores.members.get(organizationId, personId);
  if (member !== undefined) await stores.table.transact(changing(member, { ...member, role, term: newId('term', randomBytes) }));
}

/** Where an invitation is seen: by its organization, by its address, and by whom it lets in. */
async function seen(invitation: Invitation): Promise<boolean[]> {
  return [
    (await stores.invitations.ofOrganization(organizationId)).some(({ id }) => id === invitation.id),
    (await stores.invitations.ofEmail(invitation.email)).some((each) => each.invitation.id === invitation.id),
    (await stores.invitations.forJoining(invitation, eve)).invitation !== undefined,
  ];
}

test('it is found by its id, by its organization and by its address', async () => {
  const invitation = await invite({ memberUntil: stores.now + 99 });
  expect(await stores.invitations.get(invitation.id)).toEqual(invitation);
  expect(await stores.invitations.ofOrganization(organizationId)).toEqual([invitation]);
  expect(await stores.invitations.ofEmail('eve@example.com')).toEqual([{ invitation, organizationName: 'acme' }]);
  expect(await stores.invitations.ofEmail('bob@example.com')).toEqual([]);
});

test('whom it lets in, and what stands in the way, is one look', async () => {
  const invitation = await invite();
  await stores.join(organizationId, eve, { email: 'eve@example.com' });
  const before = new Map(stores.calls);
  const { member, ...joining } = await stores.invitations.forJoining(invitation, eve);
  expect([joining, member?.personId]).toEqual([{ invitation, organizationName: 'acme', holder: eve }, eve]);
  expect((stores.calls.get('getMany') ?? 0) - (before.get('getMany') ?? 0)).toBe(1);
});

test('after seven days it is gone', async () => {
  const invitation = await invite();
  stores.now += invitationSeconds - 1;
  expect(await seen(invitation)).toEqual([true, true, true]);
  stores.now += 1;
  expect(await seen(invitation)).toEqual([false, false, false]);
  expect(await stores.invitations.get(invitation.id)).toBeUndefined();
});

test('a second one for an address takes the place of the first', async () => {
  const [first, second] = [await invite(), await invite({ invitedBy: bob })];
  expect(await stores.invitations.get(first.id)).toBeUndefined();
  expect(await seen(first)).toEqual([false, false, false]);
  expect(await seen(second)).toEqual([true, true, true]);
});

test('it ends with its inviter’s role, and does not come back with it', async () => {
  const invitation = await invite({ invitedBy: bob });
  await setRole(bob, 'contributor');
  expect(await seen(invitation)).toEqual([false, false, false]);
  await setRole(bob, 'admin');
  expect(await seen(invitation)).toEqual([false, false, false]);
});

test('it ends with its inviter’s membership, and does not come back with it', async () => {
  const invitation = await invite({ invitedBy: bob });
  await stores.leave(organizationId, bob);
  expect(await seen(invitation)).toEqual([false, false, false]);
  await stores.join(organizationId, bob, { role: 'admin' });
  expect(await seen(invitation)).toEqual([false, false, false]);
});

test('ending one leaves nothing of it', async () => {
  const invitation = await invite();
  await stores.table.transact(stores.invitations.planEnd(invitation));
  expect(await seen(invitation)).toEqual([false, false, false]);
  const { items } = await stores.table.query({ pk: 'email#eve@example.com', limit: 10 });
  expect(items).toEqual([]);
});

test('of all who take a letter one gets it, and it goes out once', async () => {
  const letter = await invite();
  expect((await Promise.all([1, 2, 3].map(() => stores.invitations.takeLetter(letter)))).toSorted()).toEqual(['lost', 'lost', 'taken']);
  await stores.invitations.settleLetter(letter, 'waiting');
  expect(await stores.invitations.takeLetter(letter)).toBe('taken');
  await stores.invitations.settleLetter(letter, 'sent');
  expect(await stores.invitations.takeLetter(letter)).toBe('sent');
  expect(await stores.invitations.get(letter.id)).toEqual({ ...letter, letter: 'sent' });
});

test('a letter of an invitation that was replaced is lost, and does not touch the new one', async () => {
  const first = await invite();
  expect(await stores.invitations.takeLetter(first)).toBe('taken');
  const second = await invite();
  await stores.invitations.settleLetter(first, 'sent');
  expect(await stores.invitations.takeLetter(first)).toBe('lost');
  expect(await stores.invitations.takeLetter(second)).toBe('taken');
});
