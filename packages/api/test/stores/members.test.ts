import { HqError } from '@hq/shared/errors';
import type { Role } from '@hq/shared/roles';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { seeded } from '../../test-support/seeded.ts';
import { openStores, person, type StoresUnderTest } from '../../test-support/stores-under-test.ts';

let stores: StoresUnderTest;
let organizationId: string;
const ada = person(1);
beforeEach(async () => {
  stores = openStores();
  organizationId = (await stores.newOrganization(ada)).id;
});
afterEach(() => stores.close());

async function join(n: number, role: Role): Promise<string> {
  const email = `p${n}@example.com`;
  const { id } = await stores.invitations.create({ organizationId, email, role, invitedBy: ada, invitedByRole: 'admin' });
  await stores.invitations.accept(id, { id: person(n), email });
  return person(n);
}
const admins = async () => (await stores.members.list(organizationId)).filter(({ role }) => role === 'admin').map(({ personId }) => personId);

test('the last admin can neither leave nor be demoted', async () => {
  await join(2, 'contributor');
  await expect(stores.members.remove(organizationId, ada)).rejects.toMatchObject({ code: 'LAST_ADMIN' });
  await expect(stores.members.setRole(organizationId, ada, 'contributor')).rejects.toMatchObject({ code: 'LAST_ADMIN' });
  expect(await admins()).toEqual([ada]);
});

test('with a second admin the first may go, and then the second is the last', async () => {
  const bob = await join(2, 'contributor');
  await stores.members.setRole(organizationId, bob, 'admin');
  await stores.members.remove(organizationId, ada);
  expect(await admins()).toEqual([bob]);
  await expect(stores.members.remove(organizationId, bob)).rejects.toMatchObject({ code: 'LAST_ADMIN' });
});

test('somebody who is not there, or no longer, is not found', async () => {
  const bob = await join(2, 'read-only');
  await stores.members.remove(organizationId, bob);
  await expect(stores.members.remove(organizationId, bob)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(stores.members.setRole(organizationId, bob, 'admin')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await stores.organizations.ofPerson(bob)).toEqual([]);
  expect(await stores.members.get(organizationId, bob)).toBeUndefined();
});

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
describe(`races (SEED=${seed})`, () => {
  test('two admins who remove each other at once leave one', async () => {
    for (let round = 0; round < 10; round++) {
      const bob = await join(2, 'admin');
      const results = await Promise.allSettled([stores.members.remove(organizationId, ada), stores.members.remove(organizationId, bob)]);
      expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      const [left] = await admins();
      expect(await admins()).toHaveLength(1);
      // Start again with Ada alone.
      if (left !== ada) {
        const { id } = await stores.invitations.create({ organizationId, email: 'a@x.org', role: 'admin', invitedBy: bob, invitedByRole: 'admin' });
        await stores.invitations.accept(id, { id: ada, email: 'a@x.org' });
        await stores.members.remove(organizationId, bob);
      }
    }
  });

  test('whatever many do to each other at once, an admin is left and the count is true', async () => {
    const random = seeded(seed);
    const people = [ada, ...(await Promise.all([2, 3, 4, 5].map((n) => join(n, n < 4 ? 'admin' : 'contributor'))))];
    const roles: Role[] = ['admin', 'contributor', 'read-only'];
    const act = async (): Promise<void> => {
      for (let i = 0; i < 15; i++) {
        const whom = people[random.below(people.length)] ?? ada;
        const change =
          random.below(6) === 0 ? stores.members.remove(organizationId, whom) : stores.members.setRole(organizationId, whom, roles[random.below(3)] ?? 'admin');
        await change.catch((error: unknown) => {
          if (!(error instanceof HqError) || !['LAST_ADMIN', 'NOT_FOUND', 'CONFLICT'].includes(error.code)) throw error;
        });
      }
    };
    await Promise.all(Array.from({ length: 6 }, act));
    const left = await admins();
    expect(left.length).toBeGreaterThan(0);
    expect((await stores.table.get({ pk: organizationId, sk: 'admins' }))?.attributes).toEqual({ count: left.length });
  });
});
