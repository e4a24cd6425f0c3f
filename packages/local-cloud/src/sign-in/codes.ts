/** Six digits that travel by mail. A code belongs to one interaction in one browser, lives 15 minutes, is good once, and dies with the fifth wrong try. */
import { createHmac, randomInt, timingSafeEqual } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';

type Purpose = 'sign-up' | 'reset';

const lifetime = 15 * 60_000;
const maxTries = 5;

interface Pending {
  readonly email: string;
  /** Sign-up only: the hash of the password that was chosen. */
  readonly password: string | undefined;
}

type CodeAnswer = { readonly outcome: 'right'; readonly pending: Pending } | { readonly outcome: 'wrong' | 'expired' | 'spent' | 'none' };

export interface Codes {
  /** A fresh code; any earlier one of this interaction and purpose is void. */
  issue(interaction: string, purpose: Purpose, pending: Pending, now: number): string;
  /** What waits for a code, for showing the form again. */
  pending(interaction: string, purpose: Purpose): Pending | undefined;
  /** Uses up the code, or one try. */
  redeem(interaction: string, purpose: Purpose, code: string, now: number): CodeAnswer;
  sweep(now: number): void;
}

interface Row {
  email: string;
  password: string | null;
  code: string;
  expires_at: number;
  tries: number;
}

/** Codes over the sign-in's database, where only their HMACs lie. */
export function openCodes(database: DatabaseSync, secret: Buffer): Codes {
  const replace = database.prepare('REPLACE INTO codes VALUES (?, ?, ?, ?, ?, ?, 0)');
  const select = database.prepare('SELECT email, password, code, expires_at, tries FROM codes WHERE interaction = ? AND purpose = ?');
  const count = database.prepare('UPDATE codes SET tries = tries + 1 WHERE interaction = ? AND purpose = ?');
  const remove = database.prepare('DELETE FROM codes WHERE interaction = ? AND purpose = ?');
  const sweep = database.prepare('DELETE FROM codes WHERE expires_at < ?');
  const seal = (parts: readonly string[]): Buffer =>
    createHmac('sha256', secret)
      .update(JSON.stringify(['mailed code', ...parts]))
      .digest();
  // The columns are STRICT and written only here.
  const find = (interaction: string, purpose: Purpose) => select.get(interaction, purpose) as unknown as Row | undefined;
  return {
    issue(interaction, purpose, pending, now) {
      const code = randomInt(1_000_000).toString().padStart(6, '0');
      const sealed = seal([interaction, purpose, pending.email, code]).toString('base64url');
      replace.run(interaction, purpose, pending.email, pending.password ?? null, sealed, now + lifetime);
      return code;
    },
    pending(interaction, purpose) {
      const row = find(interaction, purpose);
      return row && { email: row.email, password: row.password ?? undefined };
    },
    redeem(interaction, purpose, code, now) {
      const row = find(interaction, purpose);
      if (row === undefined) return { outcome: 'none' };
      if (row.expires_at <= now) return { outcome: 'expired' };
      if (row.tries >= maxTries) return { outcome: 'spent' };
      if (!timingSafeEqual(seal([interaction, purpose, row.email, code]), Buffer.from(row.code, 'base64url'))) {
        count.run(interaction, purpose);
        return { outcome: row.tries + 1 >= maxTries ? 'spent' : 'wrong' };
      }
      remove.run(interaction, purpose);
      return { outcome: 'right', pending: { email: row.email, password: row.password ?? undefined } };
    },
    // Kept a day longer, so that a late code is told apart from one that never was.
    sweep: (now) => void sweep.run(now - 86_400_000),
  };
}
