/** Keys at rest: one SQLite file, every change durable before it is answered, key material sealed with the root key. */
import type { KeyObject } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { openPrivateDatabase } from '../../private-database.ts';
import type { RootKey } from '../service.ts';
import type { Key, KeySpec } from './key.ts';
import { openMaterial, sealMaterial } from './key-material.ts';
import { readKeyPolicy } from './key-policy.ts';

/** What may be changed of a key that exists. */
type KeyChange = Partial<Pick<Key, 'description' | 'enabled' | 'deleteAt' | 'rotationDays' | 'rotateAt' | 'policyText' | 'tags'>>;

export interface KeyStore {
  /** Stores a new key and its first backing key together. */
  add(key: Key, material: Uint8Array): void;
  /** The key by its id; undefined when there is none, or its deletion has come due by `now`. */
  find(id: string, now: number): Key | undefined;
  change(key: Key, change: KeyChange): Key;
  /** Adds a backing key and makes it current; earlier ones still decrypt. */
  rotate(key: Key, material: Uint8Array, now: number): Key;
  /** A backing key; undefined where the key never had that version. */
  material(key: Key, version: number): KeyObject | undefined;
  /** Up to `limit` ids after `after`, in byte order. */
  ids(after: string, limit: number, now: number): string[];
  /** Destroys keys whose deletion has come due: the material is overwritten by SQLite (`secure_delete`), and nothing that was encrypted under it can be opened again. */
  sweep(now: number): void;
  readonly database: DatabaseSync;
  close(): void;
}

/** Cached keys and backing keys; the rest are read again when needed. */
const cacheLimit = 4096;

interface Row {
  id: string;
  spec: string;
  manager: string;
  description: string;
  created_at: number;
  enabled: number;
  delete_at: number | null;
  rotation_days: number | null;
  rotate_at: number | null;
  version: number;
  tags: string;
  policy: string;
}

/** Opens `kms/keys.sqlite` in the data folder, and makes it if it is not there. */
export function openKeyStore(data: string, rootKey: RootKey, arnOf: (id: string) => string): KeyStore {
  const folder = join(data, 'kms');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const database = openPrivateDatabase(join(folder, 'keys.sqlite'));
  database.exec(`
    PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000;
    CREATE TABLE IF NOT EXISTS keys (id TEXT PRIMARY KEY, spec TEXT NOT NULL, manager TEXT NOT NULL, description TEXT NOT NULL, created_at INTEGER NOT NULL,
      enabled INTEGER NOT NULL, delete_at INTEGER, rotation_days INTEGER, rotate_at INTEGER, version INTEGER NOT NULL, tags TEXT NOT NULL, policy TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS material (key_id TEXT NOT NULL REFERENCES keys ON DELETE CASCADE, version INTEGER NOT NULL, sealed BLOB NOT NULL,
      created_at INTEGER NOT NULL, PRIMARY KEY (key_id, version)) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS aliases (name TEXT PRIMARY KEY, key_id TEXT NOT NULL REFERENCES keys ON DELETE CASCADE, created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS aliases_by_key ON aliases (key_id);
  `);
  const select = database.prepare('SELECT * FROM keys WHERE id = ?');
  const insert = database.prepare('INSERT INTO keys VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const update = database.prepare(
    'UPDATE keys SET description = ?, enabled = ?, delete_at = ?, rotation_days = ?, rotate_at = ?, version = ?, tags = ?, policy = ? WHERE id = ?',
  );
  const selectMaterial = database.prepare('SELECT sealed FROM material WHERE key_id = ? AND version = ?');
  const addMaterial = database.prepare('INSERT INTO material VALUES (?, ?, ?, ?)');
  const list = database.prepare('SELECT id FROM keys WHERE id > ? AND (delete_at IS NULL OR delete_at > ?) ORDER BY id LIMIT ?');
  const destroy = database.prepare('DELETE FROM keys WHERE delete_at <= ?');
  const keys = new Map<string, Key>();
  const opened = new Map<string, KeyObject>();

  const write = (key: Key): Key => {
    const { description, enabled, deleteAt, rotationDays, rotateAt, version, tags, policyText, id } = key;
    update.run(description, enabled ? 1 : 0, deleteAt ?? null, rotationDays ?? null, rotateAt ?? null, version, tagText(tags), policyText, id);
    return remember(keys, id, key);
  };
  const together = (work: () => Key): Key => {
    database.exec('BEGIN IMMEDIATE');
    try {
      const key = work();
      database.exec('COMMIT');
      return key;
    } catch (error) {
      database.exec('ROLLBACK');
      keys.clear();
      throw error;
    }
  };
  return {
    database,
    add(key, material) {
      together(() => {
        const { id, spec, manager, description, createdAt, enabled, version, tags, policyText } = key;
        insert.run(id, spec, manager, description, createdAt, enabled ? 1 : 0, null, null, null, version, tagText(tags), policyText);
        addMaterial.run(id, version, sealMaterial(rootKey, id, version, material), createdAt);
        return remember(keys, id, key);
      });
    },
    find(id, now) {
      let key = keys.get(id);
      if (key === undefined) {
        const row = select.get(id);
        if (row === undefined) return undefined;
        // The columns are STRICT and written only here.
        key = remember(keys, id, fromRow(row as unknown as Row, arnOf));
      }
      return key.deleteAt !== undefined && key.deleteAt <= now ? undefined : key;
    },
    change: (key, change) => {
      const policy = change.policyText === undefined ? key.policy : readKeyPolicy(change.policyText);
      return write({ ...key, ...change, policy });
    },
    rotate: (key, material, now) =>
      together(() => {
        const version = key.version + 1;
        addMaterial.run(key.id, version, sealMaterial(rootKey, key.id, version, material), now);
        return write({ ...key, version, rotateAt: key.rotationDays === undefined ? undefined : now + key.rotationDays * 86_400_000 });
      }),
    material(key, version) {
      const name = `${key.id} ${version}`;
      const known = opened.get(name);
      if (known !== undefined) return known;
      const row = selectMaterial.get(key.id, version);
      const sealed = row?.['sealed'];
      return sealed instanceof Uint8Array ? remember(opened, name, openMaterial(rootKey, key.id, version, key.spec, sealed)) : undefined;
    },
    ids: (after, limit, now) => list.all(after, now, limit).map((row) => String(row['id'])),
    sweep(now) {
      if (destroy.run(now).changes === 0) return;
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      keys.clear();
      opened.clear();
    },
    close: () => database.close(),
  };
}

function remember<V>(cache: Map<string, V>, name: string, value: V): V {
  if (cache.size >= cacheLimit) cache.clear();
  cache.set(name, value);
  return value;
}

function tagText(tags: ReadonlyMap<string, string>): string {
  return JSON.stringify([...tags]);
}

function fromRow(row: Row, arnOf: (id: string) => string): Key {
  return {
    id: row.id,
    arn: arnOf(row.id),
    spec: row.spec as KeySpec,
    usage: row.spec === 'SYMMETRIC_DEFAULT' ? 'ENCRYPT_DECRYPT' : 'SIGN_VERIFY',
    description: row.description,
    manager: row.manager === 'AWS' ? 'AWS' : 'CUSTOMER',
    createdAt: row.created_at,
    enabled: row.enabled === 1,
    deleteAt: row.delete_at ?? undefined,
    rotationDays: row.rotation_days ?? undefined,
    rotateAt: row.rotate_at ?? undefined,
    version: row.version,
    tags: new Map(JSON.parse(row.tags) as [string, string][]),
    policyText: row.policy,
    policy: readKeyPolicy(row.policy),
  };
}
