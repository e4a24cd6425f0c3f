/** Chance that can be played again. */

export interface Seeded {
  /** A whole number in [0, limit). */
  below(limit: number): number;
  readonly bytes: (length: number) => Uint8Array;
}

/** Mulberry32: the same numbers for the same seed. */
export function seeded(seed: number): Seeded {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return { below: (limit) => next() % limit, bytes: (length) => Uint8Array.from({ length }, () => next() & 255) };
}
