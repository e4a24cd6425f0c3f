/** The code of ours with which a call is refused; fails where it is not. */
import { expect } from 'vitest';
import { toHqError } from '../src/error-map.ts';

export async function refusalOf(call: Promise<unknown>): Promise<string> {
  const outcome = await call.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if (!('error' in outcome)) expect.fail(`was answered with ${JSON.stringify(outcome.value)}`);
  return toHqError(outcome.error).code;
}
