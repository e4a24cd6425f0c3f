/**
 * What happened, refusals included: append-only, one partition a vault (or a person, for what belongs to no vault), in the order of time.
 *
 *     audit#{vault id} · {seconds, 10 digits}.{count, 6 digits}.{aud_…}    the facts below
 *
 * The count orders what one process wrote in the same second. A later hash chain adds `previous` and `hash` beside these attributes; `format` says which
 * shape an entry has.
 */
import { type ErrorCode, errorCodes } from '@hq/shared/errors';
import { newId, type RandomBytes } from '@hq/shared/ids';
import type { Clock, EpochSeconds } from '@hq/shared/time';
import { absent } from '../ports/table-condition.ts';
import type { Item, Table, Value, Write } from '../ports/table.ts';
import { auditPartition } from './keys.ts';
import { number, optionalText, text, texts, word } from './read-item.ts';

const outcomes = ['done', 'refused', 'failed'] as const;

export interface AuditEntry {
  readonly id: string;
  readonly at: EpochSeconds;
  /** The vault's id, or `usr_{personId}` for what belongs to no vault. */
  readonly partition: string;
  readonly personId: string;
  /** The procedure, for example `files.put`. */
  readonly action: string;
  readonly paths: readonly string[];
  readonly outcome: (typeof outcomes)[number];
  /** Of a refusal or a failure. */
  readonly code: ErrorCode | null;
  /** What decided, in the words of `decide()`; null where nothing was decided. */
  readonly because: string | null;
  /** Sessions minted for it. */
  readonly sessions: readonly string[];
  readonly sourceIp: string | null;
  readonly userAgent: string | null;
  /** What a change found, and what it left; null for calls that change nothing. */
  readonly before: Value;
  readonly after: Value;
}

export interface Audit {
  /** The write of an entry, for the transaction of what it is about. */
  plan(entry: Omit<AuditEntry, 'id' | 'at'>): Write;
  /** Writes 1 to 100 entries, all or none. Answers them with their ids. */
  append(entries: readonly Omit<AuditEntry, 'id' | 'at'>[]): Promise<readonly AuditEntry[]>;
  /** Newest first. Times are inclusive. */
  list(request: {
    readonly partition: string;
    readonly from?: EpochSeconds;
    readonly to?: EpochSeconds;
    readonly cursor?: string;
    readonly limit: number;
  }): Promise<{ readonly entries: readonly AuditEntry[]; readonly cursor: string | null }>;
}

const sortable = (time: EpochSeconds): string => String(time).padStart(10, '0');

function toEntry(item: Item): AuditEntry {
  return {
    id: text(item, 'id'),
    at: number(item, 'at'),
    partition: text(item, 'partition'),
    personId: text(item, 'personId'),
    action: text(item, 'action'),
    paths: texts(item, 'paths'),
    outcome: word(item, 'outcome', outcomes),
    code: optionalText(item, 'code') === null ? null : word(item, 'code', errorCodes),
    because: optionalText(item, 'because'),
    sessions: texts(item, 'sessions'),
    sourceIp: optionalText(item, 'sourceIp'),
    userAgent: optionalText(item, 'userAgent'),
    before: item.attributes['before'] ?? null,
    after: item.attributes['after'] ?? null,
  };
}

export function createAudit(table: Table, clock: Clock, randomBytes: RandomBytes): Audit {
  let second = 0;
  let count = 0;

  function put(entry: Omit<AuditEntry, 'id' | 'at'>) {
    const at = clock();
    count = at === second ? count + 1 : 0;
    second = at;
    const id = newId('audit', randomBytes);
    const sk = `${sortable(at)}.${String(count).padStart(6, '0')}.${id}`;
    return { id, at, put: { pk: auditPartition(entry.partition), sk, attributes: { format: 1, id, at, ...entry }, condition: absent } };
  }

  return {
    plan: (entry) => ({ put: put(entry).put }),
    async append(entries) {
      const written = entries.map((entry) => ({ entry, ...put(entry) }));
      await table.transact(written.map(({ put: write }) => ({ put: write })));
      return written.map(({ entry, id, at }) => ({ id, at, ...entry }));
    },
    async list({ partition, from = 0, to = 9_999_999_999, cursor, limit }) {
      const page = await table.query({
        pk: auditPartition(partition),
        from: sortable(from),
        to: `${sortable(to)}~`,
        limit,
        reverse: true,
        ...(cursor === undefined ? {} : { cursor }),
      });
      return { entries: page.items.map(toEntry), cursor: page.cursor };
    },
  };
}
