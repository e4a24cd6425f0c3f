/**
 * Token buckets, one a caller: a burst is free, a flood is told how long to wait. Memory is bounded: past `maxCallers` the bucket that was idle longest is
 * forgotten, which at worst gives that caller a fresh burst. Buckets live in one process; behind many, each enforces its own share.
 */
export interface RateLimit {
  /** Calls a second that go on forever. */
  readonly perSecond: number;
  /** Calls at once after a rest. */
  readonly burst: number;
}

export interface RateLimiter {
  /** Takes `cost` calls from the caller's bucket. Answers 0, or the whole seconds after which as many will be there (nothing is taken then). */
  take(caller: string, cost?: number): number;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** @param now Milliseconds of a clock that never goes back, for example `performance.now`. */
export function createRateLimiter(limit: RateLimit, now: () => number, maxCallers = 10_000): RateLimiter {
  const buckets = new Map<string, Bucket>();
  return {
    take(caller, cost = 1) {
      const at = now();
      const bucket = buckets.get(caller) ?? { tokens: limit.burst, at };
      bucket.tokens = Math.min(limit.burst, bucket.tokens + ((at - bucket.at) / 1000) * limit.perSecond);
      bucket.at = at;
      // Moves the caller to the end of the map, whose order is then from the longest idle to the latest.
      buckets.delete(caller);
      buckets.set(caller, bucket);
      if (buckets.size > maxCallers) for (const idle of buckets.keys()) if (buckets.delete(idle)) break;
      // One call that asks for more than a whole burst would otherwise wait for ever.
      const asked = Math.min(cost, limit.burst);
      if (bucket.tokens >= asked) {
        bucket.tokens -= asked;
        return 0;
      }
      return Math.max(1, Math.ceil((asked - bucket.tokens) / limit.perSecond));
    },
  };
}
