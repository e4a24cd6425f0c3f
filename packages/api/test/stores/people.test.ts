import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStores, person, type StoresUnderTest } from '../../test-support/stores-under-test.ts';

let stores: StoresUnderTest;
beforeEach(() => {
  stores = openStores();
});
afterEach(() => stores.close());

const [ada, bob] = [person(1), person(2)];
const verified = (personId: string, email: string | null) => ({ personId, email, emailVerified: true });

test('somebody unseen is known by nothing but their id', async () => {
  expect(await stores.people.get(ada)).toEqual({ id: ada, email: null, signedOutBefore: null });
  expect(await stores.people.byEmail('ada@example.com')).toBeUndefined();
});

test('a verified address leads to its person, and binding it again changes nothing', async () => {
  for (let i = 0; i < 2; i++) expect((await stores.people.bind(verified(ada, 'ada@example.com'))).email).toBe('ada@example.com');
  expect(await stores.people.byEmail('ada@example.com')).toBe(ada);
});

test("an address that is not verified is nobody's, also one that was verified before", async () => {
  await stores.people.bind(verified(ada, 'ada@example.com'));
  await stores.people.bind({ personId: ada, email: 'ada@example.com', emailVerified: false });
  expect((await stores.people.get(ada)).email).toBeNull();
  expect(await stores.people.byEmail('ada@example.com')).toBeUndefined();
});

test('an address moves to whom the issuer verified it for last, and leaves the one before without it', async () => {
  await stores.people.bind(verified(ada, 'shared@example.com'));
  await stores.people.bind(verified(bob, 'bob@example.com'));
  await stores.people.bind(verified(bob, 'shared@example.com'));
  expect((await stores.people.getMany([ada, bob])).map(({ email }) => email)).toEqual([null, 'shared@example.com']);
  expect(await stores.people.byEmail('shared@example.com')).toBe(bob);
  expect(await stores.people.byEmail('bob@example.com')).toBeUndefined();
});

test('two who claim one address at once leave it with exactly one of them', async () => {
  await Promise.all([stores.people.bind(verified(ada, 'x@example.com')), stores.people.bind(verified(bob, 'x@example.com'))]);
  const holders = (await stores.people.getMany([ada, bob])).filter(({ email }) => email !== null);
  expect(holders.map(({ id }) => id)).toEqual([await stores.people.byEmail('x@example.com')]);
});

test('signing out never moves back, and keeps the address', async () => {
  await stores.people.bind(verified(ada, 'ada@example.com'));
  await Promise.all([stores.people.signOut(ada, 500), stores.people.signOut(ada, 700), stores.people.signOut(ada, 600)]);
  expect(await stores.people.get(ada)).toEqual({ id: ada, email: 'ada@example.com', signedOutBefore: 700 });
});
