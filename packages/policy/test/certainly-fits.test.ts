/** The cheap yes is never a wrong one, and is given where most people are. */
import { isHqError } from '@hq/shared/errors';
import { root } from '@hq/shared/path';
import { expect, test } from 'vitest';
import { boundariesOf } from '../src/boundaries.ts';
import { certainlyFits, regionsCertainlyFit } from '../src/certainly-fits.ts';
import { compile } from '../src/compile.ts';
import { acme, forAll, member, path, personal } from './fixtures.ts';

/** Mulberry32. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const names = ['a', 'b', '*?$', 'été', '漢', '"', 'a-folder-with-a-longer-name', 'x'.repeat(60)];

test('whatever rules say at paths that certainly fit, both accesses compile', () => {
  const next = chance(20_261_122);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  let certain = 0;
  for (let round = 0; round < 1000; round++) {
    const paths = new Set(
      Array.from({ length: 1 + Math.floor(next() * 30) }, () => {
        const folder = Array.from({ length: Math.floor(next() * 6) }, () => `${pick(names)}/`).join('');
        return path(next() < 0.3 ? folder + pick(names) : folder);
      }),
    );
    const vault = next() < 0.5 ? acme : personal;
    if (!certainlyFits(vault, paths)) continue;
    certain++;
    const records = [...paths].map((each) => forAll(each, pick(['none', 'read', 'write', 'write'] as const)));
    for (const access of ['read', 'write'] as const) {
      expect(compiled({ vault, caller: member, records, cone: root, access, now: 0 }).length).toBeLessThanOrEqual(16);
    }
  }
  // Neither always yes nor always no.
  expect(certain).toBeGreaterThan(200);
  expect(certain).toBeLessThan(800);
});

/** The sizes of the policies; throws for everything but an empty scope. */
function compiled(input: Parameters<typeof compile>[0]): number[] {
  try {
    return compile(input).sessions.map(({ policy }) => policy.length);
  } catch (error) {
    if (isHqError(error) && error.code === 'EMPTY_SCOPE') return [];
    throw error;
  }
}

test('a chain of folders in folders is certain up to the sixteen sessions that it takes at worst', () => {
  const chain = (length: number) => new Set(Array.from({ length }, (_, depth) => path('a/'.repeat(depth))));
  const records = (length: number) => [...chain(length)].map((each, depth) => forAll(each, depth % 2 === 0 ? 'read' : 'none'));
  const ask = { vault: acme, caller: member, cone: root, access: 'read', now: 0 } as const;
  expect(certainlyFits(acme, chain(10))).toBe(true);
  expect(certainlyFits(acme, chain(33))).toBe(false);
  expect(compile({ ...ask, records: records(32) }).sessions).toHaveLength(16);
  expect(() => compile({ ...ask, records: records(33) })).toThrow(expect.objectContaining({ code: 'SCOPE_TOO_LARGE' }));
});

test('folders side by side are certain nearly as far as one policy holds them', () => {
  const folders = (count: number) => Array.from({ length: count }, (_, i) => path(`folder-${i}/`));
  const most = Array.from({ length: 40 }, (_, count) => count).findLast((count) => certainlyFits(acme, new Set(folders(count)))) ?? 0;
  const records = folders(most).map((each) => forAll(each, 'write'));
  const [size, ...others] = compiled({ vault: acme, caller: member, records, cone: root, access: 'write', now: 0 });
  expect(others).toEqual([]);
  expect(size).toBeGreaterThan(1500);
});

test('regions that certainly fit do, and many that fit are certain', () => {
  const next = chance(7);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  let certain = 0;
  let fit = 0;
  for (let round = 0; round < 250; round++) {
    const count = Math.floor(next() * 450);
    const records = Array.from({ length: count }, () => {
      const folder = Array.from({ length: Math.floor(next() * 5) }, () => `${pick([...names, '1', '2', '3', '4'])}/`).join('');
      return forAll(`${folder}${Math.floor(next() * 50)}/`, pick(['none', 'read', 'write'] as const));
    });
    const vault = next() < 0.5 ? acme : personal;
    const ask = { vault, caller: member, records, cone: root, access: pick(['read', 'write'] as const), now: 0 };
    const sure = regionsCertainlyFit(vault, boundariesOf(ask).regions);
    const does = isCompiled(ask);
    if (does) fit++;
    if (sure) certain++;
    expect({ round, sure, does }).toEqual({ round, sure, does: sure || does });
  }
  expect(fit).toBeGreaterThan(100);
  expect(fit).toBeLessThan(240);
  expect(certain).toBeGreaterThan(fit * 0.3);
});

function isCompiled(input: Parameters<typeof compile>[0]): boolean {
  try {
    compiled(input);
    return true;
  } catch (error) {
    if (isHqError(error) && error.code === 'SCOPE_TOO_LARGE') return false;
    throw error;
  }
}
