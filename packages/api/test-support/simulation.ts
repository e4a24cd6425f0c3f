/**
 * Several processes over one table, in every order that chance can think of, and again in the same order from the same seed. Each call of the table waits for
 * a turn, and one call gets a turn at a time: between any two calls of an operation, any calls of the others can happen. A process can also crash, before a
 * call or between the call and its answer.
 *
 *     await simulateMany(1000, {
 *       processes: 2,
 *       prepare: async (world) => …,                       // undisturbed; its result is handed on
 *       run: async (process, n, prepared) => …,            // all at once, interleaved
 *       check: async (world, prepared, outcomes) => …,     // undisturbed again: what must hold now
 *     });
 *
 * Nothing in `run` may wait for anything but the table (timers, files and sockets are not played, and are reported as a standstill).
 */
import type { HqError } from '@hq/shared/errors';
import type { RandomBytes } from '@hq/shared/ids';
import type { Clock } from '@hq/shared/time';
import { toHqError } from '../src/error-map.ts';
import type { Table } from '../src/ports/table.ts';
import { createStores, type Stores } from '../src/stores/stores.ts';
import { createMemoryTable } from './memory-table.ts';
import { seeded, type Seeded } from './seeded.ts';
import { createTurns, type Turn } from './turns.ts';

/** What runs on the simulated table, as `startApi({ on })` takes it. */
export interface Place {
  readonly table: Table;
  readonly stores: Stores;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
}

/** One process: stores of its own, that know of the others by the table alone. */
export interface Process extends Place {
  /** Chance of its own. */
  readonly chance: Seeded;
}

/** The same table, before and after the race: calls are answered at once. */
export interface World extends Place {
  readonly seed: number;
  /** Moves the clock of all. */
  pass(seconds: number): void;
}

/** How `run` of a process ended. A refusal is an outcome like another; `INTERNAL`, and whatever is no refusal, fails the simulation. */
export type Outcome = 'done' | 'crashed' | HqError;

/** The outcome in one word: of a refusal, its code. */
export const codeOf = (outcome: Outcome): string => (typeof outcome === 'string' ? outcome : outcome.code);

export interface Scenario<Prepared> {
  readonly processes: number;
  /** How many processes may crash at most, at a moment that chance picks; none unless said. */
  readonly crashes?: number;
  prepare(world: World): Promise<Prepared>;
  run(process: Process, n: number, prepared: Prepared): Promise<unknown>;
  check?(world: World, prepared: Prepared, outcomes: readonly Outcome[]): Promise<void> | void;
}

/**
 * One race.
 * @throws Error with the seed in its message, for whatever `run` or `check` does not expect.
 */
export async function simulate<Prepared>(scenario: Scenario<Prepared> & { readonly seed: number }): Promise<readonly Outcome[]> {
  const { seed } = scenario;
  try {
    return await race(scenario);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${message}\nThis was seed ${seed}. To see it again: HQ_SIMULATION_SEED=${seed}`, { cause: error });
  }
}

/**
 * Races with as many seeds, answered with all their outcomes. New seeds each time, or the one in HQ_SIMULATION_SEED alone.
 * @param from The first seed, for a test that is to see the same ones always.
 */
export async function simulateMany<Prepared>(runs: number, scenario: Scenario<Prepared>, from?: number): Promise<readonly Outcome[]> {
  const replayed = from === undefined ? process.env['HQ_SIMULATION_SEED'] : undefined;
  const first = from ?? (replayed === undefined ? Math.floor(Math.random() * 1e9) : Number(replayed));
  const outcomes: Outcome[] = [];
  for (let seed = first; seed < first + (replayed === undefined ? runs : 1); seed++) outcomes.push(...(await simulate({ ...scenario, seed })));
  return outcomes;
}

async function race<Prepared>(scenario: Scenario<Prepared> & { readonly seed: number }): Promise<readonly Outcome[]> {
  const { seed, processes, crashes = 0 } = scenario;
  let now = 1_800_000_000;
  const clock = () => now;
  const table = createMemoryTable(clock);
  const world: World = { ...placeOf(table, clock, seeded(seed ^ 0x5eed)), seed, pass: (seconds) => void (now += seconds) };
  const prepared = await scenario.prepare(world);

  const turns = createTurns(seeded(seed), crashes);
  const outcomes = new Map<number, Outcome>();
  const defects: unknown[] = [];
  const numbers = Array.from({ length: processes }, (_, n) => n);
  for (const n of numbers) {
    const turn = turns.of(n);
    const own = seeded((seed ^ Math.imul(n + 1, 0x9e3779b1)) >>> 0);
    const pause = async (): Promise<void> => {
      for (let left = 1 + own.below(8); left > 0; left--) await turn(() => {});
    };
    const simulated: Process = { ...placeOf(inTurns(table, turn), clock, own, pause), chance: own };
    // To begin takes a turn too, so that none is first because of its number.
    turn(() => {})
      .then(() => scenario.run(simulated, n, prepared))
      .then(
        () => outcomes.set(n, 'done'),
        (error: unknown) => {
          const refusal = toHqError(error);
          if (refusal.code === 'INTERNAL') defects.push(error);
          else outcomes.set(n, refusal);
        },
      );
  }
  await turns.play(
    () => outcomes.size === processes || defects.length > 0,
    (n) => outcomes.set(n, 'crashed'),
  );
  if (defects.length > 0) throw defects[0];
  const ends = numbers.map((n) => outcomes.get(n) ?? 'crashed');
  await scenario.check?.(world, prepared, ends);
  return ends;
}

function placeOf(table: Table, clock: Clock, chance: Seeded, pause?: () => Promise<void>): Place {
  const stores = createStores({ table, clock, randomBytes: chance.bytes, region: 'us-east-1', ...(pause === undefined ? {} : { pause }) });
  return { table, clock, stores, randomBytes: chance.bytes };
}

/** The table, every call of it in its turn. */
function inTurns(table: Table, turn: Turn): Table {
  return {
    get: (key) => turn(() => table.get(key)),
    getMany: (keys) => turn(() => table.getMany(keys)),
    put: (put) => turn(() => table.put(put)),
    update: (update) => turn(() => table.update(update)),
    remove: (remove) => turn(() => table.remove(remove)),
    query: (query) => turn(() => table.query(query)),
    transact: (writes) => turn(() => table.transact(writes)),
    close: async () => {},
  };
}
