/** Stores over a table in memory that counts its calls, and breaks off when it is told to: for tests of what an operation costs, and of what a crash leaves. */
import { randomBytes } from 'node:crypto';
import { HqError } from '@hq/shared/errors';
import { createStores } from '../src/stores/stores.ts';
import type { Table } from '../src/ports/table.ts';
import { createMemoryTable } from './memory-table.ts';
import type { Place } from './simulation.ts';

export interface MemoryPlace extends Place {
  /** How often each method of the table was called. */
  readonly calls: Map<string, number>;
  now: number;
  /** Calls that are still answered; the ones after them are refused and do nothing, as they would be by a table that can't be reached. */
  callsLeft: number;
}

export function openMemoryPlace(): MemoryPlace {
  const clock = () => place.now;
  const calls = new Map<string, number>();
  const memory = createMemoryTable(clock);
  const counted = <Answer>(method: string, call: () => Promise<Answer>): Promise<Answer> => {
    calls.set(method, (calls.get(method) ?? 0) + 1);
    if (place.callsLeft-- > 0) return call();
    return Promise.reject(new HqError('UNAVAILABLE', 'The table does not answer.'));
  };
  const table: Table = {
    get: (key) => counted('get', () => memory.get(key)),
    getMany: (keys) => counted('getMany', () => memory.getMany(keys)),
    put: (put) => counted('put', () => memory.put(put)),
    update: (update) => counted('update', () => memory.update(update)),
    remove: (remove) => counted('remove', () => memory.remove(remove)),
    query: (query) => counted('query', () => memory.query(query)),
    transact: (writes) => counted('transact', () => memory.transact(writes)),
    close: async () => {},
  };
  const place: MemoryPlace = {
    table,
    clock,
    randomBytes,
    calls,
    stores: createStores({ table, clock, randomBytes, region: 'us-east-1' }),
    now: 1_800_000_000,
    callsLeft: Number.POSITIVE_INFINITY,
  };
  return place;
}
