/**
 * The index: one SQLite file in WAL mode. What it names is on disk; what it does not name does not exist. Names, sizes and metadata in it are neither encrypted
 * nor authenticated: whoever can write the data folder can change what is said about a body, but not the body.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { openPrivateDatabase } from '../../../private-database.ts';

/**
 * Keys are BLOBs, so that SQLite compares their UTF-8 bytes as S3 does. `age` is the negated number of a version below its key: ascending order is newest first.
 * `live` holds just what ListObjects shows, however long the history behind it.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS buckets (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, created INTEGER NOT NULL, settings TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS versions (
    bucket INTEGER NOT NULL, key BLOB NOT NULL, age INTEGER NOT NULL, version TEXT NOT NULL, latest INTEGER NOT NULL, marker INTEGER NOT NULL,
    size INTEGER NOT NULL, etag TEXT NOT NULL, modified INTEGER NOT NULL, detail TEXT NOT NULL,
    PRIMARY KEY (bucket, key, age)
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX IF NOT EXISTS live ON versions (bucket, key) WHERE latest = 1 AND marker = 0;
  CREATE TABLE IF NOT EXISTS blobs (id INTEGER PRIMARY KEY, data BLOB) STRICT;
  CREATE TABLE IF NOT EXISTS uploads (
    bucket INTEGER NOT NULL, key BLOB NOT NULL, id TEXT NOT NULL, initiated INTEGER NOT NULL, detail TEXT NOT NULL,
    PRIMARY KEY (bucket, key, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS parts (
    upload TEXT NOT NULL, number INTEGER NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL, modified INTEGER NOT NULL, detail TEXT NOT NULL,
    PRIMARY KEY (upload, number)
  ) STRICT, WITHOUT ROWID;
`;

/** Opens or makes the index in `folder`. */
export function openDatabase(folder: string): DatabaseSync {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const db = openPrivateDatabase(join(folder, 'index.db'));
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;');
  db.exec(SCHEMA);
  return db;
}
