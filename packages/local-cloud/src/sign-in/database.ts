/** The sign-in's one file: people, pending mailed codes, local mail, and what the OpenID provider remembers (sessions, grants, tokens). */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { openPrivateDatabase } from '../private-database.ts';

/** Opens `sign-in/sign-in.sqlite` in the data folder and makes it if it is not there. Every commit is durable. */
export function openDatabase(data: string): DatabaseSync {
  const folder = join(data, 'sign-in');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const database = openPrivateDatabase(join(folder, 'sign-in.sqlite'));
  database.exec(`
    PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;
    CREATE TABLE IF NOT EXISTS accounts (sub TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE, password TEXT NOT NULL, created_at INTEGER NOT NULL,
      changed_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS codes (interaction TEXT NOT NULL, purpose TEXT NOT NULL, email TEXT NOT NULL, password TEXT, code TEXT NOT NULL,
      expires_at INTEGER NOT NULL, tries INTEGER NOT NULL, PRIMARY KEY (interaction, purpose)) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS codes_by_expiry ON codes (expires_at);
    CREATE TABLE IF NOT EXISTS mails (id INTEGER PRIMARY KEY, sent_at INTEGER NOT NULL, recipient TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS artifacts (model TEXT NOT NULL, id TEXT NOT NULL, payload TEXT NOT NULL, expires_at INTEGER NOT NULL, consumed_at INTEGER,
      grant_id TEXT, uid TEXT, account TEXT, PRIMARY KEY (model, id)) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS artifacts_by_grant ON artifacts (grant_id) WHERE grant_id IS NOT NULL;
    CREATE INDEX IF NOT EXISTS artifacts_by_uid ON artifacts (uid) WHERE uid IS NOT NULL;
    CREATE INDEX IF NOT EXISTS artifacts_by_account ON artifacts (account) WHERE account IS NOT NULL;
    CREATE INDEX IF NOT EXISTS artifacts_by_expiry ON artifacts (expires_at);
    CREATE INDEX IF NOT EXISTS artifacts_by_age ON artifacts (model, account, expires_at);
  `);
  return database;
}
