/** One request, sent again or at the same time, before and after crashes: one change, one answer, one entry in the trail. */
import { expect, test } from 'vitest';
import { idOf, startApi } from '../../test-support/api-under-test.ts';
import { simulateMany, type Place, type World } from '../../test-support/simulation.ts';

const ada = async (on: Place) => (await startApi({ on })).as('ada');
const requestId = 'one-and-the-same-request';

async function prepare(world: World): Promise<{ readonly vault: string; readonly group: string }> {
  const api = await startApi({ on: world });
  const { id: vault } = await api.organization('acme', { bob: 'contributor' });
  return { vault, group: (await api.as('ada').groups.create({ vault, name: 'finance' })).id };
}

/** How often a procedure is in the trail as done. */
async function entriesOf({ stores }: World, vault: string, action: string): Promise<number> {
  const { entries } = await stores.audit.list({ partition: vault, limit: 1000 });
  return entries.filter((entry) => entry.action === action && entry.outcome === 'done').length;
}

test('the same request from three processes at once, of which one crashes, is one change with one answer, and so it stays', async () => {
  const answers = new Map<string, unknown[]>();
  const outcomes = await simulateMany(500, {
    processes: 3,
    crashes: 1,
    prepare,
    async run(process, _, { vault, group }) {
      const answer = await (await ada(process)).groups.add({ vault, group, member: idOf('bob'), version: 1, requestId });
      answers.set(vault, [...(answers.get(vault) ?? []), answer]);
    },
    async check(world, { vault, group }) {
      const again = await (await ada(world)).groups.add({ vault, group, member: idOf('bob'), version: 1, requestId });
      expect(again).toMatchObject({ id: group, version: 2 });
      for (const answer of answers.get(vault) ?? []) expect(answer).toEqual(again);
      // Repetitions write nothing at all, so that their number tells nothing.
      expect(await entriesOf(world, vault, 'groups.add')).toBeGreaterThanOrEqual(1);
      expect((await (await ada(world)).groups.list({ vault, group })).groups[0]?.version).toBe(2);
    },
  });
  expect(new Set(outcomes)).toEqual(new Set(['done', 'crashed']));
});

test('a group made by the same request twice at once is one group', async () => {
  const made = new Map<string, unknown[]>();
  const outcomes = await simulateMany(300, {
    processes: 2,
    crashes: 1,
    prepare,
    async run(process, _, { vault }) {
      const answer = await (await ada(process)).groups.create({ vault, name: 'ops', requestId });
      made.set(vault, [...(made.get(vault) ?? []), answer]);
    },
    async check(world, { vault }) {
      const again = await (await ada(world)).groups.create({ vault, name: 'ops', requestId });
      for (const answer of made.get(vault) ?? []) expect(answer).toEqual(again);
      expect((await (await ada(world)).groups.list({ vault })).groups.map(({ name }) => name)).toEqual(['finance', 'ops']);
    },
  });
  expect(new Set(outcomes)).toEqual(new Set(['done', 'crashed']));
});

test('a crash at any call leaves a change and its entry in the trail, or neither', async () => {
  const seen = new Set<string>();
  await simulateMany(600, {
    processes: 2,
    crashes: 2,
    prepare,
    async run(process, n, { vault, group }) {
      if (n === 0) await (await ada(process)).groups.add({ vault, group, member: idOf('bob') });
      else await (await ada(process)).acl.grant({ vault, path: 'x/', grantee: { kind: 'group', id: group }, level: 'read' });
    },
    async check(world, { vault, group }, ends) {
      const { members, records } = await world.stores.access.loadOrganization(vault);
      const added = members.get(idOf('bob'))?.groups.includes(group) ? 1 : 0;
      const granted = [...records.values()].flatMap(({ rules }) => rules).length;
      expect([await entriesOf(world, vault, 'groups.add'), await entriesOf(world, vault, 'acl.grant')]).toEqual([added, granted]);
      seen.add(`${ends[0] === 'crashed' ? 'crashed' : 'done'} ${added}`).add(`${ends[1] === 'crashed' ? 'crashed' : 'done'} ${granted}`);
    },
  });
  // Crashes before the change, and between the change and its answer.
  expect([...seen].toSorted()).toEqual(['crashed 0', 'crashed 1', 'done 1']);
});

test('two changes under one request id are one, and the other is told so', async () => {
  await simulateMany(300, {
    processes: 2,
    prepare,
    run: async (process, n, { vault }) => (await ada(process)).groups.create({ vault, name: `made-by-${n}`, requestId }),
    async check(world, { vault }, ends) {
      expect(ends.filter((end) => end === 'done')).toHaveLength(1);
      expect(ends.filter((end) => end !== 'done')).toMatchObject([{ code: 'CONFLICT', message: expect.stringContaining('request id') }]);
      expect((await (await ada(world)).groups.list({ vault })).groups).toHaveLength(2);
    },
  });
  expect.hasAssertions();
});

test('the same id of two people is two requests', async () => {
  await simulateMany(100, {
    processes: 2,
    async prepare(world) {
      const prepared = await prepare(world);
      await (await ada(world)).members.setRole({ vault: prepared.vault, personId: idOf('bob'), role: 'admin' });
      return prepared;
    },
    run: async (process, n, { vault }) =>
      (await startApi({ on: process })).as(n === 0 ? 'ada' : 'bob').groups.create({ vault, name: `made-by-${n}`, requestId }),
    async check(world, { vault }, ends) {
      expect(ends).toEqual(['done', 'done']);
      expect((await (await ada(world)).groups.list({ vault })).groups).toHaveLength(3);
    },
  });
  expect.hasAssertions();
});
