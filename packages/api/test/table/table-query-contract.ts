/** The second half of what every table promises: order, ranges, pages and limits. */
import { compareBytes } from '@hq/shared/path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { maxItemBytes } from '../../src/ports/table-limits.ts';
import type { Query, Table, Value } from '../../src/ports/table.ts';
import type { OpenTable, TableUnderTest } from '../../test-support/table-under-test.ts';

/** Characters from every region where orders differ: below and above surrogates, beyond the basic plane, and the very last. */
const hostile = ['a', 'b', '/', '~', '\u007f', 'é', '\ud7ff', '\ue000', '\uffff', '😀', '\u{10ffff}', '\0', '%', '_', '*'];
const sortKey = fc.array(fc.constantFrom(...hostile), { minLength: 1, maxLength: 6 }).map((characters) => characters.join(''));

/** The order itself, by the bytes. */
const compareUtf8 = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** How much an engine is asked to do: random partitions, and elements of the longest list (the most that fit are 131,067, over which moto takes half a minute). */
export interface QueryEffort {
  readonly runs: number;
  readonly elements: number;
}

export function tableQueryContract(name: string, open: OpenTable, { runs, elements }: QueryEffort): void {
  describe(`table queries: ${name}`, () => {
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
      pk = `partition-${partitions++}`;
    });

    async function everyPage(query: Query): Promise<string[]> {
      const found: string[] = [];
      for (let cursor: string | null = null; ; ) {
        const page = await table.query({ ...query, ...(cursor === null ? {} : { cursor }) });
        expect(page.items.length).toBeLessThanOrEqual(query.limit);
        found.push(...page.items.map((item) => item.sk));
        if (page.cursor === null) return found;
        cursor = page.cursor;
      }
    }

    test('keys come in the order of their UTF-8 bytes, by any prefix, range, page size and direction', async () => {
      const scenario = fc.record({
        keys: fc.uniqueArray(sortKey, { maxLength: 12 }),
        prefix: sortKey,
        edges: fc.tuple(sortKey, sortKey).map((pair) => pair.toSorted(compareBytes)),
        limit: fc.integer({ min: 1, max: 5 }),
        reverse: fc.boolean(),
      });
      await fc.assert(
        fc.asyncProperty(scenario, async ({ keys, prefix, edges: [from = '', to = ''], limit, reverse }) => {
          pk = `property-${partitions++}`;
          await Promise.all(keys.map((sk) => table.put({ pk, sk, attributes: {} })));
          const expected = (keep: (sk: string) => boolean) => {
            const kept = keys.filter(keep).toSorted(compareUtf8);
            return reverse ? kept.toReversed() : kept;
          };
          expect(await everyPage({ pk, limit, reverse })).toEqual(expected(() => true));
          expect(await everyPage({ pk, limit, reverse, prefix })).toEqual(expected((sk) => sk.startsWith(prefix)));
          const within = (sk: string) => compareUtf8(sk, from) >= 0 && compareUtf8(sk, to) <= 0;
          expect(await everyPage({ pk, limit, reverse, from, to })).toEqual(expected(within));
          expect(await everyPage({ pk, limit, reverse, from })).toEqual(expected((sk) => compareUtf8(sk, from) >= 0));
          expect(await everyPage({ pk, limit, reverse, to })).toEqual(expected((sk) => compareUtf8(sk, to) <= 0));
        }),
        { numRuns: runs },
      );
    });

    test('a prefix at the edge of what characters there are ends where it should', async () => {
      const keys = ['\ud7ff', '\ud7ffx', '\ue000', '\u{10ffff}', '\u{10ffff}\u{10ffff}x'];
      for (const sk of keys) await table.put({ pk, sk, attributes: {} });
      for (const prefix of ['\ud7ff', '\ue000', '\u{10ffff}', '\u{10ffff}\u{10ffff}']) {
        expect(await everyPage({ pk, limit: 2, prefix })).toEqual(keys.filter((sk) => sk.startsWith(prefix)));
      }
    });

    test('a partition never shows what another holds', async () => {
      await table.put({ pk, sk: 'a', attributes: {} });
      await table.put({ pk: `${pk}x`, sk: 'b', attributes: {} });
      expect(await everyPage({ pk, limit: 10 })).toEqual(['a']);
    });

    test('a page whose items have all expired leads on to those that have not', async () => {
      opened.now = 1_800_000_000;
      for (let i = 0; i < 9; i++) await table.put({ pk, sk: `a${i}`, attributes: {}, expiresAt: opened.now + 1 });
      await table.put({ pk, sk: 'b', attributes: {} });
      opened.now += 5;
      expect(await everyPage({ pk, limit: 2 })).toEqual(['b']);
    });

    test('a sort key holds 1 to 1,024 bytes, whatever the characters', async () => {
      const longest = ['x'.repeat(1024), 'é'.repeat(512), '😀'.repeat(256)];
      for (const sk of longest) await table.put({ pk, sk, attributes: {} });
      expect(await everyPage({ pk, limit: 10 })).toEqual(longest);
      for (const sk of ['', 'x'.repeat(1025), `${'é'.repeat(512)}x`, '\ud800']) {
        await expect(table.put({ pk, sk, attributes: {} })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
        await expect(table.get({ pk, sk })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
        await expect(table.remove({ pk, sk })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
      }
    });

    test('an item of the largest size is stored whole, a larger one refused', async () => {
      const fits = 'x'.repeat(maxItemBytes - '{"text":""}'.length);
      await table.put({ pk, sk: 'fits', attributes: { text: fits } });
      expect((await table.get({ pk, sk: 'fits' }))?.attributes['text']).toBe(fits);
      // Small elements are what DynamoDB counts dearest.
      const list: Value[] = Array.from({ length: elements }, () => 1);
      await table.put({ pk, sk: 'list', attributes: { list } });
      await expect(table.put({ pk, sk: 'large', attributes: { text: `${fits}x` } })).rejects.toMatchObject({ code: 'TOO_LARGE' });
      expect(await everyPage({ pk, limit: 10 })).toEqual(['fits', 'list']);
    });

    test('values that no engine keeps exactly are refused', async () => {
      const values: unknown[] = [1.5, Number.NaN, Infinity, 2 ** 53, undefined, 1n, '\ud800', { '': 1 }, JSON.parse('{"__proto__":1}'), () => 1, ['\udfff']];
      for (const value of values) {
        const attributes = { value } as Record<string, Value>; // on purpose: what a type error elsewhere could let through
        await expect(table.put({ pk, sk: 'a', attributes })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
      }
      await expect(table.put({ pk, sk: 'a', attributes: { 'not a name': 1 } })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
      expect(await everyPage({ pk, limit: 10 })).toEqual([]);
    });

    test('a query that makes no sense is refused', async () => {
      const senseless: Omit<Query, 'pk'>[] = [
        { limit: 0 },
        { limit: 1001 },
        { limit: 1.5 },
        { limit: 1, prefix: 'a', from: 'a' },
        { limit: 1, from: 'b', to: 'a' },
      ];
      for (const query of senseless) await expect(table.query({ pk, ...query })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    });
  });
}
