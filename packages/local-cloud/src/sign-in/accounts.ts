/** People who sign in with an address and a password. An account exists once its address is proven, never before. */
import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { hashPassword, type PasswordCost, verifyPassword } from './password.ts';

export interface Account {
  /** A UUID for life: what every token names, also if the address changes. */
  readonly sub: string;
  readonly email: string;
}

export interface Accounts {
  bySub(sub: string): Account | undefined;
  byEmail(email: string): Account | undefined;
  /** The account, if address and password fit. An unknown address takes the same time. */
  verify(email: string, password: string): Promise<Account | undefined>;
  /** Makes an account for a proven address; undefined where there is one already. */
  add(email: string, passwordHash: string, now: number): Account | undefined;
  setPassword(sub: string, passwordHash: string, now: number): void;
}

/** An address as it is stored and compared: trimmed, lower case, NFC; undefined for what cannot be one. */
export function normalEmail(text: string): string | undefined {
  const email = text.trim().normalize('NFC').toLowerCase();
  return email.length <= 254 && /^[^\s@<>()",:;\\[\]\u0000-\u001f\u007f]{1,64}@[^\s@<>()",:;\\[\]\u0000-\u001f\u007f]+\.[^\s@.<>()",:;\\[\]]+$/u.test(email)
    ? email
    : undefined;
}

/** Accounts over the sign-in's database. */
export async function openAccounts(database: DatabaseSync, cost: PasswordCost): Promise<Accounts> {
  const bySub = database.prepare('SELECT sub, email FROM accounts WHERE sub = ?');
  const byEmail = database.prepare('SELECT sub, email, password FROM accounts WHERE email = ?');
  const insert = database.prepare('INSERT INTO accounts VALUES (?, ?, ?, ?, ?) ON CONFLICT (email) DO NOTHING');
  const setPassword = database.prepare('UPDATE accounts SET password = ?, changed_at = ? WHERE sub = ?');
  const nobody = await hashPassword(randomUUID(), cost);
  // The columns are STRICT and written only here.
  return {
    bySub: (sub) => bySub.get(sub) as Account | undefined,
    byEmail: (email) => byEmail.get(email) as Account | undefined,
    async verify(email, password) {
      const row = byEmail.get(email) as (Account & { password: string }) | undefined;
      const fits = await verifyPassword(password, row?.password ?? nobody);
      return fits && row !== undefined ? { sub: row.sub, email: row.email } : undefined;
    },
    add(email, passwordHash, now) {
      const sub = randomUUID();
      return insert.run(sub, email, passwordHash, now, now).changes === 1 ? { sub, email } : undefined;
    },
    setPassword: (sub, passwordHash, now) => void setPassword.run(passwordHash, now, sub),
  };
}
