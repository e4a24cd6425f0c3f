/** Local mail. Nothing leaves the machine: letters lie here until their reader opens `/outbox`. */
import type { DatabaseSync } from 'node:sqlite';

export interface Mail {
  readonly to: string;
  readonly subject: string;
  /** Plain text. */
  readonly text: string;
}

/** A letter that was delivered. */
export interface SentMail extends Mail {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly sentAt: number;
}

export interface Outbox {
  /** Durable when it returns. */
  readonly deliver: (mail: Mail) => void;
  /** The newest first, at most 100; to one address, or to all. */
  list(to?: string): SentMail[];
}

/** Letters beyond this many are forgotten, the oldest first. */
const kept = 500;

/** The outbox in the sign-in's database. */
export function openOutbox(database: DatabaseSync, clock: () => number): Outbox {
  const insert = database.prepare('INSERT INTO mails (sent_at, recipient, subject, body) VALUES (?, ?, ?, ?)');
  const forget = database.prepare(`DELETE FROM mails WHERE id <= (SELECT max(id) FROM mails) - ${kept}`);
  const columns = 'id, sent_at AS sentAt, recipient AS "to", subject, body AS text';
  const all = database.prepare(`SELECT ${columns} FROM mails ORDER BY id DESC LIMIT 100`);
  const toOne = database.prepare(`SELECT ${columns} FROM mails WHERE recipient = ? ORDER BY id DESC LIMIT 100`);
  return {
    deliver({ to, subject, text }) {
      insert.run(clock(), to, subject, text);
      forget.run();
    },
    // The columns are STRICT and written only here.
    list: (to) => (to === undefined ? all.all() : toOne.all(to)) as unknown as SentMail[],
  };
}
