/** Groups at their limits and one past them, and what each call of theirs costs. */
import type { GroupTree } from '@hq/shared/acl/groups';
import { canonicalPath } from '@hq/shared/path';
import { beforeEach, describe, expect, it } from 'vitest';
import { idOf, startApi, type ApiUnderTest } from '../../test-support/api-under-test.ts';
import { openMemoryPlace, type MemoryPlace } from '../../test-support/memory-place.ts';
import { refusedWith } from '../../test-support/refusal.ts';

let place: MemoryPlace;
let api: ApiUnderTest;
let vault: string;
beforeEach(async () => {
  place = openMemoryPlace();
  api = await startApi({ on: place });
  vault = (await api.organization('acme', { bob: 'contributor' })).id;
});

const id = (n: number): string => `grp_${String(n).padStart(26, '0')}`;
/** Groups as if they had been made one by one. */
async function store(tree: GroupTree): Promise<void> {
  for (const group of tree.keys()) {
    const made = { id: group, name: group.slice(-6), createdAt: place.now, version: 1 };
    await place.table.transact(place.stores.groups.planCreate(vault, made, new Map()).slice(1));
  }
  await place.table.transact([place.stores.groups.planTree(vault, tree)]);
}
const groups = (count: number): [string, string[]][] => Array.from({ length: count }, (_, n) => [id(n), []]);
const tooMany = (what: string) => expect.objectContaining({ code: 'TOO_LARGE', message: expect.stringContaining(what), hint: expect.any(String) });

describe('an organization', () => {
  it('has a thousand groups, and not one more until one is removed', async () => {
    await store(new Map(groups(999)));
    const { create, remove, list } = api.as('ada').groups;
    const { id: last } = await create({ vault, name: 'last' });
    expect(await refusedWith(create({ vault, name: 'more' }))).toEqual(tooMany('1000 groups'));
    expect((await list({ vault })).groups).toHaveLength(1000);
    await remove({ vault, group: last });
    expect(await create({ vault, name: 'more' })).toMatchObject({ name: 'more' });
  });

  it('has a thousand groups in groups, and not one more until some are taken out', async () => {
    // 31 groups, each in each of 32 others, and eight more in the first of these.
    const inner: [string, string[]][] = Array.from({ length: 31 }, (_, n) => [id(100 + n), Array.from({ length: 32 }, (__, outer) => id(outer))]);
    const tree = new Map([...groups(32), ...inner, ...Array.from({ length: 9 }, (_, n): [string, string[]] => [id(200 + n), n < 7 ? [id(0)] : []])]);
    expect([...tree.values()].flat()).toHaveLength(999);
    await store(tree);
    const { add, drop, remove } = api.as('ada').groups;
    await add({ vault, group: id(0), member: id(207) });
    expect(await refusedWith(add({ vault, group: id(0), member: id(208) }))).toEqual(tooMany('1000 groups in groups'));
    await drop({ vault, group: id(5), member: id(100) });
    await add({ vault, group: id(0), member: id(208) });
    // A group that is gone holds none any more.
    expect(await refusedWith(add({ vault, group: id(2), member: id(208) }))).toEqual(tooMany('1000 groups in groups'));
    await remove({ vault, group: id(1) });
    for (let n = 0; n < 8; n++) await add({ vault, group: id(2), member: id(200 + n) });
  });
});

