import { canonicalPath } from '@hq/shared/path';
import type { AclRecord, Rule } from '@hq/shared/acl/rule';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { planDeparture } from '../../src/stores/departure.ts';
import { leftoversOf } from '../../src/stores/leftovers.ts';
import { openStores, person, type StoresUnderTest } from '../../test-support/stores-under-test.ts';

let stores: StoresUnderTest;
let id: string;
const [ada, bob, eve] = [person(1), person(2), person(3)];
const email = 'bob@example.com';
const forPerson = (personId: string): Rule => ({ grantee: { kind: 'person', id: personId }, level: 'read' });
const forAddress = (address: string): Rule => ({ grantee: { kind: 'email', email: address }, level: 'write' });

beforeEach(async () => {
  stores = openStores();
  id = (await stores.newOrganization(ada)).id;
});
afterEach(() => stores.close());

const record = (path: string, facts: Partial<AclRecord>): AclRecord => ({ path: canonicalPath(path), rules: [], open: false, version: 1, ...facts });
async function store(...records: readonly AclRecord[]): Promise<void> {
  for (let at = 0; at < records.length; at += 100) await stores.table.transact(records.slice(at, at + 100).map((each) => stores.rules.plan(id, each)));
}
const stored = async () => stores.rules.recordsUnder(id, canonicalPath(''));
const gone = (personId: string, address: string | null = null) =>
  stores.table.transact([planDeparture({ organizationId: id, personId, email: address }, stores.now)]);
/** Calls of the table that write. */
const written = () => stores.calls.get('transact') ?? 0;

test('a record loses what is theirs by id, by address and by making, and nothing else', () => {
  const others: Rule[] = [
    forPerson(eve),
    forAddress('eve@example.com'),
    { grantee: { kind: 'org' }, level: 'read' },
    { grantee: { kind: 'group', id: bob }, level: 'read' },
  ];
  const before = record('a/', { rules: [forPerson(bob), ...others, forAddress(email)], createdBy: bob, open: true });
  expect(leftoversOf([{ personId: bob, email }]).without(before, 0)).toEqual({ path: 'a/', rules: others, open: true, version: 2 });
  expect(leftoversOf([{ personId: eve, email: null }]).without(before, 0)).toMatchObject({
    createdBy: bob,
    rules: before.rules.slice(0, 1).concat(others.slice(1), forAddress(email)),
  });
});

test('a record with nothing of theirs is not touched', () => {
  const before = record('a/', { rules: [forPerson(eve)], createdBy: eve });
  expect(leftoversOf([{ personId: bob, email }]).without(before, 0)).toBe(before);
});

test('what someone has left is cleared in as many transactions as it takes', async () => {
  await store(...Array.from({ length: 250 }, (_, i) => record(`f${i}/`, { rules: [forPerson(bob), forPerson(eve)], createdBy: bob })));
  await gone(bob);
  const before = written();
  await stores.departures.settle(id);
  expect(written() - before).toBe(4);
  expect(new Set((await stored()).map(({ rules, createdBy, version }) => JSON.stringify([rules, createdBy, version])))).toEqual(
    new Set([JSON.stringify([[forPerson(eve)], undefined, 2])]),
  );
  expect(await stores.departures.due(id)).toEqual([]);
});

test('records of many rules do not make a transaction too large', async () => {
  const long = (n: number): Rule[] => Array.from({ length: 490 }, (_, i) => forAddress(`${'x'.repeat(200)}${n}.${i}@example.com`));
  for (let n = 0; n < 24; n++) await store(record(`f${n}/`, { rules: [forPerson(bob), ...long(n)] }));
  await gone(bob);
  await stores.departures.settle(id);
  expect((await stored()).map(({ rules }) => rules.length)).toEqual(Array.from({ length: 24 }, () => 490));
});

test('many who are gone are cleared together, and records that they share once', async () => {
  const leavers = Array.from({ length: 25 }, (_, i) => person(100 + i));
  await store(record('shared/', { rules: [forPerson(eve), ...leavers.map(forPerson)] }));
  for (const each of leavers) await gone(each);
  await stores.departures.settle(id);
  expect((await stored()).map(({ rules }) => rules)).toEqual([[forPerson(eve)]]);
  expect(await stores.departures.due(id)).toEqual([]);
});

test('what is not due yet stays, and so does everything of theirs', async () => {
  await stores.join(id, bob, { email, expiresAt: stores.now + 60 });
  await store(record('a/', { rules: [forPerson(bob), forAddress(email)] }));
  await stores.departures.settle(id);
  expect((await stored()).map(({ rules }) => rules.length)).toEqual([2]);
  stores.now += 60;
  await stores.departures.settle(id);
  expect((await stored()).map(({ rules }) => rules.length)).toEqual([0]);
  const { entries } = await stores.audit.list({ partition: id, limit: 10 });
  expect(entries).toMatchObject([{ action: 'members.clear', personId: bob, paths: ['a/'], after: { done: true } }]);
});

test('a change that must not meet the past begins when it is cleared', async () => {
  await store(record('a/', { rules: [forPerson(bob)] }));
  await gone(bob);
  const seen = await stores.departures.change(id, async () => ({ writes: [], result: (await stored()).flatMap(({ rules }) => rules) }));
  expect(seen).toEqual([]);
});

test('where nobody is gone, a change costs one look more than it would', async () => {
  const nothing = async () => ({ writes: [], result: 1 });
  stores.calls.clear();
  await stores.revisions.change(id, nothing);
  const plain = Object.fromEntries(stores.calls);
  stores.calls.clear();
  await stores.departures.change(id, nothing);
  expect(Object.fromEntries(stores.calls)).toEqual({ ...plain, query: 1 });
});
