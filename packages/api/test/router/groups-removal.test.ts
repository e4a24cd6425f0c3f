/** The end of a group that many rules name: its people lose everything at once, and a crash in between leaves nothing for good. */
import { canonicalPath } from '@hq/shared/path';
import type { Grantee, Rule } from '@hq/shared/acl/rule';
import { beforeEach, expect, it } from 'vitest';
import { idOf, startApi, type ApiUnderTest } from '../../test-support/api-under-test.ts';
import { openMemoryPlace, type MemoryPlace } from '../../test-support/memory-place.ts';
import { refusalOf } from '../../test-support/refusal.ts';

const requestId = 'one-and-the-same-request';
let place: MemoryPlace;
let api: ApiUnderTest;
let vault: string;
let group: string;
beforeEach(async () => {
  place = openMemoryPlace();
  api = await startApi({ on: place });
  vault = (await api.organization('acme', { bob: 'contributor' })).id;
  group = (await api.as('ada').groups.create({ vault, name: 'crew' })).id;
  await api.as('ada').groups.add({ vault, group, member: idOf('bob') });
});

const pathOf = (n: number): string => `folder-${String(n).padStart(4, '0')}/`;
const everyone: Rule = { grantee: { kind: 'org' }, level: 'read' };

/** Rules for the group, beside one that stays, on so many paths. */
async function grant(count: number, others: readonly Rule[] = [everyone]): Promise<void> {
  const rules: Rule[] = [{ grantee: { kind: 'group', id: group }, level: 'write' }, ...others];
  for (let n = 0; n < count; n++)
    await place.table.transact([place.stores.rules.plan(vault, { path: canonicalPath(pathOf(n)), rules, open: false, version: 1 })]);
}

const left = async () => {
  const { records } = await place.stores.access.loadOrganization(vault);
  const grantees = [...records.values()].flatMap(({ rules }) => rules.map(({ grantee }) => grantee));
  return { group: grantees.filter(isGroup).length, others: grantees.filter((grantee) => !isGroup(grantee)).length };
};
const isGroup = ({ kind }: Grantee): boolean => kind === 'group';
const level = async () => (await api.as('bob').files.access({ vault, cone: '', paths: [pathOf(299)] })).levels[0];

it('takes one transaction for eighty paths, and no rule of anybody else', async () => {
  await grant(80);
  place.calls.clear();
  const removed = await api.as('ada').groups.remove({ vault, group });
  expect(removed).toMatchObject({ ruleCount: 80, rules: Array.from({ length: 80 }, (_, n) => pathOf(n)) });
  expect(place.calls.get('transact')).toBe(1);
  expect(await left()).toEqual({ group: 0, others: 80 });
});

it('takes as many as it needs for more, and names the first hundred', async () => {
  await grant(300);
  expect(await level()).toBe('write');
  place.calls.clear();
  const removed = await api.as('ada').groups.remove({ vault, group });
  expect(removed).toMatchObject({ ruleCount: 300, rules: Array.from({ length: 100 }, (_, n) => pathOf(n)) });
  expect(place.calls.get('transact')).toBe(4);
  expect(await left()).toEqual({ group: 0, others: 300 });
});

it('takes more where the records are large', async () => {
  const many = Array.from({ length: 499 }, (_, n): Rule => ({ grantee: { kind: 'email', email: `${'x'.repeat(150)}${n}@example.com` }, level: 'read' }));
  await grant(60, many);
  await api.as('ada').groups.remove({ vault, group });
  expect(await left()).toEqual({ group: 0, others: 60 * 499 });
});

it('cut short at any call is not made, or made at once for its people; the same request again, or another removal, clears the rest', async () => {
  await grant(300);
  const other = (await api.as('ada').groups.create({ vault, name: 'other' })).id;
  const ask = () => api.as('ada').groups.remove({ vault, group, requestId });
  const states: string[] = [];
  let calls = 0;
  for (let answered = false; !answered; calls++) {
    place.callsLeft = calls;
    answered =
      (await ask().then(
        () => 'answered',
        () => 'failed',
      )) === 'answered';
    place.callsLeft = Number.POSITIVE_INFINITY;
    const rules = (await left()).group;
    const state = `${await level()} ${rules}`;
    if (states.at(-1) !== state) states.push(state);
    // As it was before anything that comes after the first transaction: the next round begins there.
    if (state === 'read 140') break;
  }
  // The first eighty go together with the group.
  expect(states).toEqual(['write 300', 'read 220', 'read 140']);
  await api.as('ada').groups.remove({ vault, group: other });
  expect(await left()).toEqual({ group: 0, others: 300 });
  expect(await ask()).toMatchObject({ id: group, ruleCount: 300 });
});

it('cut short after its first transaction is finished by the same request', async () => {
  await grant(300);
  const ask = () => api.as('ada').groups.remove({ vault, group, requestId });
  // Who asks; the revision, the members, the tree, the records, the group, the sessions; the transaction.
  place.callsLeft = 8;
  expect(await refusalOf(ask())).toBe('UNAVAILABLE');
  place.callsLeft = Number.POSITIVE_INFINITY;
  expect([await level(), (await left()).group]).toEqual(['read', 220]);
  expect(await refusalOf(api.as('ada').groups.remove({ vault, group }))).toBe('NOT_FOUND');
  expect(await ask()).toMatchObject({ id: group, ruleCount: 300 });
  expect(await left()).toEqual({ group: 0, others: 300 });
});
