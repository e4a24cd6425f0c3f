/** What every table promises (`ports/table.ts`). Each adapter runs all of it; none may leave a part out. */
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { absent, all, atLeast, attributeIs, type Condition, ConditionFailed, present, versionIs, without } from '../../src/ports/table-condition.ts';
import type { Item, Table, Write } from '../../src/ports/table.ts';
import { refused } from '../../test-support/refused.ts';
import type { OpenTable, TableUnderTest } from '../../test-support/table-under-test.ts';

/** The failed conditions of a write, or `none`. */
async function failuresOf(write: Promise<unknown>): Promise<ReadonlyMap<number, Item | undefined> | 'none'> {
  try {
    await write;
    return 'none';
  } catch (error) {
    if (error instanceof ConditionFailed) return error.failures;
    throw error;
  }
}

export function tableContract(name: string, open: OpenTable): void {
  describe(`table contract: ${name}`, () => {
    let opened: TableUnderTest;
    let table: Table;
    let partitions = 0;
    let pk = '';

    beforeAll(async () => {
      opened = await open();
      table = opened.table;
    });
    afterAll(() => opened.close());
    beforeEach(() => {
      opened.now = 1_800_000_000;
      pk = `partition-${partitions++}`;
    });

    const put = (sk: string, attributes: Item['attributes'] = {}, condition?: Condition) =>
      table.put({ pk, sk, attributes, ...(condition === undefined ? {} : { condition }) });
    const names = async (query: Partial<Parameters<Table['query']>[0]> = {}) => (await table.query({ pk, limit: 100, ...query })).items.map((item) => item.sk);

    test('what was put reads back exactly, whatever it holds', async () => {
      const attributes = {
        text: 'naïve 👩‍🚀 "quoted" ${x} \u2028 \0 end',
        empty: '',
        zero: 0,
        big: Number.MAX_SAFE_INTEGER,
        small: Number.MIN_SAFE_INTEGER,
        yes: true,
        no: false,
        nothing: null,
        list: [1, 'two', [], {}, null, [true, { deep: ['x'] }]],
        map: { 'any name.#:$': { constructor: 'x', toString: 1 }, '0': 'zero' },
      };
      await put('a', attributes);
      expect(await table.get({ pk, sk: 'a' })).toEqual({ pk, sk: 'a', attributes, version: 1 });
    });

    test('a put takes the place of the whole item and counts its version', async () => {
      await put('a', { one: 1, two: 2 });
      const second = await put('a', { three: 3 });
      expect(second).toEqual({ pk, sk: 'a', attributes: { three: 3 }, version: 2 });
      expect(await table.get({ pk, sk: 'a' })).toEqual(second);
    });

    test('what is not there is undefined, and removing it is no error', async () => {
      expect(await table.get({ pk, sk: 'nothing' })).toBeUndefined();
      await table.remove({ pk, sk: 'nothing' });
      await put('a');
      await table.remove({ pk, sk: 'a' });
      expect(await table.get({ pk, sk: 'a' })).toBeUndefined();
      expect((await put('a')).version).toBe(1);
    });

    test('getMany answers in the order of its keys, also for missing, repeated and more than a hundred', async () => {
      await Promise.all(Array.from({ length: 120 }, (_, i) => put(`k${i}`, { i })));
      const keys = [...Array.from({ length: 120 }, (_, i) => ({ pk, sk: `k${119 - i}` })), { pk, sk: 'missing' }, { pk, sk: 'k7' }];
      const items = await table.getMany(keys);
      expect(items.map((item) => item?.attributes['i'])).toEqual([...Array.from({ length: 120 }, (_, i) => 119 - i), undefined, 7]);
      expect(await table.getMany([])).toEqual([]);
    });

    test('an update changes what it names and leaves the rest', async () => {
      await table.put({ pk, sk: 'a', attributes: { keep: 'me', drop: 'me', count: 5 }, expiresAt: opened.now + 100 });
      const item = await table.update({ pk, sk: 'a', set: { fresh: ['x'] }, remove: ['drop', 'never'], add: { count: -7, from: 3 } });
      expect(item).toEqual({ pk, sk: 'a', attributes: { keep: 'me', fresh: ['x'], count: -2, from: 3 }, version: 2, expiresAt: opened.now + 100 });
      expect(await table.get({ pk, sk: 'a' })).toEqual(item);
    });

    test('an update of nothing is a failed condition and makes nothing', async () => {
      const error = await refused(table.update({ pk, sk: 'a', set: { x: 1 } }), 'CONFLICT');
      expect(error).toBeInstanceOf(ConditionFailed);
      expect(await table.get({ pk, sk: 'a' })).toBeUndefined();
    });

    const conditions: [string, Condition, holdsOn: ('nothing' | 'item')[]][] = [
      ['absent', absent, ['nothing']],
      ['present', present, ['item']],
      ['the right version', versionIs(2), ['item']],
      ['another version', versionIs(1), []],
      ['an attribute that is', attributeIs('role', 'admin'), ['item']],
      ['an attribute among several', attributeIs('role', 'x', 'admin', 7), ['item']],
      ['an attribute that is not', attributeIs('role', 'Admin'), []],
      ['an attribute of another kind', attributeIs('count', '3'), []],
      ['a missing attribute', attributeIs('nothing', 'x'), []],
      ['a boolean', attributeIs('open', false), ['item']],
      ['at least: equal', atLeast('count', 3), ['item']],
      ['at least: more', atLeast('count', 4), []],
      ['at least: text', atLeast('role', 0), []],
      ['at least: missing', atLeast('nothing', 0), []],
      ['without what is not there', without('nothing'), ['item']],
      ['without what is there', without('role'), []],
      ['all that hold', all(present, versionIs(2), attributeIs('role', 'admin')), ['item']],
      ['all but one', all(present, versionIs(3)), []],
    ];
    test.each(conditions)('condition %s', async (_, condition, holdsOn) => {
      const writes: [string, (sk: string) => Promise<unknown>][] = [
        ['put', (sk) => table.put({ pk, sk, attributes: { written: true }, condition })],
        ['remove', (sk) => table.remove({ pk, sk, condition })],
        ['check', (sk) => table.transact([{ check: { pk, sk, condition } }])],
      ];
      for (const [kind, write] of writes) {
        const item = `item-${kind}`;
        await put(item, { role: 'draft' });
        const before = await put(item, { role: 'admin', count: 3, open: false });
        for (const target of ['nothing', 'item'] as const) {
          const sk = target === 'item' ? item : `nothing-${kind}`;
          const expected = target === 'item' ? before : undefined;
          const failures = await failuresOf(write(sk));
          expect([target, kind, failures]).toEqual([target, kind, holdsOn.includes(target) ? 'none' : new Map([[0, expected]])]);
          const stays = failures !== 'none' || kind === 'check';
          expect(isDeepStrictEqual(await table.get({ pk, sk }), expected)).toBe(stays || (kind === 'remove' && target === 'nothing'));
        }
      }
    });

    test('an item whose expiry has come is gone for reads, queries and conditions', async () => {
      const expiresAt = opened.now + 10;
      await table.put({ pk, sk: 'a', attributes: {}, expiresAt });
      await table.put({ pk, sk: 'b', attributes: {} });
      opened.now = expiresAt - 1;
      expect((await table.get({ pk, sk: 'a' }))?.expiresAt).toBe(expiresAt);
      opened.now = expiresAt;
      expect(await table.get({ pk, sk: 'a' })).toBeUndefined();
      expect((await table.getMany([{ pk, sk: 'a' }]))[0]).toBeUndefined();
      expect(await names()).toEqual(['b']);
      await expect(table.update({ pk, sk: 'a', set: { x: 1 } })).rejects.toMatchObject({ code: 'CONFLICT' });
      await expect(table.transact([{ check: { pk, sk: 'a', condition: present } }])).rejects.toMatchObject({ code: 'CONFLICT' });
      await put('a', { fresh: true }, absent);
      expect(await table.get({ pk, sk: 'a' })).toMatchObject({ attributes: { fresh: true } });
    });

    test('a put without an expiry and an update with null take it away', async () => {
      await table.put({ pk, sk: 'a', attributes: {}, expiresAt: opened.now + 10 });
      await put('a');
      await table.put({ pk, sk: 'b', attributes: {}, expiresAt: opened.now + 10 });
      await table.update({ pk, sk: 'b', expiresAt: null });
      opened.now += 100;
      expect(await names()).toEqual(['a', 'b']);
    });

    test('a transaction writes all, of every kind', async () => {
      await put('gone');
      await put('changed', { count: 1 });
      await put('checked');
      await table.transact([
        { put: { pk, sk: 'new', attributes: { a: 1 }, condition: absent } },
        { update: { pk, sk: 'changed', add: { count: 1 } } },
        { remove: { pk, sk: 'gone', condition: present } },
        { check: { pk, sk: 'checked', condition: versionIs(1) } },
      ]);
      expect(await names()).toEqual(['changed', 'checked', 'new']);
      expect((await table.get({ pk, sk: 'changed' }))?.attributes).toEqual({ count: 2 });
      expect((await table.get({ pk, sk: 'checked' }))?.version).toBe(1);
    });

    test('a transaction with one failed condition writes nothing and names each failure with what was there', async () => {
      const there = await put('there', { x: 1 });
      const writes: Write[] = [
        { put: { pk, sk: 'fine', attributes: {} } },
        { put: { pk, sk: 'there', attributes: {}, condition: absent } },
        { update: { pk, sk: 'missing', set: { x: 1 } } },
      ];
      const error = await refused(table.transact(writes), 'CONFLICT');
      expect(error instanceof ConditionFailed && [...error.failures]).toEqual([
        [1, there],
        [2, undefined],
      ]);
      expect(await names()).toEqual(['there']);
    });

    test('a hundred writes go in one transaction; a hundred and one, none, and one item twice are refused', async () => {
      const writes = Array.from({ length: 101 }, (_, i): Write => ({ put: { pk, sk: `k${i}`, attributes: {} } }));
      await expect(table.transact(writes)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
      await expect(table.transact([])).rejects.toMatchObject({ code: 'BAD_REQUEST' });
      await expect(table.transact([{ put: { pk, sk: 'a', attributes: {} } }, { remove: { pk, sk: 'a' } }])).rejects.toMatchObject({ code: 'BAD_REQUEST' });
      expect(await names()).toEqual([]);
      await table.transact(writes.slice(0, 100));
      expect(await names()).toHaveLength(100);
    });
  });
}
