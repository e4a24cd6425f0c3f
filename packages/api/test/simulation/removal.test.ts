/** Removing someone while others grant to them, invite them back and look; and while the one who removes them crashes. Nothing of theirs is left. */
import type { Rule } from '@hq/shared/acl/rule';
import { HqError } from '@hq/shared/errors';
import { canonicalPath, root } from '@hq/shared/path';
import { expect, test } from 'vitest';
import { noRecord } from '../../src/stores/rules.ts';
import { emailOf, idOf, startApi } from '../../test-support/api-under-test.ts';
import { simulateMany, type Outcome, type World } from '../../test-support/simulation.ts';

const codeOf = (outcome: Outcome | undefined) => (outcome instanceof HqError ? outcome.code : outcome);
const bob = { kind: 'person', id: idOf('bob') } as const;
const bobsRules: readonly Rule[] = [
  { grantee: bob, level: 'read' },
  { grantee: { kind: 'email', email: emailOf('bob') }, level: 'write' },
]; // prettier-ignore

/** Bob with rules in so many records, of which he made every second. */
async function prepare(world: World, records: number): Promise<string> {
  const api = await startApi({ on: world });
  const { id } = await api.organization('acme', { bob: 'contributor' });
  for (let n = 0; n < records; n++) {
    const record = { ...noRecord(canonicalPath(`old${n}/`)), rules: bobsRules, version: 1, ...(n % 2 === 0 ? { createdBy: idOf('bob') } : {}) };
    await world.table.transact([world.stores.rules.plan(id, record)]);
  }
  return id;
}

/** Paths of records with anything that is Bob's. */
async function bobs({ stores }: World, vault: string): Promise<string[]> {
  const records = await stores.rules.recordsUnder(vault, root);
  const theirs = records.filter(({ rules, createdBy }) => createdBy === idOf('bob') || rules.some(({ grantee }) => isBob(grantee)));
  return theirs.map(({ path }) => path);
}
const isBob = (grantee: Rule['grantee']) =>
  (grantee.kind === 'person' && grantee.id === bob.id) || (grantee.kind === 'email' && grantee.email === emailOf('bob'));

test('removal against grant: whoever is first, a person who is gone has no rule', async () => {
  const outcomes = await simulateMany(500, {
    processes: 3,
    crashes: 1,
    prepare: (world) => prepare(world, 1),
    async run(process, n, vault) {
      const api = (await startApi({ on: process })).as('ada');
      if (n === 0) await api.members.remove({ vault, personId: idOf('bob') });
      else await api.acl.grant({ vault, path: `new${n}/`, grantee: bob, level: 'write' });
    },
    async check(world, vault, ends) {
      const member = await world.stores.members.get(vault, idOf('bob'));
      const left = await bobs(world, vault);
      expect([ends[0] === 'done' && member !== undefined, left.includes('old0/'), left.length > 0]).toEqual([
        false,
        member !== undefined,
        member !== undefined,
      ]);
    },
  });
  expect(new Set(outcomes.map(codeOf))).toEqual(new Set(['done', 'NOT_FOUND', 'crashed']));
});

test('a removal of many transactions, that crashes anywhere, is finished by whoever comes next', async () => {
  const comes = ['lists', 'invites', 'removes', 'grants'] as const;
  const seen = new Set<string>();
  await simulateMany(250, {
    processes: 2,
    crashes: 1,
    prepare: (world) => prepare(world, 170),
    async run(process, n, vault) {
      const api = (await startApi({ on: process })).as('ada');
      if (n === 0) await api.members.remove({ vault, personId: idOf('bob') });
      else await api.groups.create({ vault, name: 'other' });
    },
    async check(world, vault) {
      const left = (await bobs(world, vault)).length;
      const stays = (await world.stores.members.get(vault, idOf('bob'))) !== undefined;
      seen.add(`${stays ? 'stayed' : 'left'} with ${left === 170 ? 'everything' : left === 0 ? 'nothing' : 'a part'}`);
      const { members, acl } = (await startApi({ on: world })).as('ada');
      // The crash was before the removal began: it is made anew.
      if (stays) await members.remove({ vault, personId: idOf('bob') });
      const next = comes[world.seed % comes.length];
      if (next === 'lists') await members.list({ vault });
      if (next === 'invites') await members.invite({ vault, email: emailOf('bob'), role: 'contributor' });
      if (next === 'removes') await members.remove({ vault, personId: idOf('bob') }).catch(() => {});
      if (next === 'grants') await acl.grant({ vault, path: 'x/', grantee: { kind: 'org' }, level: 'read' });
      expect([next, await bobs(world, vault)]).toEqual([next, []]);
      expect(await world.stores.departures.due(vault)).toEqual([]);
    },
  });
  expect(seen).toEqual(new Set(['stayed with everything', 'left with a part', 'left with nothing']));
});

test('who is invited back while the removal still goes on has nothing of before', async () => {
  const came = new Set<string>();
  await simulateMany(150, {
    processes: 2,
    crashes: 1,
    async prepare(world) {
      const vault = await prepare(world, 170);
      return { vault, first: (await world.stores.members.get(vault, idOf('bob')))?.term };
    },
    async run(process, n, { vault }) {
      const api = await startApi({ on: process });
      if (n === 0) await api.as('ada').members.remove({ vault, personId: idOf('bob') });
      // Bob is a member still, as long as inviting him is a conflict; should the removal crash before it began, he stays one.
      for (let tries = n === 0 ? 30 : 0; tries < 30; tries++) {
        const invitation = await api
          .as('ada')
          .members.invite({ vault, email: emailOf('bob'), role: 'contributor' })
          .catch(() => undefined);
        if (invitation === undefined) continue;
        await api.as('bob').members.accept({ invitation: invitation.id });
        break;
      }
    },
    async check(world, { vault, first }) {
      const left = (await bobs(world, vault)).length;
      const member = await world.stores.members.get(vault, idOf('bob'));
      came.add(member === undefined ? 'is gone' : member.term === first ? 'never left' : 'is back');
      // Who is gone may have left something that is not cleared yet; who is back has met none of it.
      expect(left).toSatisfy((count: number) => member === undefined || count === (member.term === first ? 170 : 0));
    },
  });
  expect(came).toEqual(new Set(['never left', 'is gone', 'is back']));
});
