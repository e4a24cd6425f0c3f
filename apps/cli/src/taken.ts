/** A target that is taken, said as such: to a person, "the condition does not hold" is no help. */
import { HqError, isHqError } from '@hq/shared/errors';

/** Throws what a write without a predecessor ran into. @throws HqError `CONFLICT` where the path is taken, naming the option that would replace it. */
export function explainTaken(error: unknown, path: string, advice: string): never {
  if (!isHqError(error) || error.code !== 'PRECONDITION_FAILED') throw error;
  throw new HqError('CONFLICT', `"${path}" exists already.`, { hint: advice, cause: error });
}
