/** Whatever admins do to each other at the same time, one is left: no order of calls takes the last. */
import { HqError } from '@hq/shared/errors';
import { expect, test } from 'vitest';
import type { Table, Write } from '../../src/ports/table.ts';
import { createStores } from '../../src/stores/stores.ts';
import { idOf, startApi, type Name } from '../../test-support/api-under-test.ts';
import { simulateMany, type Outcome, type Place, type Process, type Scenario, type World } from '../../test-support/simulation.ts';

const names = ['ada', 'bob', 'eve'] as const;
const codeOf = (outcome: Outcome) => (outcome instanceof HqError ? outcome.code : outcome);

async function prepare(world: World, others: readonly Name[] = ['bob', 'eve']): Promise<string> {
  const api = await startApi({ on: world });
  const { id } = await api.organization('acme', Object.fromEntries(others.map((name) => [name, 'admin'])));
  return id;
}

/** Something that makes an admin less: of oneself, or of another. */
async function act(place: Place, { chance }: Process, vault: string, asker: Name): Promise<void> {
  const { members } = (await startApi({ on: place })).as(asker);
  const personId = idOf(names[chance.below(names.length)] ?? asker);
  const acts = [
    () => members.leave({ vault }),
    () => members.remove({ vault, personId }),
    () => members.setRole({ vault, personId, role: 'contributor' }),
    () => members.setRole({ vault, personId, role: 'read-only', expiresAt: place.clock() + 60 }),
  ];
  await acts[chance.below(acts.length)]?.();
}

async function adminsOf(world: World, vault: string): Promise<number> {
  const { members } = await world.stores.access.loadMembers(vault);
  const admins = [...members.values()].filter(({ role }) => role === 'admin').length;
  // The number that is kept beside them is theirs.
  expect((await world.stores.members.getCounted(vault, idOf('ada'))).admins).toBe(admins);
  return admins;
}

const fewer = (placeOf: (process: Process) => Place = (process) => process, crashes = 0): Scenario<string> => ({
  processes: names.length,
  crashes,
  prepare: (world) => prepare(world),
  run: async (process, n, vault) => act(placeOf(process), process, vault, names[n] ?? 'ada'),
  async check(world, vault) {
    expect(await adminsOf(world, vault)).toBeGreaterThan(0);
    world.pass(120);
    expect(await adminsOf(world, vault)).toBeGreaterThan(0);
  },
});

test('1,000 races of three admins who leave, demote, remove and give ends never leave none', async () => {
  const outcomes = await simulateMany(1000, fewer());
  // All of it came up, the refusal that matters too.
  expect(new Set(outcomes.map(codeOf))).toEqual(new Set(['done', 'LAST_ADMIN', 'FORBIDDEN', 'NOT_FOUND']));
});

test('nor where some of them crash', async () => {
  const outcomes = await simulateMany(300, fewer(undefined, 2));
  expect(outcomes).toContain('crashed');
});

test('two admins who leave at once: one does, and one is told that they are the last', async () => {
  const outcomes = await simulateMany(300, {
    processes: 2,
    prepare: (world) => prepare(world, ['bob']),
    run: async (process, n, vault) => (await startApi({ on: process })).as(names[n] ?? 'ada').members.leave({ vault }),
    check: (_, __, ends) => expect(ends.map(codeOf).toSorted()).toEqual(['LAST_ADMIN', 'done']),
  });
  expect(outcomes).toHaveLength(600);
});

test('a demoted admin changes nothing that was on its way', async () => {
  const outcomes = await simulateMany(300, {
    processes: 2,
    prepare: (world) => prepare(world),
    async run(process, n, vault) {
      const { members } = (await startApi({ on: process })).as(n === 0 ? 'ada' : 'bob');
      await members.setRole({ vault, personId: idOf(n === 0 ? 'bob' : 'eve'), role: 'contributor' });
    },
    async check(world, vault, ends) {
      const { members } = await world.stores.access.loadMembers(vault);
      expect([members.get(idOf('bob'))?.role, members.get(idOf('eve'))?.role]).toEqual(['contributor', ends[1] === 'done' ? 'contributor' : 'admin']);
    },
  });
  expect(new Set(outcomes.map(codeOf))).toEqual(new Set(['done', 'FORBIDDEN']));
});

test('where neither the revision nor the count is looked at, the last one goes, and the race shows it', async () => {
  const careless = ({ table, clock, randomBytes }: Process): Place => {
    const blind = (write: Write): Write => {
      if ('put' in write && write.put.sk === 'revision') {
        const { condition: _, ...put } = write.put;
        return { put };
      }
      if ('update' in write && write.update.sk === 'admins') return { update: { pk: write.update.pk, sk: write.update.sk, add: { count: -1 } } };
      return write;
    };
    const over: Table = { ...table, transact: (writes) => table.transact(writes.map(blind)) };
    return { table: over, clock, randomBytes, stores: createStores({ table: over, clock, randomBytes, region: 'us-east-1' }) };
  };
  await expect(simulateMany(1000, fewer(careless), 0)).rejects.toThrow(/HQ_SIMULATION_SEED/);
});
