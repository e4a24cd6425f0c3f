/**
 * The table on one machine: SQLite through `node:sqlite`, in write-ahead mode, synced before a write is answered. Text sorts as BINARY, which is the order of
 * UTF-8 bytes, as DynamoDB's is.
 */
import { closeSync, openSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { Clock } from '@hq/shared/time';
import type { Item, Key, Query, Table, Write } from '../../ports/table.ts';
import { checkKey, checkQuery, checkTransaction, checkWrite } from '../../ports/table-limits.ts';
import { createGroupCommit } from './sqlite-group-commit.ts';
import { tableError } from './sqlite-errors.ts';
import { afterWrites } from './sqlite-writes.ts';

export interface SqliteTableOptions {
  /** The database's file, made (0600) where there is none; its folder must exist. */
  readonly file: string;
  readonly clock: Clock;
}

const schema = `
  PRAGMA busy_timeout = 5000;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS item (
    pk TEXT NOT NULL, sk TEXT NOT NULL, attributes TEXT NOT NULL, version INTEGER NOT NULL, expires_at INTEGER,
    PRIMARY KEY (pk, sk)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS item_expiry ON item (expires_at) WHERE expires_at IS NOT NULL;
`;
/** Seconds between two sweeps of expired items, and how many one sweep takes at most. */
const sweepEvery = 60;
const sweepMost = 1000;

/** Opens the table. @throws HqError `UNAVAILABLE`, `STORAGE_FULL` or `INTERNAL` where the file can't be opened or isn't one of ours. */
export function createSqliteTable({ file, clock }: SqliteTableOptions): Table {
  const db = open(file);
  const statements = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    let statement = statements.get(sql);
    if (statement === undefined) statements.set(sql, (statement = db.prepare(sql)));
    return statement;
  };
  const select = db.prepare('SELECT attributes, version, expires_at FROM item WHERE pk = ? AND sk = ? AND (expires_at IS NULL OR expires_at > ?)');
  const upsert = db.prepare('INSERT OR REPLACE INTO item (pk, sk, attributes, version, expires_at) VALUES (?, ?, ?, ?, ?)');
  const erase = db.prepare('DELETE FROM item WHERE pk = ? AND sk = ?');
  const sweep = db.prepare('DELETE FROM item WHERE (pk, sk) IN (SELECT pk, sk FROM item WHERE expires_at <= ? LIMIT ?)');
  let sweptAt = 0;

  const read = (key: Key): Item | undefined => {
    const row = select.get(key.pk, key.sk, clock());
    return row && toItem(key.pk, key.sk, row);
  };

  const selects: StatementSync[] = [];
  const selectFor = (count: number): StatementSync => (selects[count] ??= db.prepare(selectMany(count)));

  /** One statement for all: it costs half of as many single ones, and sees one state of the table. */
  const readMany = (keys: readonly Key[]): (Item | undefined)[] => {
    const [only] = keys;
    if (only === undefined || keys.length === 1) return keys.map(read);
    const items: (Item | undefined)[] = Array.from({ length: keys.length });
    for (const row of selectFor(keys.length).all(...keys.flatMap(({ pk, sk }) => [pk, sk]), clock())) {
      const at = Number(row['at']);
      const { pk, sk } = keys[at] ?? only;
      items[at] = toItem(pk, sk, row);
    }
    return items;
  };

  const commits = createGroupCommit(db, () => {
    if (clock() < sweptAt + sweepEvery) return;
    sweptAt = clock();
    sweep.run(sweptAt, sweepMost);
  });

  /** Judges every condition and works out every item before the first of them is written; answers the items in the order of the writes. */
  function write(writes: readonly Write[]): Promise<(Item | undefined)[]> {
    return commits.run(() => {
      const after = afterWrites(writes, read);
      return () => {
        for (const { key, item } of after) {
          if (item === 'as before') continue;
          if (item === undefined) erase.run(key.pk, key.sk);
          else upsert.run(key.pk, key.sk, JSON.stringify(item.attributes), item.version, item.expiresAt ?? null);
        }
        return after.map(({ item }) => (item === 'as before' ? undefined : item));
      };
    });
  }

  async function writeOne(one: Write): Promise<Item> {
    checkWrite(one);
    const [item] = await write([one]);
    if (item === undefined) throw new TypeError('a put or an update leaves an item');
    return item;
  }

  return {
    get: async (key) => {
      checkKey(key);
      return guarded(() => read(key));
    },
    getMany: async (keys) => {
      for (const key of keys) checkKey(key);
      return guarded(() => readMany(keys));
    },
    put: (put) => writeOne({ put }),
    update: (update) => writeOne({ update }),
    async remove(remove) {
      checkWrite({ remove });
      await write([{ remove }]);
    },
    async query(query) {
      checkQuery(query);
      const { sql, values } = toSql(query, clock());
      const rows = guarded(() => prepare(sql).all(...values));
      const items = rows.slice(0, query.limit).map((row) => toItem(query.pk, String(row['sk']), row));
      return { items, cursor: rows.length > query.limit ? (items.at(-1)?.sk ?? null) : null };
    },
    async transact(writes) {
      checkTransaction(writes);
      await write(writes);
    },
    async close() {
      commits.finish();
      if (db.isOpen) db.close();
    },
  };
}

