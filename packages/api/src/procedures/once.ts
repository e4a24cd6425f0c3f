/**
 * How a change is carried out: once a request id, and together with its receipt and its entry in the audit trail, all in one transaction. Neither a crash nor
 * a repetition leaves a change that is not in the trail, or makes one twice.
 */
import { createHash } from 'node:crypto';
import { HqError, isHqError } from '@hq/shared/errors';
import type { Ports } from '../context.ts';
import type { Commit, Once } from '../operations/commit.ts';
import type { Write } from '../ports/table.ts';
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
  const { receipts, audit, revisions } = ports.stores;
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

  /** What the same request was answered since this one came in. */
  async function answered(): Promise<Receipt | undefined> {
    const found = requestId === undefined ? undefined : await receipts.get(personId, requestId);
    if (found !== undefined) refuseAnother(found);
    return found;
  }

  return async <Answer>(perform: (commit: Commit) => Promise<Answer>) => {
    // What was answered once fits the same answer's type: it was written by this procedure.
    const answerOf = ({ answer }: Receipt): Answer => JSON.parse(answer) as Answer;
    if (receipt !== undefined) return answerOf(receipt);
    let entry: Write | undefined;
    const commit: Commit = (answer, { before, after, vault }) => {
      if (vault !== undefined) noting.trail.vault = vault;
      entry = audit.plan({ ...noting.note(undefined), before, after });
      return requestId === undefined ? [entry] : [entry, receipts.plan(personId, requestId, { fingerprint, answer: JSON.stringify(answer) })];
    };
    let answer: Answer;
    try {
      answer = await perform(commit);
    } catch (error) {
      // Also where the table gave no answer: it may have stored the change nevertheless.
      const found = isHqError(error) && error.code !== 'INTERNAL' ? await answered() : undefined;
      if (found === undefined) throw error;
      return answerOf(found);
    }
    noting.trail.recorded = entry !== undefined && revisions.stored(entry);
    if (noting.trail.recorded) return answer;
    // Nothing was left to change: perhaps because the same request, sent twice at once, has changed it.
    const found = await answered();
    return found === undefined ? answer : answerOf(found);
  };
}
