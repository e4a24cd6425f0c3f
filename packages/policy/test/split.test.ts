/** How regions are spread over sessions: what may stand together, which folder is cut out, and when it is given up. */
import { isHqError } from '@hq/shared/errors';
import { expect, test } from 'vitest';
import type { Region } from '../src/boundaries.ts';
import { splitIntoSessions, type Room } from '../src/split.ts';
import { path } from './fixtures.ts';

const region = (allow: string, ...deny: string[]): Region => ({ allow: path(allow), deny: deny.map(path) });
const size = (group: readonly Region[]) => group.reduce((paths, { deny }) => paths + 1 + deny.length, 0);

/** Policies that hold so many paths; 16 sessions of 2,048 characters hold 16 paths of 2,048. */
function split(regions: readonly Region[], held: number, room: Partial<Room> = {}) {
  let tries = 0;
  const fits = (group: readonly Region[]) => {
    tries++;
    return size(group) <= held;
  };
  try {
    return { sessions: splitIntoSessions(regions, { fits, shortestPath: 60, mayName: () => true, ...room }), tries };
  } catch (error) {
    if (isHqError(error)) return { error, tries };
    throw error;
  }
}

test('a region that is inside one of a session’s regions gets another session, whatever else is in that one', () => {
  const regions = [region('a/', 'a/b/'), region('z/'), region('a/b/c/'), region('y/')];
  expect(split(regions, 100).sessions).toEqual([[regions[0], regions[1], regions[3]], [regions[2]]]);
});

test('the folder that takes most carve-outs away is cut out, the deeper of two that take as many', () => {
  const outer = region('', 'a/1/', 'a/2/', 'b/x/1/', 'b/x/2/', 'b/x/3/', 'c/');
  expect(split([outer], 5).sessions).toEqual([[region('', 'a/1/', 'a/2/', 'c/', 'b/x/')], [region('b/x/', 'b/x/1/', 'b/x/2/', 'b/x/3/')]]);
});

test('a folder that fits goes before one that holds more and does not', () => {
  const many = Array.from({ length: 6 }, (_, i) => `a/${i}/`);
  const outer = region('', ...many, 'b/1/', 'b/2/', 'b/3/');
  expect(split([outer], 7).sessions).toEqual([[region('', 'b/1/', 'b/2/', 'b/3/', 'a/')], [region('a/', ...many)]]);
  const fits = (group: readonly Region[]) => size(group) <= (group[0]?.allow === '' ? 8 : 6);
  expect(split([outer], 0, { fits }).sessions).toEqual([[region('', ...many, 'b/')], [region('b/', 'b/1/', 'b/2/', 'b/3/')]]);
});

test('a folder inside a folder is cut out of it where both together are too long', () => {
  const outer = region('', 'a/b/1/', 'a/b/2/', 'a/b/3/', 'a/c/1/', 'a/c/2/', 'a/c/3/', 'a/d/');
  expect(split([outer], 4).sessions).toEqual([
    [region('', 'a/d/', 'a/b/', 'a/c/')],
    [region('a/c/', 'a/c/1/', 'a/c/2/', 'a/c/3/')],
    [region('a/b/', 'a/b/1/', 'a/b/2/', 'a/b/3/')],
  ]);
});

test('where no folder fits, nothing is cut out', () => {
  const { error, tries } = split([region('', ...[1, 2, 3, 4].map((i) => `a/${i}/`), ...[1, 2, 3, 4].map((i) => `b/${i}/`))], 4);
  expect(error?.code).toBe('SCOPE_TOO_LARGE');
  expect(tries).toBe(3);
});

test('carve-outs that are alone in their folders are not cut out: that would make nothing shorter', () => {
  const { error, tries } = split([region('', 'a/1/', 'b/1/', 'c/1/')], 3);
  expect(error?.code).toBe('SCOPE_TOO_LARGE');
  expect(tries).toBe(1);
});

/** Two carve-outs in each of four folders, and one beside them: a cut makes the outer policy one path shorter, and all of them together two longer. */
const pairs = [region('', ...[1, 2, 3, 4].flatMap((i) => [`${i}/a/`, `${i}/b/`]), 'q/')];

test('cutting ends at as many paths as sixteen sessions can hold at most', () => {
  // 10 paths, and 6 more by three cuts: 16.
  expect(split(pairs, 7, { shortestPath: 2048 }).sessions).toHaveLength(3);
  // A fourth cut would make them 18.
  const { error, tries } = split(pairs, 6, { shortestPath: 2048 });
  expect(error?.code).toBe('SCOPE_TOO_LARGE');
  expect(tries).toBeLessThan(12);
  expect(split(pairs, 6).sessions).toHaveLength(3);
});

test('as many paths as sixteen sessions can hold are tried, one more is refused at once', () => {
  const files = (count: number) => Array.from({ length: count }, (_, i) => region(`f${i}`));
  expect(split(files(16), 1, { shortestPath: 2048 }).sessions).toHaveLength(16);
  expect(split(files(17), 1, { shortestPath: 2048 })).toMatchObject({ tries: 0, error: { details: { count: 17 } } });
});

test('a refusal names what didn’t fit, as far as it may, and says what to do', () => {
  const files = Array.from({ length: 19 }, (_, i) => region(`f${i}`));
  expect(split(files, 1).error).toMatchObject({
    code: 'SCOPE_TOO_LARGE',
    message: 'There are too many access rules in this folder to write them into storage sessions.',
    hint: 'Ask for a folder deeper inside, or let an admin of this folder merge rules: put what is shared alike into one folder.',
    details: { rules: ['f16', 'f17', 'f18'], count: 3 },
  });
  expect(split(files, 1, { mayName: (at) => at !== 'f17' }).error?.details).toEqual({ rules: ['f16', 'f18'], count: 2 });
});
