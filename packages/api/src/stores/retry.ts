/** Read, decide, write on condition that nothing changed, and again if it did. */
import { HqError } from '@hq/shared/errors';
import { ConditionFailed } from '../ports/table-condition.ts';

const attempts = 8;

/**
 * Runs `attempt` anew as long as it loses a race (`ConditionFailed`). What it wants to tell the caller it throws itself, as an HqError.
 *
 * @throws HqError `CONFLICT` after eight lost races.
 */
export async function untilSettled<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (let tries = 0; tries < attempts; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
    }
  }
  throw new HqError('CONFLICT', 'Too many changes are being made to this at the same time.', { hint: 'Try again in a moment.' });
}
