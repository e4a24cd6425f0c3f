/** Token buckets: bursts are free, floods are told when to come back, memory stays bounded. */
import { expect, it } from 'vitest';
import { createRateLimiter } from '../../src/rate-limit.ts';

it('gives a burst, then a steady share, and says how long to wait', () => {
  let now = 0;
  const limiter = createRateLimiter({ perSecond: 2, burst: 4 }, () => now);
  expect([1, 2, 3, 4].map(() => limiter.take('a'))).toEqual([0, 0, 0, 0]);
  expect(limiter.take('a')).toBe(1);
  expect(limiter.take('a', 4)).toBe(2);
  expect(limiter.take('b')).toBe(0);
  now = 500;
  expect(limiter.take('a')).toBe(0);
  expect(limiter.take('a')).toBe(1);
  now = 1e9;
  expect([1, 2, 3, 4, 5].map(() => limiter.take('a'))).toEqual([0, 0, 0, 0, 1]);
});

it('lets a call through that costs more than a whole burst, once the bucket is full', () => {
  const limiter = createRateLimiter({ perSecond: 1, burst: 3 }, () => 0);
  expect(limiter.take('a', 50)).toBe(0);
  expect(limiter.take('a', 50)).toBe(3);
});

it('forgets the caller that was idle longest when there are too many', () => {
  const limiter = createRateLimiter({ perSecond: 1, burst: 1 }, () => 0, 2);
  limiter.take('a');
  limiter.take('b');
  limiter.take('a');
  limiter.take('c');
  expect(limiter.take('a')).toBe(1);
  expect(limiter.take('b')).toBe(0);
});
