/** Joining under races: one invitation is one membership, and it ends with its inviter in every order. */
import { HqError } from '@hq/shared/errors';
import { expect, test } from 'vitest';
import { createCaller } from '../../src/index.ts';
import { emailOf, idOf, startApi, type Name } from '../../test-support/api-under-test.ts';
import { simulateMany, type Outcome, type Place, type World } from '../../test-support/simulation.ts';

const codeOf = (outcome: Outcome | undefined) => (outcome instanceof HqError ? outcome.code : outcome);
const codesOf = (outcomes: readonly Outcome[]) => outcomes.map(codeOf).toSorted((a, b) => String(a).localeCompare(String(b)));
interface Prepared {
  readonly vault: string;
  readonly invitation: string;
}

/** Eve's address is invited, by Bob. */
async function prepare(world: World): Promise<Prepared> {
  const api = await startApi({ on: world });
  const { id: vault } = await api.organization('acme', { bob: 'admin' });
  const { id: invitation } = await api.as('bob').members.invite({ vault, email: emailOf('eve'), role: 'contributor' });
  return { vault, invitation };
}

/** Someone to whom the issuer gives Eve's address, whoever they are. */
async function withEvesAddress(on: Place, name: Name) {
  const context = (await startApi({ on })).contextOf(name);
  const refresh = async () => ({ id: idOf(name), email: emailOf('eve'), signedOutBefore: null });
  return createCaller({ ...context, ports: { ...context.ports, profiles: { refresh } } });
}

/** Who is in, with the address that is theirs in the organization; from all three sides. */
async function joined({ stores, table }: World, vault: string): Promise<string[]> {
  const { members } = await stores.access.loadMembers(vault);
  const others = [...members.values()].filter(({ personId }) => personId !== idOf('ada') && personId !== idOf('bob'));
  for (const { personId, email } of others) {
    expect((await stores.organizations.ofPerson(personId)).map(({ organization }) => organization.id)).toEqual([vault]);
    const claim = await table.get({ pk: vault, sk: `address/${email}` });
    expect(claim?.attributes['personId']).toBe(email === null ? undefined : personId);
  }
  return others.map(({ personId, email }) => `${personId} ${email}`);
}

test('two people who show the same address can not both use an invitation', async () => {
  await simulateMany(200, {
    processes: 2,
    prepare,
    run: async (process, n, { invitation }) => (await withEvesAddress(process, n === 0 ? 'eve' : 'kim')).members.accept({ invitation }),
    async check(world, { vault }, ends) {
      expect(codesOf(ends)).toEqual(['done', 'NOT_FOUND']);
      expect(await joined(world, vault)).toEqual([`${idOf(ends[0] === 'done' ? 'eve' : 'kim')} ${emailOf('eve')}`]);
    },
  });
  expect.hasAssertions();
});

test('one person who accepts twice at once, and crashes perhaps, is a member once', async () => {
  await simulateMany(200, {
    processes: 2,
    crashes: 1,
    prepare,
    run: async (process, _, { invitation }) => (await startApi({ on: process })).as('eve').members.accept({ invitation }),
    async check(world, { vault, invitation }, ends) {
      expect(['crashed,done', 'crashed,NOT_FOUND', 'done,NOT_FOUND']).toContain(codesOf(ends).join());
      const again = (await startApi({ on: world })).as('eve').members.accept({ invitation });
      await again.catch(() => {});
      expect(await joined(world, vault)).toEqual([`${idOf('eve')} ${emailOf('eve')}`]);
    },
  });
  expect.hasAssertions();
});

test('the same request of one person, sent twice at once, is answered the same', async () => {
  const request = { requestId: 'one-and-the-same-request' };
  await simulateMany(150, {
    processes: 2,
    prepare,
    run: async (process, _, { invitation }) => (await startApi({ on: process })).as('eve').members.accept({ invitation, ...request }),
    check: (_, __, ends) => expect(ends).toEqual(['done', 'done']),
  });
  expect.hasAssertions();
});

test('an inviter who goes, or is demoted, lets nobody in after that', async () => {
  const outcomes = await simulateMany(300, {
    processes: 2,
    prepare,
    async run(process, n, { vault, invitation }) {
      const api = await startApi({ on: process });
      if (n === 0) await api.as('eve').members.accept({ invitation });
      else if (process.chance.below(2) === 0) await api.as('ada').members.remove({ vault, personId: idOf('bob') });
      else await api.as('ada').members.setRole({ vault, personId: idOf('bob'), role: 'contributor' });
    },
    async check(world, { vault }, [accepted]) {
      expect(await joined(world, vault)).toHaveLength(accepted === 'done' ? 1 : 0);
      expect(await world.stores.invitations.ofOrganization(vault)).toEqual([]);
    },
  });
  expect(new Set(outcomes.map(codeOf))).toEqual(new Set(['done', 'NOT_FOUND']));
});

test('two invitations to one address at once leave one open, and its letter is its own', async () => {
  await simulateMany(150, {
    processes: 2,
    prepare,
    run: async (process, n, { vault }) =>
      (await startApi({ on: process })).as(n === 0 ? 'ada' : 'bob').members.invite({ vault, email: 'new@example.com', role: 'read-only' }),
    async check({ stores }, { vault }) {
      const open = (await stores.invitations.ofOrganization(vault)).filter(({ email }) => email === 'new@example.com');
      expect(open.map(({ letter }) => letter)).toEqual(['sent']);
    },
  });
  expect.hasAssertions();
});
