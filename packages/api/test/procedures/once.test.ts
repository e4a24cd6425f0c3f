/** Request ids: what is repeated, what is refused, and for how long it is remembered. */
import { HqError } from '@hq/shared/errors';
import { compareBytes } from '@hq/shared/path';
import { beforeEach, expect, test } from 'vitest';
import type { Key, Table, Write } from '../../src/ports/table.ts';
import { writeBody } from '../../src/ports/table-limits.ts';
import { createStores } from '../../src/stores/stores.ts';
import { idOf, startApi, type ApiUnderTest } from '../../test-support/api-under-test.ts';
import { openMemoryPlace, type MemoryPlace } from '../../test-support/memory-place.ts';
import { refusalOf } from '../../test-support/refusal.ts';

const requestId = 'one-and-the-same-request';
let place: MemoryPlace;
let api: ApiUnderTest;
let vault: string;
beforeEach(async () => {
  place = openMemoryPlace();
  api = await startApi({ on: place });
  vault = (await api.organization('acme', { bob: 'admin' })).id;
});

const names = async () => (await api.as('ada').groups.list({ vault })).groups.map(({ name }) => name);

test('a request that is repeated after its answer was lost gets that answer, and changes nothing', async () => {
  const answer = await api.as('ada').groups.create({ vault, name: 'ops', requestId });
  await api.as('bob').groups.add({ vault, group: answer.id, member: idOf('bob') });
  place.calls.clear();
  expect(await api.as('ada').groups.create({ vault, name: 'ops', requestId })).toEqual(answer);
  // The look at who asks, and the entry that they did.
  expect(place.calls).toEqual(
    new Map([
      ['getMany', 1],
      ['transact', 1],
    ]),
  );
});

test('the id of one request is no other’s: another input and another procedure are refused, and change nothing', async () => {
  const group = (await api.as('ada').groups.create({ vault, name: 'ops', requestId })).id;
  const { create, add, remove } = api.as('ada').groups;
  expect(await refusalOf(create({ vault, name: 'finance', requestId }))).toBe('CONFLICT');
  expect(await refusalOf(add({ vault, group, member: idOf('bob'), requestId }))).toBe('CONFLICT');
  expect(await refusalOf(remove({ vault, group, requestId }))).toBe('CONFLICT');
  expect(await refusalOf(api.as('ada').acl.grant({ vault, path: 'x/', grantee: { kind: 'org' }, level: 'read', requestId }))).toBe('CONFLICT');
  expect(await names()).toEqual(['ops']);
});

test('the same input to another procedure is another request', async () => {
  const group = (await api.as('ada').groups.create({ vault, name: 'ops' })).id;
  const membership = { vault, group, member: idOf('bob'), requestId };
  await api.as('ada').groups.add(membership);
  expect(await refusalOf(api.as('ada').groups.drop(membership))).toBe('CONFLICT');
  expect((await api.as('ada').groups.list({ vault, group })).groups[0]).toMatchObject({ version: 2, reach: 1 });
});

/** Another process, whose first call that fits waits until something else has happened. */
async function slow(fits: (call: { readonly key?: Key; readonly writes?: readonly Write[] }) => boolean, happens: () => Promise<unknown>) {
  let waited = false;
  const wait = async (call: Parameters<typeof fits>[0]): Promise<void> => {
    if (waited || !fits(call)) return;
    waited = true;
    await happens();
  };
  const table: Table = {
    ...place.table,
    get: (key) => wait({ key }).then(() => place.table.get(key)),
    transact: (writes) => wait({ writes }).then(() => place.table.transact(writes)),
  };
  return startApi({ on: { ...place, table, stores: createStores({ ...place, table, region: 'us-east-1', pause: async () => {} }) } });
}

test('a repetition that comes in before the change is made, and looks after yet another one, gets the answer of the first', async () => {
  const group = (await api.as('ada').groups.create({ vault, name: 'ops' })).id;
  const ask = (by: ApiUnderTest) => by.as('ada').groups.add({ vault, group, member: idOf('bob'), requestId });
  let first: unknown;
  const repeating = await slow(
    ({ key }) => key?.sk === 'revision',
    async () => {
      first = await ask(api);
      await api.as('bob').groups.add({ vault, group, member: idOf('ada') });
    },
  );
  expect(await ask(repeating)).toEqual(first);
  expect(first).toMatchObject({ version: 2 });
});

