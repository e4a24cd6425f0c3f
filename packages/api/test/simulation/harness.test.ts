/** The simulation finds what it is there to find, and finds it again. */
import { HqError } from '@hq/shared/errors';
import { expect, test } from 'vitest';
import { absent, versionIs } from '../../src/ports/table-condition.ts';
import type { Table } from '../../src/ports/table.ts';
import { startApi } from '../../test-support/api-under-test.ts';
import { simulate, simulateMany, type Scenario } from '../../test-support/simulation.ts';

const key = { pk: 'p', sk: 'counter' };
const count = async (table: Table) => Number((await table.get(key))?.attributes['n'] ?? 0);

/** Everyone adds one: by reading and writing, with a condition or without. */
const adding = (careful: boolean): Scenario<void> => ({
  processes: 3,
  prepare: async ({ table }) => void (await table.put({ ...key, attributes: { n: 0 } })),
  async run({ table }) {
    for (;;) {
      const item = await table.get(key);
      const attributes = { n: Number(item?.attributes['n']) + 1 };
      try {
        await table.put({ ...key, attributes, ...(careful ? { condition: versionIs(item?.version ?? 0) } : {}) });
        return;
      } catch (error) {
        if (!(error instanceof HqError)) throw error;
      }
    }
  },
  check: async ({ table }) => expect(await count(table)).toBe(3),
});

async function failureOf(attempt: Promise<unknown>): Promise<Error> {
  const error: unknown = await attempt.then(
    () => new Error('nothing failed'),
    (reason: unknown) => reason,
  );
  return error instanceof Error ? error : new Error(String(error));
}

test('a read and a write without a condition are caught, and the seed that is named shows it again', async () => {
  const { message } = await failureOf(simulateMany(50, adding(false), 0));
  const seed = Number(/HQ_SIMULATION_SEED=(\d+)/.exec(message)?.[1]);
  expect(message).toContain('expected');
  expect((await failureOf(simulate({ ...adding(false), seed }))).message).toBe(message);
});

test('the same with a condition passes', async () => {
  expect(new Set(await simulateMany(200, adding(true), 0))).toEqual(new Set(['done']));
});

test('every order of the calls of two processes comes up, and the same seed brings the same one', async () => {
  const orderOf = async (seed: number) => {
    const order: number[] = [];
    await simulate({
      seed,
      processes: 2,
      prepare: async () => {},
      async run({ table }, n) {
        for (let call = 0; call < 3; call++) {
          await table.get(key);
          order.push(n);
        }
      },
    });
    return order.join('');
  };
  const orders = new Set<string>();
  for (let seed = 0; seed < 500; seed++) orders.add(await orderOf(seed));
  expect(orders.size).toBe(20);
  expect(await orderOf(7)).toBe(await orderOf(7));
});

test('a crash leaves what was answered, and takes the rest, at every place', async () => {
  const left = new Set<string>();
  const outcomes = await simulateMany(
    400,
    {
      processes: 2,
      crashes: 1,
      prepare: async () => {},
      async run({ table }, n) {
        for (const step of ['a', 'b', 'c']) await table.put({ pk: `p${n}`, sk: step, attributes: {}, condition: absent });
      },
      async check({ table }, _, ends) {
        for (const n of [0, 1]) {
          const steps = (await table.query({ pk: `p${n}`, limit: 10 })).items.map(({ sk }) => sk).join('');
          expect(ends[n] === 'done' ? ['abc'] : ['', 'a', 'ab', 'abc']).toContain(steps);
          if (ends[n] === 'crashed') left.add(steps);
        }
        expect(ends.filter((end) => end === 'crashed').length).toBeLessThanOrEqual(1);
      },
    },
    0,
  );
  // Once also after the last write, before its answer.
  expect([...left].toSorted()).toEqual(['', 'a', 'ab', 'abc']);
  expect(new Set(outcomes)).toEqual(new Set(['done', 'crashed']));
});

test('a refusal is an outcome; a defect, and waiting for something that is not played, fail with the seed', async () => {
  const failing = (error: Error): Scenario<void> & { seed: number } => ({
    seed: 5,
    processes: 1,
    prepare: async () => {},
    async run() {
      throw error;
    },
  });
  const refusal = new HqError('CONFLICT', 'no');
  expect(await simulate(failing(refusal))).toEqual([refusal]);
  for (const defect of [new HqError('INTERNAL', 'broken'), new TypeError('broken')]) {
    expect((await failureOf(simulate(failing(defect)))).message).toMatch(/broken[^]*HQ_SIMULATION_SEED=5/);
  }
  const stuck = simulate({ ...failing(refusal), run: () => new Promise(() => {}) });
  expect((await failureOf(stuck)).message).toMatch(/Standstill[^]*HQ_SIMULATION_SEED=5/);
});

test('the whole API runs in it: two processes make one organization of one name', async () => {
  const outcomes = await simulateMany(
    20,
    {
      processes: 2,
      prepare: async () => {},
      run: async (process) => (await startApi({ on: process })).as('ada').orgs.create({ name: 'acme' }),
      check: async (world) => expect((await (await startApi({ on: world })).as('ada').orgs.list()).organizations).toHaveLength(1),
    },
    0,
  );
  expect(new Set(outcomes)).toEqual(new Set(['done']));
});
