/** Awaits a refusal, and answers it for a closer look. */
import { HqError, type ErrorCode } from '@hq/shared/errors';
import { expect } from 'vitest';

export async function refused(promise: Promise<unknown>, code: ErrorCode): Promise<HqError> {
  const error: unknown = await promise.then(
    () => new Error('was not refused'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof HqError)) throw error;
  expect(error.code).toBe(code);
  return error;
}