test('a change that turns out to be made already, by someone who was faster, is on the trail all the same', async () => {
  const group = (await api.as('ada').groups.create({ vault, name: 'ops' })).id;
  const ask = (by: ApiUnderTest) => by.as('ada').groups.add({ vault, group, member: idOf('bob') });
  const slower = await slow(
    ({ writes }) => writes?.some((write) => writeBody(write).sk === 'revision') ?? false,
    () => ask(api),
  );
  expect(await ask(slower)).toMatchObject({ version: 2 });
  const { entries } = await api.stores.audit.list({ partition: vault, limit: 100 });
  const facts = entries.filter(({ action }) => action === 'groups.add').map(({ outcome, after }) => `${outcome} ${after === null ? 'nothing' : 'something'}`);
  expect(facts.toSorted(compareBytes)).toEqual(['done nothing', 'done something']);
});

test('the same id of someone else is their own', async () => {
  await api.as('ada').groups.create({ vault, name: 'ops', requestId });
  await api.as('bob').groups.create({ vault, name: 'finance', requestId });
  expect(await names()).toEqual(['finance', 'ops']);
});

test('who lost their right by or after the change still learns that it was made; others, and another change, are refused', async () => {
  const { id: group } = await api.as('bob').groups.create({ vault, name: 'ops', requestId });
  await api.as('ada').members.setRole({ vault, personId: idOf('bob'), role: 'contributor' });
  expect(await api.as('bob').groups.create({ vault, name: 'ops', requestId })).toMatchObject({ id: group });
  expect(await refusalOf(api.as('bob').groups.create({ vault, name: 'more', requestId: `${requestId}-2` }))).toBe('FORBIDDEN');
  const leave = { vault, requestId: `${requestId}-3` };
  const left = await api.as('bob').members.leave(leave);
  expect(await api.as('bob').members.leave(leave)).toEqual(left);
  expect(await api.as('bob').groups.create({ vault, name: 'ops', requestId })).toMatchObject({ id: group });
  expect(await refusalOf(api.as('bob').groups.create({ vault, name: 'ops', requestId: `${requestId}-4` }))).toBe('NOT_FOUND');
  expect(await refusalOf(api.as('eve').groups.create({ vault, name: 'ops', requestId }))).toBe('NOT_FOUND');
});

test('a receipt is kept for a day', async () => {
  const group = await api.as('ada').groups.create({ vault, name: 'ops', requestId });
  place.now += 24 * 3600 - 1;
  expect(await api.as('ada').groups.create({ vault, name: 'ops', requestId })).toEqual(group);
  place.now += 1;
  expect(await refusalOf(api.as('ada').groups.create({ vault, name: 'ops', requestId }))).toBe('CONFLICT');
  expect(await refusalOf(api.as('ada').groups.create({ vault, name: 'ops' }))).toBe('CONFLICT');
});

test('a change that was stored while the table gave no answer is answered as made', async () => {
  const silent = { ...place.table };
  const answering = await startApi({ on: { ...place, table: silent, stores: createStores({ ...place, table: silent, region: 'us-east-1' }) } });
  silent.transact = async (writes) => {
    await place.table.transact(writes);
    if (!writes.some((write) => writeBody(write).sk === 'revision')) return;
    throw new HqError('UNAVAILABLE', 'The table does not answer.');
  };
  expect(await answering.as('ada').groups.create({ vault, name: 'ops', requestId })).toMatchObject({ name: 'ops', version: 1 });
  expect(await refusalOf(answering.as('ada').groups.create({ vault, name: 'finance' }))).toBe('UNAVAILABLE');
});

test('what changes nothing is on the trail too, once', async () => {
  const group = (await api.as('ada').groups.create({ vault, name: 'ops' })).id;
  await api.as('ada').groups.drop({ vault, group, member: idOf('bob'), requestId });
  const { entries } = await api.stores.audit.list({ partition: vault, limit: 100 });
  expect(entries.filter(({ action }) => action === 'groups.drop')).toMatchObject([{ outcome: 'done', before: null, after: null }]);
});
