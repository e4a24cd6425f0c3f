/** Content cut into parts, and the bound on what waits in memory. */
import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { byteBudget, collect, inParts } from '../../src/transfer/buffers.ts';
import { partBytes, partSizeFor } from '../../src/transfer/multipart.ts';

async function* chunks(...sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let next = 0;
  for (const size of sizes) yield Uint8Array.from({ length: size }, () => next++ & 0xff);
}

async function bytesOf(source: AsyncIterable<Uint8Array>): Promise<number[][]> {
  const parts: number[][] = [];
  for await (const part of source) parts.push([...part]);
  return parts;
}

describe('parts', () => {
  it('hold every byte once and in order, whatever the chunks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(40)), fc.integer({ min: 1, max: 30 }), async (sizes, partSize) => {
        const total = sizes.reduce((sum, size) => sum + size, 0);
        const parts = await bytesOf(inParts(chunks(...sizes), total, partSize, 'f'));
        expect(parts.flat()).toEqual(Array.from({ length: total }, (_, index) => index & 0xff));
        expect(parts.every((part, index) => part.length === (index === parts.length - 1 ? total - partSize * index : partSize))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ['shorter', [5, 4]],
    ['longer', [5, 6]],
  ])('of a file that became %s are refused', async (_, sizes) => {
    await expect(bytesOf(inParts(chunks(...sizes), 10, 4, 'f'))).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(collect(chunks(...sizes), 10, 'f')).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it.each([[[10]], [[3, 7]], [[0, 10, 0]], [[1, 1, 8]]])('of a small file, read as %j, are one piece', async (sizes) => {
    expect([...(await collect(chunks(...sizes), 10, 'f'))]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('grow with the file, so that ten thousand always do', () => {
    expect(partSizeFor(100)).toBe(partBytes);
    for (const size of [partBytes * 10_000, partBytes * 10_000 + 1, 5 * 1024 ** 4]) expect(Math.ceil(size / partSizeFor(size))).toBeLessThanOrEqual(10_000);
  });
});

describe('a budget', () => {
  it('is never exceeded, serves in order, and lets one that is too large through alone', async () => {
    const budget = byteBudget(10);
    const order: string[] = [];
    const take = async (name: string, bytes: number) => {
      const give = await budget.take(bytes);
      order.push(name);
      return give;
    };
    const first = await take('first', 6);
    const huge = take('huge', 50);
    const small = take('small', 1);
    await Promise.resolve();
    expect(order).toEqual(['first']);
    first();
    first();
    const giveHuge = await huge;
    expect(order).toEqual(['first', 'huge']);
    giveHuge();
    (await small)();
    expect(order).toEqual(['first', 'huge', 'small']);
  });
});
