/**
 * When entries of the audit trail are written. What changes something, or hands out credentials, is on disk before its answer leaves. What only looks is
 * written a moment later, many entries at once: it would otherwise cost a read a disk sync of its own, several times the read itself. (Each look at a file's
 * content still leaves a record before it happens: that of the session it runs under.) Should writing fail, nothing more is answered until it works again.
 */
import type { Log } from './ports/log.ts';
import type { Audit, AuditEntry } from './stores/audit.ts';

export type AuditNote = Omit<AuditEntry, 'id' | 'at'>;

export interface AuditTrail {
  /** `before the answer` resolves when the entry is durable; `soon` resolves at once. @throws HqError where the trail can't be written. */
  record(note: AuditNote, when: 'before the answer' | 'soon'): Promise<void>;
  /** Writes what is waiting. */
  flush(): Promise<void>;
}

export interface AuditTrailOptions {
  /** How long an entry may wait, in milliseconds; 0 lets none wait, for processes that are frozen between requests (Lambda). */
  readonly delayMs: number;
}

/** Entries that may wait; one more is written at once, with all of them. */
const maxWaiting = 1000;
/** Entries in one transaction: half of what the table takes, so that no mixture of long ones is over its size. */
const together = 50;

export function createAuditTrail(audit: Pick<Audit, 'append'>, log: Log, { delayMs }: AuditTrailOptions): AuditTrail {
  let waiting: AuditNote[] = [];
  let timer: NodeJS.Timeout | undefined;
  let failing = false;

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const batch = waiting;
    waiting = [];
    const parts = Array.from({ length: Math.ceil(batch.length / together) }, (_, part) => batch.slice(part * together, (part + 1) * together));
    const outcomes = await Promise.allSettled(parts.map((part) => audit.append(part)));
    const lost = outcomes.find((outcome) => outcome.status === 'rejected');
    failing = lost !== undefined;
    if (lost === undefined) return;
    waiting.unshift(...parts.filter((_, index) => outcomes[index]?.status === 'rejected').flat());
    throw lost.reason;
  }

  return {
    flush,
    async record(note, when) {
      waiting.push(note);
      if (when === 'before the answer' || delayMs === 0 || failing || waiting.length > maxWaiting) return flush();
      timer ??= setTimeout(() => {
        flush().catch((error: unknown) => log.error('the audit trail could not be written', error, { waiting: waiting.length }));
      }, delayMs).unref();
    },
  };
}