function open(file: string): DatabaseSync {
  return guarded(() => {
    // SQLite gives its side files the mode of the main one: make that first, for our eyes only.
    if (file !== ':memory:') closeSync(openSync(file, 'a', 0o600));
    const db = new DatabaseSync(file);
    db.exec(schema);
    return db;
  });
}

function guarded<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw tableError(error);
  }
}

function toItem(pk: string, sk: string, row: Record<string, unknown>): Item {
  const expiresAt = row['expires_at'];
  return {
    pk,
    sk,
    // The column is written by this file alone, from `Attributes`.
    attributes: JSON.parse(String(row['attributes'])) as Item['attributes'],
    version: Number(row['version']),
    ...(expiresAt === null ? {} : { expiresAt: Number(expiresAt) }),
  };
}

/** The cross join keeps the order: each key is looked up once. */
function selectMany(count: number): string {
  const keys = Array.from({ length: count }, (_, at) => `(${at}, ?, ?)`).join(', ');
  return `WITH wanted (at, p, s) AS (VALUES ${keys})
    SELECT at, attributes, version, expires_at FROM wanted CROSS JOIN item ON pk = p AND sk = s WHERE expires_at IS NULL OR expires_at > ?`;
}

/** The page and one item more, which tells whether there is another page. */
function toSql(query: Query, now: number): { sql: string; values: SQLInputValue[] } {
  const terms = ['pk = ?', '(expires_at IS NULL OR expires_at > ?)'];
  const values: SQLInputValue[] = [query.pk, now];
  const bound = (term: string, value: string | undefined): void => {
    if (value === undefined) return;
    terms.push(term);
    values.push(value);
  };
  bound('sk >= ?', query.prefix ?? query.from);
  bound('sk < ?', query.prefix === undefined ? undefined : afterPrefix(query.prefix));
  bound('sk <= ?', query.to);
  bound(query.reverse ? 'sk < ?' : 'sk > ?', query.cursor);
  const sql = `SELECT sk, attributes, version, expires_at FROM item WHERE ${terms.join(' AND ')} ORDER BY sk ${query.reverse ? 'DESC' : 'ASC'} LIMIT ?`;
  return { sql, values: [...values, query.limit + 1] };
}

/** The first string after all that start with the prefix: its last code point plus one. Undefined where nothing comes after. */
function afterPrefix(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  while (points.at(-1) === 0x10ffff) points.pop();
  const last = points.pop();
  // U+D800 to U+DFFF are no characters.
  return last === undefined ? undefined : String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
}
