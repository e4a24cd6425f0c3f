/** How often one key may try in a window. Memory is bounded: when the table is full the oldest entries go first. */
export interface RateLimit {
  /** Milliseconds until the key may try again; 0 if it may now. */
  wait(key: string, now: number): number;
  /** Records one try. */
  hit(key: string, now: number): void;
  clear(key: string): void;
}

const maxKeys = 20_000;

/** At most `limit` tries in each window of `windowMs` that starts with a key's first try. */
export function rateLimit(limit: number, windowMs: number): RateLimit {
  const windows = new Map<string, { until: number; count: number }>();
  const live = (key: string, now: number) => {
    const found = windows.get(key);
    return found !== undefined && found.until > now ? found : undefined;
  };
  return {
    wait(key, now) {
      const found = live(key, now);
      return found !== undefined && found.count >= limit ? found.until - now : 0;
    },
    hit(key, now) {
      const found = live(key, now);
      if (found !== undefined) {
        found.count += 1;
        return;
      }
      windows.delete(key);
      if (windows.size >= maxKeys)
        for (const oldest of windows.keys()) {
          windows.delete(oldest);
          break;
        }
      windows.set(key, { until: now + windowMs, count: 1 });
    },
    clear: (key) => void windows.delete(key),
  };
}
