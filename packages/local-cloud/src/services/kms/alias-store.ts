/** Names for keys: `alias/…`, each of which stands for one key and can be moved to another. */
import type { DatabaseSync } from 'node:sqlite';

export interface Alias {
  readonly name: string;
  readonly keyId: string;
  /** Milliseconds since 1970, like `updatedAt`. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface AliasStore {
  find(name: string): Alias | undefined;
  add(name: string, keyId: string, now: number): void;
  move(name: string, keyId: string, now: number): void;
  remove(name: string): void;
  /** Up to `limit` after `after`, by name; of one key, or of all. */
  list(after: string, limit: number, keyId: string | undefined): Alias[];
}

/** Aliases beside the keys, in the same file. */
export function aliasStore(database: DatabaseSync): AliasStore {
  const columns = 'name, key_id AS keyId, created_at AS createdAt, updated_at AS updatedAt';
  const select = database.prepare(`SELECT ${columns} FROM aliases WHERE name = ?`);
  const insert = database.prepare('INSERT INTO aliases VALUES (?, ?, ?, ?)');
  const update = database.prepare('UPDATE aliases SET key_id = ?, updated_at = ? WHERE name = ?');
  const remove = database.prepare('DELETE FROM aliases WHERE name = ?');
  const all = database.prepare(`SELECT ${columns} FROM aliases WHERE name > ? ORDER BY name LIMIT ?`);
  const ofKey = database.prepare(`SELECT ${columns} FROM aliases WHERE key_id = ? AND name > ? ORDER BY name LIMIT ?`);
  // The columns are STRICT and written only here.
  return {
    find: (name) => select.get(name) as Alias | undefined,
    add: (name, keyId, now) => void insert.run(name, keyId, now, now),
    move: (name, keyId, now) => void update.run(keyId, now, name),
    remove: (name) => void remove.run(name),
    list: (after, limit, keyId) => (keyId === undefined ? all.all(after, limit) : ofKey.all(keyId, after, limit)) as unknown as Alias[],
  };
}
