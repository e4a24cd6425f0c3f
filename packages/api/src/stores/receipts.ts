/**
 * Receipts: what was answered to a request that carried an id, so that sending it again changes nothing and gets the same answer.
 *
 *     usr_{personId} · request/{request id}     {fingerprint, answer}, expires after a day
 */
import type { Clock } from '@hq/shared/time';
import { absent } from '../ports/table-condition.ts';
import type { Item, Table, Write } from '../ports/table.ts';
import { receiptKey } from './keys.ts';
import { text } from './read-item.ts';

/** Seconds for which a request id is remembered. */
export const receiptSeconds = 24 * 3600;

export interface Receipt {
  /** A digest of the procedure and its input: the same id with another one is a mistake, not a repetition. */
  readonly fingerprint: string;
  /** JSON. */
  readonly answer: string;
}

export interface Receipts {
  get(personId: string, requestId: string): Promise<Receipt | undefined>;
  /** The write that leaves a receipt; it fails where there is one already. */
  plan(personId: string, requestId: string, receipt: Receipt): Write;
}

/** A receipt as stored. */
export function toReceipt(item: Item): Receipt {
  return { fingerprint: text(item, 'fingerprint'), answer: text(item, 'answer') };
}

export function createReceipts(table: Table, clock: Clock): Receipts {
  return {
    async get(personId, requestId) {
      const item = await table.get(receiptKey(personId, requestId));
      return item === undefined ? undefined : toReceipt(item);
    },
    plan: (personId, requestId, { fingerprint, answer }) => ({
      put: { ...receiptKey(personId, requestId), attributes: { fingerprint, answer }, expiresAt: clock() + receiptSeconds, condition: absent },
    }),
  };
}
