/** What each procedure about members costs: calls of the table, counted, with the one that every request begins with, and the entry of a look in the trail. */
import { beforeEach, expect, it } from 'vitest';
import { emailOf, idOf, startApi, type ApiUnderTest } from '../../test-support/api-under-test.ts';
import { openMemoryPlace, type MemoryPlace } from '../../test-support/memory-place.ts';

let place: MemoryPlace;
let api: ApiUnderTest;
let vault: string;
beforeEach(async () => {
  place = openMemoryPlace();
  api = await startApi({ on: place });
  ({ id: vault } = await api.organization('acme', { bob: 'contributor' }));
});

/** Calls of the table, those of one method together. */
async function costOf(call: () => Promise<unknown>): Promise<Record<string, number>> {
  place.calls.clear();
  await call();
  return Object.fromEntries(place.calls);
}

const ada = () => api.as('ada').members;
const bob = idOf('bob');
const invite = (email = emailOf('eve')) => ada().invite({ vault, email, role: 'contributor' });

it('a list is one query each of members, invitations and departures, and one batch each of people and inviters', async () => {
  expect(await costOf(() => ada().list({ vault }))).toEqual({ getMany: 3, query: 3, transact: 1 });
});

it('a role is set with one batch for who asks, one for who is changed, and their sessions', async () => {
  const set = (role: 'read-only' | 'contributor') => () => ada().setRole({ vault, personId: bob, role });
  expect(await costOf(set('read-only'))).toEqual({ get: 2, getMany: 3, query: 1, transact: 1 });
  // What more a role opens is compiled first: the whole organization is read.
  expect(await costOf(set('contributor'))).toEqual({ get: 3, getMany: 3, query: 3, transact: 1 });
});

it('an invitation is one transaction, and two updates for its letter', async () => {
  expect(await costOf(() => invite())).toEqual({ get: 2, getMany: 3, query: 2, transact: 1, update: 2 });
});

it('taking it back is one transaction', async () => {
  const { id: invitation } = await invite();
  expect(await costOf(() => ada().withdraw({ vault, invitation }))).toEqual({ get: 1, getMany: 3, query: 1, transact: 1 });
});

it('accepting looks at all that decides in one batch, after it has found it by its id', async () => {
  const { id: invitation } = await invite();
  // One transaction takes over the verified address, the other makes the member.
  expect(await costOf(() => api.as('eve').members.accept({ invitation }))).toEqual({ get: 4, getMany: 2, query: 1, transact: 2 });
});

it.each(['remove', 'leave'])('%s reads all that ends in one go, and ends it in one transaction', async (how) => {
  const end = () => (how === 'leave' ? api.as('bob').members.leave({ vault }) : ada().remove({ vault, personId: bob }));
  expect(await costOf(end)).toEqual({ get: 1, getMany: 4, query: 4, transact: 1 });
});

it('none of it grows with the number of rules, invitations and members, as long as they fit on one page', async () => {
  for (let n = 0; n < 40; n++) {
    await api.as('ada').acl.grant({ vault, path: `f${n}/`, grantee: { kind: 'person', id: bob }, level: 'read' });
    await invite(`p${n}@example.com`);
  }
  expect(await costOf(() => ada().list({ vault }))).toEqual({ getMany: 3, query: 3, transact: 1 });
  expect(await costOf(() => ada().remove({ vault, personId: bob }))).toEqual({ get: 1, getMany: 4, query: 4, transact: 1 });
});
