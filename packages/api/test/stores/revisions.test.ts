/** One order for all changes of an organization: what an attempt was judged on is what there is when its outcome counts. */
import { HqError } from '@hq/shared/errors';
import { beforeEach, expect, test } from 'vitest';
import type { Write } from '../../src/ports/table.ts';
import { createRevisions, type Revisions } from '../../src/stores/revisions.ts';
import { openMemoryPlace, type MemoryPlace } from '../../test-support/memory-place.ts';
import { refused } from '../../test-support/refused.ts';

const id = `cmp_${'0'.repeat(26)}`;
let place: MemoryPlace;
let waits: number[];
let revisions: Revisions;
/** Another process. */
let others: Revisions;
beforeEach(() => {
  place = openMemoryPlace();
  waits = [];
  const pause = async (lost: number) => void waits.push(lost);
  revisions = createRevisions(place.table, pause);
  others = createRevisions(place.table, pause);
});

const put = (sk: string): Write => ({ put: { pk: id, sk, attributes: {} } });
const change = (by: Revisions, sk: string) => by.change(id, async () => ({ writes: [put(sk)], result: sk }));
const revision = async () => (await place.table.get({ pk: id, sk: 'revision' }))?.version;

test('a change is stored with the next revision, in one transaction', async () => {
  expect(await change(revisions, 'a')).toBe('a');
  expect(await change(others, 'b')).toBe('b');
  expect(await revision()).toBe(2);
  expect(place.calls.get('transact')).toBe(2);
});

test('a change that others came before is judged again, after a while', async () => {
  const seen: unknown[] = [];
  const result = await revisions.change(id, async () => {
    seen.push((await place.table.get({ pk: id, sk: 'other' }))?.version);
    if (seen.length === 1) await change(others, 'other');
    return { writes: [put('mine')], result: seen.length };
  });
  expect({ result, seen, waits }).toEqual({ result: 2, seen: [undefined, 1], waits: [1] });
});

test('so is a refusal, and finding nothing to change', async () => {
  let tries = 0;
  const refusing = revisions.change(id, async () => {
    if (++tries === 1) await change(others, 'other');
    throw new HqError('NOT_FOUND', `try ${tries}`);
  });
  expect((await refused(refusing, 'NOT_FOUND')).message).toBe('try 2');
  const nothing = await revisions.change(id, async () => {
    if (++tries === 3) await change(others, 'another');
    return { writes: [], result: tries };
  });
  expect(nothing).toBe(4);
  expect(await revision()).toBe(2);
});

test('a defect is not tried again', async () => {
  let tries = 0;
  const defect = new TypeError('a defect');
  const failing = revisions.change(id, async () => {
    tries++;
    await change(others, `other-${tries}`);
    throw defect;
  });
  await expect(failing).rejects.toBe(defect);
  expect(tries).toBe(1);
});

test('who loses twenty times is told to try later, and has stored nothing', async () => {
  let tries = 0;
  const losing = revisions.change(id, async () => {
    await change(others, `other-${++tries}`);
    return { writes: [put('mine')], result: undefined };
  });
  await refused(losing, 'CONFLICT');
  expect({ tries, waits }).toEqual({ tries: 20, waits: Array.from({ length: 19 }, (_, i) => i + 1) });
  expect(await place.table.get({ pk: id, sk: 'mine' })).toBeUndefined();
});

test('changes of one process take turns, also after one that failed; those of two organizations do not wait for each other', async () => {
  const order: string[] = [];
  const step = (organization: string, name: string, fails = false) =>
    revisions.change(organization, async () => {
      order.push(`${name} begins`);
      await place.table.get({ pk: organization, sk: 'x' });
      order.push(`${name} ends`);
      if (fails) throw new TypeError(name);
      return { writes: [put(name)], result: undefined };
    });
  await Promise.allSettled([step(id, 'a', true), step(id, 'b'), step(`${id.slice(0, -1)}1`, 'c')]);
  expect(order.indexOf('b begins')).toBeGreaterThan(order.indexOf('a ends'));
  expect(order.indexOf('c begins')).toBeLessThan(order.indexOf('a ends'));
  expect(waits).toEqual([]);
});

test('a write that was stored is known, one that was not is not', async () => {
  const [mine, theirs] = [put('mine'), put('theirs')];
  await revisions.change(id, async () => ({ writes: [mine], result: undefined }));
  await refused(
    revisions.change(id, async () => {
      throw new HqError('FORBIDDEN', 'no');
    }),
    'FORBIDDEN',
  );
  expect([revisions.stored(mine), revisions.stored(theirs)]).toEqual([true, false]);
});
