/**
 * How a change is carried out: once a request id, and together with its receipt and its entry in the audit trail, all in one transaction. Neither a crash nor
 * a repetition leaves a change that is not in the trail, or makes one twice.
 */
import { createHash } from 'node:crypto';
import { HqError } from '@hq/shared/errors';
import type { Ports } from '../context.ts';
import type { Commit, Once } from '../operations/commit.ts';
import { ConditionFailed } from '../ports/table-condition.ts';
import type { Receipt } from '../stores/receipts.ts';
import type { Noting } from './audited.ts';

interface Request {
  readonly ports: Pick<Ports, 'stores'>;
  readonly personId: string;
  readonly procedure: string;
  readonly input: unknown;
  readonly requestId: string | undefined;
  /** What is stored under the request id. */
  readonly receipt: Receipt | undefined;
  readonly noting: Noting;
}

/**
 * Only a procedure that uses `once` leaves receipts, and a receipt fits that procedure alone: so a matching one says that all checks were passed before.
 *
 * @throws HqError `CONFLICT` for a request id that was used for something else.
 */
export function createOnce({ ports, personId, procedure, input, requestId, receipt, noting }: Request): Once {
  const { receipts, audit } = ports.stores;
  const fingerprint =
    requestId === undefined
      ? ''
      : createHash('sha256')
          .update(JSON.stringify([procedure, input]))
          .digest('base64url');

  function refuseAnother(found: Receipt): void {
    if (found.fingerprint === fingerprint) return;
    throw new HqError('CONFLICT', 'This request id was used for another request.', { hint: 'Make a new id for each change.' });
  }
  if (receipt !== undefined) refuseAnother(receipt);

  return async <Answer>(perform: (commit: Commit) => Promise<Answer>) => {
    // What was answered once fits the same answer's type: it was written by this procedure.
    if (receipt !== undefined) return JSON.parse(receipt.answer) as Answer;
    let planned = false;
    const commit: Commit = (answer, { before, after, vault }) => {
      planned = true;
      if (vault !== undefined) noting.trail.vault = vault;
      const entry = audit.plan({ ...noting.note(undefined), before, after });
      return requestId === undefined ? [entry] : [entry, receipts.plan(personId, requestId, { fingerprint, answer: JSON.stringify(answer) })];
    };
    try {
      const answer = await perform(commit);
      noting.trail.recorded = planned;
      return answer;
    } catch (error) {
      const found = requestId !== undefined && error instanceof ConditionFailed ? await receipts.get(personId, requestId) : undefined;
      if (found === undefined) throw error;
      refuseAnother(found);
      return JSON.parse(found.answer) as Answer;
    }
  };
}
