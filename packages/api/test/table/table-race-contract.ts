/** The third part of what every table promises: nothing is lost when writers meet. Seeded, so that a failure can be played again with `SEED`. */
import { newId } from '@hq/shared/ids';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { absent, attributeIs, ConditionFailed, versionIs } from '../../src/ports/table-condition.ts';
import type { Table } from '../../src/ports/table.ts';
import { seeded } from '../../test-support/seeded.ts';
import type { OpenTable, TableUnderTest } from '../../test-support/table-under-test.ts';

/** False where someone else was faster. */
const wins = async (write: Promise<unknown>): Promise<boolean> => {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed) return false;
    throw error;
  }
};

export function tableRaceContract(name: string, open: OpenTable): void {
  const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);

  describe(`table races: ${name} (SEED=${seed})`, () => {
    let opened: TableUnderTest;
    let table: Table;
    beforeAll(async () => {
      opened = await open();
      opened.now = 1_800_000_000;
      table = opened.table;
    });
    afterAll(() => opened.close());

    test('of many who claim one thing at once, exactly one gets it', async () => {
      for (let round = 0; round < 5; round++) {
        const claims = Array.from({ length: 12 }, (_, who) => wins(table.put({ pk: 'claim', sk: `r${round}`, attributes: { who }, condition: absent })));
        expect((await Promise.all(claims)).filter(Boolean)).toHaveLength(1);
        const takes = Array.from({ length: 12 }, () => wins(table.remove({ pk: 'claim', sk: `r${round}`, condition: versionIs(1) })));
        expect((await Promise.all(takes)).filter(Boolean)).toHaveLength(1);
      }
    });

    test('unconditional additions all count', async () => {
      await table.put({ pk: 'sum', sk: 'a', attributes: { n: 0 } });
      await Promise.all(Array.from({ length: 40 }, () => table.update({ pk: 'sum', sk: 'a', add: { n: 1 } })));
      expect(await table.get({ pk: 'sum', sk: 'a' })).toMatchObject({ attributes: { n: 40 }, version: 41 });
    });

    test('transfers between accounts keep the total, and no update is lost', async () => {
      const random = seeded(seed);
      const accounts = ['a', 'b', 'c', 'd'];
      const start = 100;
      for (const sk of accounts) await table.put({ pk: 'bank', sk, attributes: { money: start, moves: 0 } });
      let made = 0;

      async function clerk(): Promise<void> {
        for (let i = 0; i < 12; i++) {
          const from = accounts[random.below(4)] ?? 'a';
          const to = accounts[random.below(4)] ?? 'a';
          const amount = random.below(40);
          if (from === to) continue;
          const [giver, taker] = await table.getMany([
            { pk: 'bank', sk: from },
            { pk: 'bank', sk: to },
          ]);
          const has = Number(giver?.attributes['money']);
          if (has < amount) continue;
          // Read, decide, write on condition that nothing changed: by version on one side, by value on the other.
          const moved = await wins(
            table.transact([
              {
                put: {
                  pk: 'bank',
                  sk: from,
                  attributes: { money: has - amount, moves: Number(giver?.attributes['moves']) + 1 },
                  condition: versionIs(giver?.version ?? 0),
                },
              },
              { update: { pk: 'bank', sk: to, add: { money: amount, moves: 1 }, condition: attributeIs('money', Number(taker?.attributes['money'])) } },
              { put: { pk: 'ledger', sk: newId('audit', random.bytes), attributes: { from, to, amount }, condition: absent } },
            ]),
          );
          if (moved) made++;
        }
      }
      await Promise.all(Array.from({ length: 8 }, clerk));

      const items = await table.getMany(accounts.map((sk) => ({ pk: 'bank', sk })));
      const total = (field: string) => items.reduce((sum, item) => sum + Number(item?.attributes[field]), 0);
      const ledger = (await table.query({ pk: 'ledger', limit: 1000 })).items;
      expect(total('money')).toBe(start * accounts.length);
      expect(total('moves')).toBe(2 * made);
      expect(ledger).toHaveLength(made);
      expect(made).toBeGreaterThan(0);
      for (const [i, sk] of accounts.entries()) {
        const balance = ledger.reduce(
          (sum, { attributes: { from, to, amount } }) => sum + (to === sk ? Number(amount) : 0) - (from === sk ? Number(amount) : 0),
          start,
        );
        expect(items[i]?.attributes['money']).toBe(balance);
      }
    });
  });
}
