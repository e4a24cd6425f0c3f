/** DynamoDB refuses what collides or comes too fast, and means "again, later". Patience has a bound and jitter, so that rivals do not meet again. */
import { HqError } from '@hq/shared/errors';

const rounds = 8;
const firstPause = 10;
const longestPause = 400;

/** Waits some milliseconds. */
export type Pause = (milliseconds: number) => Promise<void>;

export interface Patience {
  readonly pause: Pause;
  /** In [0, 1). */
  readonly random: () => number;
}

/**
 * Runs `attempt` until it answers something else than `again`.
 *
 * @throws HqError `UNAVAILABLE` after eight rounds (about a second and a half in all).
 */
export async function withPatience<Result>({ pause, random }: Patience, attempt: () => Promise<Result | 'again'>): Promise<Result> {
  for (let round = 0; round < rounds; round++) {
    const result = await attempt();
    if (result !== 'again') return result;
    await pause(random() * Math.min(longestPause, firstPause * 2 ** round));
  }
  throw new HqError('UNAVAILABLE', 'The metadata is too busy.', { hint: 'Try again in a moment.' });
}
