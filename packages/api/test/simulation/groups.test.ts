/** Groups under races of several processes, and under crashes: what must hold in every order of their calls. */
import { unfold } from '@hq/shared/acl/groups';
import { expect, test } from 'vitest';
import type { Table, Write } from '../../src/ports/table.ts';
import { createStores } from '../../src/stores/stores.ts';
import { idOf, startApi } from '../../test-support/api-under-test.ts';
import { codeOf, simulateMany, type Place, type Scenario, type World } from '../../test-support/simulation.ts';

const ada = async (on: Place) => (await startApi({ on })).as('ada');

interface Prepared {
  readonly vault: string;
  readonly groups: readonly string[];
}

/** An organization of Ada's with Bob in it, and some groups. */
async function prepare(world: World, count: number): Promise<Prepared> {
  const api = await startApi({ on: world });
  const { id: vault } = await api.organization('acme', { bob: 'contributor' });
  const groups: string[] = [];
  for (let n = 0; n < count; n++) groups.push((await api.as('ada').groups.create({ vault, name: `g${n}` })).id);
  return { vault, groups };
}

/** Each of several writers puts one group into the next, all around. */
const circle = (writers: number, placeOf: (process: Place) => Place = (process) => process): Scenario<Prepared> => ({
  processes: writers,
  prepare: (world) => prepare(world, writers),
  async run(process, n, { vault, groups }) {
    await (await ada(placeOf(process))).groups.add({ vault, group: groups[(n + 1) % writers] ?? '', member: groups[n] ?? '' });
  },
  async check(world, { vault }, ends) {
    const { groups: tree } = await world.stores.access.loadMembers(vault);
    for (const [group, around] of tree) expect(unfold(around, tree).has(group)).toBe(false);
    expect(ends.map(codeOf).filter((end) => end === 'CONFLICT')).toHaveLength(1);
  },
});

test('two writers never close a cycle of groups: one of them is refused, always', async () => {
  await expect(simulateMany(1000, circle(2))).resolves.toHaveLength(2000);
});

test('neither do four, who need each other for it', async () => {
  await expect(simulateMany(200, circle(4))).resolves.toHaveLength(800);
});

test('the same writers do close it where the revision is not looked at, and are caught', async () => {
  const careless = ({ table, clock, randomBytes }: Place): Place => {
    const blind = (write: Write): Write => {
      if (!('put' in write) || write.put.sk !== 'revision') return write;
      const { condition: _, ...put } = write.put;
      return { put };
    };
    const over: Table = { ...table, transact: (writes) => table.transact(writes.map(blind)) };
    return { table: over, clock, randomBytes, stores: createStores({ table: over, clock, randomBytes, region: 'us-east-1' }) };
  };
  await expect(simulateMany(200, circle(2, careless), 0)).rejects.toThrow(/HQ_SIMULATION_SEED/);
});

test('two writers never make a chain deeper than eight', async () => {
  const outcomes = await simulateMany(200, {
    processes: 2,
    async prepare(world) {
      const prepared = await prepare(world, 9);
      const { groups } = await ada(world);
      // Chains of 4, 1 and 4 groups; joined on both sides they would be 9.
      for (const n of [0, 1, 2, 5, 6, 7]) await groups.add({ vault: prepared.vault, group: prepared.groups[n + 1] ?? '', member: prepared.groups[n] ?? '' });
      return prepared;
    },
    async run(process, n, { vault, groups }) {
      const [inner, outer] = n === 0 ? [3, 4] : [4, 5];
      await (await ada(process)).groups.add({ vault, group: groups[outer] ?? '', member: groups[inner] ?? '' });
    },
    check: (_, __, ends) => expect(ends.map(codeOf).toSorted()).toEqual(['CONFLICT', 'done']),
  });
  expect(outcomes).toHaveLength(400);
});

test('a name is one group’s, whoever asks at the same time', async () => {
  await simulateMany(200, {
    processes: 3,
    prepare: (world) => prepare(world, 0),
    run: async (process, _, { vault }) => (await ada(process)).groups.create({ vault, name: 'finance' }),
    async check(world, { vault }, ends) {
      expect(ends.map(codeOf).toSorted()).toEqual(['CONFLICT', 'CONFLICT', 'done']);
      expect((await (await ada(world)).groups.list({ vault })).groups).toHaveLength(1);
    },
  });
  expect.hasAssertions();
});

test('a group that goes while it is granted to and filled leaves no rule that names it, and nobody in it', async () => {
  const outcomes = await simulateMany(400, {
    processes: 3,
    crashes: 1,
    prepare: (world) => prepare(world, 1),
    async run(process, n, { vault, groups: [group = ''] }) {
      const api = await ada(process);
      if (n === 0) await api.groups.remove({ vault, group });
      if (n === 1) await api.acl.grant({ vault, path: 'x/', grantee: { kind: 'group', id: group }, level: 'write' });
      if (n === 2) await api.groups.add({ vault, group, member: idOf('bob') });
    },
    async check(world, { vault, groups: [group = ''] }) {
      const { members, groups, records } = await world.stores.access.loadOrganization(vault);
      const named = [...records.values()].some(({ rules }) => rules.some(({ grantee }) => grantee.kind === 'group'));
      const caller = (await world.stores.access.load(vault, idOf('bob'), [])).caller;
      expect({ granted: named && !groups.has(group), inside: caller.groups.size > 0 && !groups.has(group) }).toEqual({ granted: false, inside: false });
      expect(members.size).toBe(2);
    },
  });
  expect(new Set(outcomes.map(codeOf))).toEqual(new Set(['done', 'crashed', 'NOT_FOUND']));
});

test('grants at one path lose none of each other', async () => {
  await simulateMany(300, {
    processes: 4,
    crashes: 1,
    prepare: (world) => prepare(world, 0),
    run: async (process, n, { vault }) =>
      (await ada(process)).acl.grant({ vault, path: 'x/', grantee: { kind: 'email', email: `p${n}@example.com` }, level: 'write' }),
    async check(world, { vault }, ends) {
      const { records } = await (await ada(world)).acl.list({ vault, path: 'x/' });
      const granted = new Set(records.flatMap(({ rules }) => rules.map(({ grantee }) => (grantee.kind === 'email' ? grantee.email : ''))));
      const answered = ends.flatMap((end, n) => (end === 'done' ? [`p${n}@example.com`] : []));
      expect(answered.filter((email) => !granted.has(email))).toEqual([]);
      // What crashed may have been carried out, and nothing else.
      expect(granted.size - answered.length).toBeLessThanOrEqual(ends.includes('crashed') ? 1 : 0);
    },
  });
  expect.hasAssertions();
});

test('additions to one group lose none of each other, and its version counts them', async () => {
  await simulateMany(200, {
    processes: 3,
    prepare: (world) => prepare(world, 4),
    run: async (process, n, { vault, groups }) => (await ada(process)).groups.add({ vault, group: groups[0] ?? '', member: groups[n + 1] ?? '' }),
    async check(world, { vault, groups: [group = '', ...inner] }) {
      const [listed] = (await (await ada(world)).groups.list({ vault, group })).groups;
      expect(listed).toMatchObject({ version: 4 });
      expect(listed?.groups.toSorted()).toEqual(inner.toSorted());
    },
  });
  expect.hasAssertions();
});
