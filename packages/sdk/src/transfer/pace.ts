/** How long to wait before trying again, together: when storage asks one request to slow down, the others hear it too. */

export interface PaceOptions {
  /** Waits that many milliseconds. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** A number in [0, 1). */
  readonly random: () => number;
}

const firstMs = 100;
const longestMs = 8_000;

export interface Pace {
  /** Resolves at once unless storage asked for a pause. */
  readonly clear: Promise<void> | undefined;
  /** Waits before attempt `attempt + 1` (from 1): exponential, with full jitter. `everyone` makes the others wait as well. */
  pause(attempt: number, everyone: boolean): Promise<void>;
}

/** A pace shared by all requests to one storage. */
export function createPace({ sleep, random }: PaceOptions): Pace {
  let held: Promise<void> | undefined;
  return {
    get clear() {
      return held;
    },
    pause: async (attempt, everyone) => {
      const wait = sleep(firstMs / 2 + random() * Math.min(longestMs, firstMs * 2 ** attempt));
      if (everyone && held === undefined) {
        held = wait.finally(() => (held = undefined));
      }
      await wait;
    },
  };
}
