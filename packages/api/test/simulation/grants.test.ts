/** Changes of the rules of one path that race: none is lost, and of those that were based on the same version one is made. */
import { HqError } from '@hq/shared/errors';
import { root } from '@hq/shared/path';
import { expect, test } from 'vitest';
import { idOf, startApi, type Name } from '../../test-support/api-under-test.ts';
import { simulateMany, type Outcome, type World } from '../../test-support/simulation.ts';

const codeOf = (outcome: Outcome | undefined) => (outcome instanceof HqError ? outcome.code : outcome);
const people: readonly Name[] = ['ada', 'bob', 'eve'];

async function prepare(world: World): Promise<string> {
  const api = await startApi({ on: world });
  const { id: vault } = await api.organization('acme', { bob: 'contributor', eve: 'contributor' });
  await api.as('ada').acl.grant({ vault, path: 'a/', grantee: { kind: 'person', id: idOf('bob') }, level: 'admin' });
  return vault;
}

const recordOf = async ({ stores }: World, vault: string) => (await stores.rules.recordsUnder(vault, root))[0];

test('three grants to three people at one path are all there, each a version of its own', async () => {
  const outcomes = await simulateMany(300, {
    processes: 3,
    prepare,
    async run(process, n, vault) {
      const api = await startApi({ on: process });
      await api.as('ada').acl.grant({ vault, path: 'a/', grantee: { kind: 'person', id: idOf(people[n] ?? 'ada') }, level: 'read' });
    },
    async check(world, vault) {
      const record = await recordOf(world, vault);
      expect(record?.version).toBe(4);
      expect(record?.rules.map(({ grantee, level }) => `${'id' in grantee ? grantee.id : ''} ${level}`).toSorted()).toEqual(
        people.map((name) => `${idOf(name)} read`).toSorted(),
      );
    },
  });
  expect(new Set(outcomes.map(codeOf))).toEqual(new Set(['done']));
});

test('of three changes on the same version one is made, and the others hear of it', async () => {
  const all = await simulateMany(300, {
    processes: 3,
    prepare,
    async run(process, n, vault) {
      const ada = (await startApi({ on: process })).as('ada');
      if (n === 0) await ada.acl.setOpen({ vault, path: 'a/', open: true, version: 1 });
      else await ada.acl.grant({ vault, path: 'a/', grantee: { kind: 'org' }, level: n === 1 ? 'read' : 'write', version: 1 });
    },
    async check(world, vault, outcomes) {
      expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1);
      expect((await recordOf(world, vault))?.version).toBe(2);
    },
  });
  expect(new Set(all.map(codeOf))).toEqual(new Set(['done', 'CONFLICT']));
});

test('who is no longer admin of a path when the change is made does not make it', async () => {
  const outcomes = await simulateMany(300, {
    processes: 2,
    prepare,
    async run(process, n, vault) {
      const api = await startApi({ on: process });
      if (n === 0) await api.as('ada').acl.revoke({ vault, path: 'a/', grantee: { kind: 'person', id: idOf('bob') } });
      else await api.as('bob').acl.grant({ vault, path: 'a/', grantee: { kind: 'person', id: idOf('eve') }, level: 'write' });
    },
    async check(world, vault, [, granted]) {
      const { entries } = await world.stores.audit.list({ partition: vault, limit: 10 });
      const done = entries.filter(({ outcome, action }) => outcome === 'done' && (action === 'acl.revoke' || action === 'acl.grant'));
      // Newest first: a grant of Bob's is never newer than the end of his rule.
      expect(done.findIndex(({ personId }) => personId === idOf('bob'))).not.toBe(0);
      expect((await recordOf(world, vault))?.rules).toHaveLength(granted === 'done' ? 1 : 0);
    },
  });
  expect(new Set(outcomes.map(codeOf))).toEqual(new Set(['done', 'NOT_FOUND']));
});
