/** Chance that can be had again: the same seed draws the same. */

export class Draw {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number in [0, 1) (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** A whole number from 0 to `limit` - 1. */
  upTo(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** @throws Error when there is nothing to pick from. */
  pick<T>(from: readonly T[]): T {
    const picked = from[this.upTo(from.length)];
    if (picked === undefined) throw new Error('There is nothing to pick from.');
    return picked;
  }
}

/** The seed to use: the one that the environment names, to have a run again, or a new one. */
export function seedFrom(variable: string): number {
  const named = process.env[variable];
  if (named === undefined || named === '') return Math.floor(Math.random() * 0xffff_ffff);
  const seed = Number(named);
  if (!Number.isSafeInteger(seed) || seed < 0) throw new Error(`${variable} is not a seed: ${named}`);
  return seed;
}
