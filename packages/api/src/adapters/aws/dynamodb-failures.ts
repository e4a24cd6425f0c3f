/** Why DynamoDB refused a write: a condition of ours, our own earlier attempt, a rival (try again), or something else. */
import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { EpochSeconds } from '@hq/shared/time';
import { ConditionFailed } from '../../ports/table-condition.ts';
import type { Item } from '../../ports/table.ts';
import { live, type Stored } from './dynamodb-item.ts';

/** Names of what passes by itself; a transaction reports the same as reasons, without `Exception`. */
const passing = new Set([
  'TransactionConflict',
  'TransactionConflictException',
  'TransactionInProgressException',
  'ThrottlingError',
  'ThrottlingException',
  'ProvisionedThroughputExceeded',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
]);

/** What to do after a failed write. `done`: it had been made already, by an attempt whose answer was lost. */
export type Verdict =
  | { readonly kind: 'again' }
  | { readonly kind: 'done'; readonly stored: Stored | undefined }
  | { readonly kind: 'failed'; readonly error: unknown };

/** @param token the token that the write bears. */
export function judgeFailure(error: unknown, token: string, now: EpochSeconds): Verdict {
  if (error instanceof ConditionalCheckFailedException) return judgeOld([[0, error.Item]], token, now);
  if (error instanceof TransactionCanceledException) {
    const reasons = error.CancellationReasons ?? [];
    const failed = reasons.flatMap(({ Code, Item: item }, i): [number, Stored | undefined][] => (Code === 'ConditionalCheckFailed' ? [[i, item]] : []));
    if (failed.length > 0) return judgeOld(failed, token, now);
    if (reasons.some(({ Code }) => passing.has(Code ?? ''))) return { kind: 'again' };
  }
  if (error instanceof Error && passing.has(error.name)) return { kind: 'again' };
  return { kind: 'failed', error };
}

function judgeOld(failed: readonly [number, Stored | undefined][], token: string, now: EpochSeconds): Verdict {
  // All or nothing: one item that bears our token means that all were written.
  const ours = failed.find(([, stored]) => stored?.['w']?.S === token);
  if (ours !== undefined) return { kind: 'done', stored: ours[1] };
  return { kind: 'failed', error: new ConditionFailed(new Map(failed.map(([i, stored]): [number, Item | undefined] => [i, live(stored, now)]))) };
}