describe('a person', () => {
  it('is in a hundred groups directly, and in no other until they leave one', async () => {
    await store(new Map(groups(102)));
    const { add, drop, remove } = api.as('ada').groups;
    const member = idOf('bob');
    for (let n = 0; n < 100; n++) await add({ vault, group: id(n), member });
    expect(await refusedWith(add({ vault, group: id(100), member }))).toEqual(tooMany('100 groups'));
    await drop({ vault, group: id(7), member });
    await add({ vault, group: id(100), member });
    // A group that is gone takes no place, though its name is on their item still.
    await remove({ vault, group: id(8) });
    await add({ vault, group: id(101), member });
    expect((await place.stores.members.get(vault, member))?.groups).toHaveLength(100);
  });

  it('is reached through eight groups, and a ninth is refused', async () => {
    const chain: [string, string[]][] = Array.from({ length: 9 }, (_, n) => [id(n), n < 7 ? [id(n + 1)] : []]);
    await store(new Map(chain));
    const { add } = api.as('ada').groups;
    await add({ vault, group: id(0), member: idOf('bob') });
    await api.as('ada').acl.grant({ vault, path: 'x/', grantee: { kind: 'group', id: id(7) }, level: 'write' });
    expect((await api.as('bob').files.access({ vault, cone: '', paths: ['x/y'] })).levels).toEqual(['write']);
    expect(await refusedWith(add({ vault, group: id(8), member: id(7) }))).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('8 deep') });
    expect(await refusedWith(add({ vault, group: id(0), member: id(7) }))).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('in itself') });
  });
});

describe('what it costs', () => {
  /** The calls of the table that something makes, without the entry of a query in the trail. */
  async function costOf(call: () => Promise<unknown>): Promise<Record<string, number>> {
    await api.ports.trail.flush();
    place.calls.clear();
    await call();
    return Object.fromEntries(place.calls);
  }

  it('an authorization is one look, however deep the groups and however many', async () => {
    const deep: [string, string[]][] = Array.from({ length: 1000 }, (_, n) => [id(n), n % 8 === 7 ? [] : [id(n + 1)]]);
    await store(new Map(deep));
    await api.as('ada').groups.add({ vault, group: id(0), member: idOf('bob') });
    await api.as('ada').acl.grant({ vault, path: 'x/', grantee: { kind: 'group', id: id(7) }, level: 'write' });
    place.calls.clear();
    const access = await place.stores.access.load(vault, idOf('bob'), [canonicalPath('x/y/z')]);
    expect(access.caller.groups.size).toBe(8);
    expect(place.calls).toEqual(new Map([['getMany', 1]]));
  });

  it('a list is the groups, the members, and how groups lie in one another', async () => {
    await store(new Map(groups(20)));
    // The look at who asks, and the entry in the trail.
    expect(await costOf(() => api.as('bob').groups.list({ vault }))).toEqual({ getMany: 1, query: 2, get: 1, transact: 1 });
    // With the people of one, their addresses.
    expect(await costOf(() => api.as('bob').groups.list({ vault, group: id(3) }))).toEqual({ getMany: 2, query: 2, get: 1, transact: 1 });
  });

  it('a new group is two looks and one transaction', async () => {
    expect(await costOf(() => api.as('ada').groups.create({ vault, name: 'a' }))).toEqual({ getMany: 2, get: 1, transact: 1 });
  });

  it('every other change reads the organization once, and is one transaction', async () => {
    await store(new Map(groups(2)));
    const { add, drop, remove } = api.as('ada').groups;
    // Who asks; the revision, the group and the tree; the members and the records.
    const reads = { getMany: 1, get: 3, query: 2 };
    expect(await costOf(() => add({ vault, group: id(0), member: idOf('bob') }))).toEqual({ ...reads, transact: 1 });
    expect(await costOf(() => add({ vault, group: id(0), member: id(1) }))).toEqual({ ...reads, transact: 1 });
    // And the sessions that live on.
    expect(await costOf(() => drop({ vault, group: id(0), member: idOf('bob') }))).toEqual({ ...reads, query: 3, transact: 1 });
    expect(await costOf(() => remove({ vault, group: id(0) }))).toEqual({ ...reads, query: 2, transact: 1 });
  });

  it('who may not change anything is refused after the one look at who asks', async () => {
    await store(new Map(groups(1)));
    const { create, add, drop, remove } = api.as('bob').groups;
    const membership = { vault, group: id(0), member: idOf('bob') };
    for (const call of [() => create({ vault, name: 'x' }), () => add(membership), () => drop(membership), () => remove({ vault, group: id(0) })]) {
      expect(await costOf(() => refusedWith(call()))).toEqual({ getMany: 1, transact: 1 });
    }
  });
});
