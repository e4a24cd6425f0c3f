/** How a call is refused: in our own codes and words. Fails where it is not. */
import type { HqError } from '@hq/shared/errors';
import { expect } from 'vitest';
import { toHqError } from '../src/error-map.ts';

/** The whole refusal. */
export async function refusedWith(call: Promise<unknown>): Promise<HqError> {
  const outcome = await call.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if (!('error' in outcome)) expect.fail(`was answered with ${JSON.stringify(outcome.value)}`);
  return toHqError(outcome.error);
}

/** Its code. */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
  return (await refusedWith(call)).code;
}
