/** Parameters at rest: one SQLite file, durable before each answer; all values are sealed with the root key, and secure ones were sealed by KMS before. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openPrivateDatabase } from '../../private-database.ts';
import type { RootKey } from '../service.ts';
import type { Parameter, ParameterType, ParameterVersion, Tier } from './parameter.ts';

export interface ParameterStore {
  find(name: string): Parameter | undefined;
  version(name: string, version: number): ParameterVersion | undefined;
  versionByLabel(name: string, label: string): ParameterVersion | undefined;
  /** Oldest first, after a version. */
  versions(name: string, after: number, limit: number): ParameterVersion[];
  /** Adds a version, and the parameter if it is new. The oldest version without a label goes when there are more than 100. False: all have labels, nothing done. */
  put(name: string, version: ParameterVersion, tags: ReadonlyMap<string, string> | undefined): boolean;
  setTags(name: string, tags: ReadonlyMap<string, string>): void;
  setLabels(name: string, labels: ReadonlyMap<number, readonly string[]>): void;
  /** True if there was one. */
  remove(name: string): boolean;
  /** Names in byte order, after a name, that go on after a prefix. Names are printable ASCII, so U+007F is after all of them. */
  names(prefix: string, after: string, limit: number): string[];
  close(): void;
}

const maxVersions = 100;

interface Row {
  version: number;
  type: ParameterType;
  tier: Tier;
  description: string;
  key_id: string | null;
  value: Uint8Array;
  labels: string;
  modified_at: number;
  modified_by: string;
}

/** Opens `ssm/parameters.sqlite` in the data folder, and makes it if it is not there. */
export function openParameterStore(data: string, rootKey: RootKey): ParameterStore {
  const folder = join(data, 'ssm');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const database = openPrivateDatabase(join(folder, 'parameters.sqlite'));
  database.exec(`
    PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000;
    CREATE TABLE IF NOT EXISTS parameters (name TEXT PRIMARY KEY, tags TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS versions (name TEXT NOT NULL REFERENCES parameters ON DELETE CASCADE, version INTEGER NOT NULL, type TEXT NOT NULL, tier TEXT NOT NULL,
      description TEXT NOT NULL, key_id TEXT, value BLOB NOT NULL, labels TEXT NOT NULL, modified_at INTEGER NOT NULL, modified_by TEXT NOT NULL,
      PRIMARY KEY (name, version)) STRICT, WITHOUT ROWID;
  `);
  const columns = 'version, type, tier, description, key_id, value, labels, modified_at, modified_by';
  const tagsOf = database.prepare('SELECT tags FROM parameters WHERE name = ?');
  const newest = database.prepare(`SELECT ${columns} FROM versions WHERE name = ? ORDER BY version DESC LIMIT 1`);
  const one = database.prepare(`SELECT ${columns} FROM versions WHERE name = ? AND version = ?`);
  const some = database.prepare(`SELECT ${columns} FROM versions WHERE name = ? AND version > ? ORDER BY version LIMIT ?`);
  const insert = database.prepare('INSERT INTO parameters VALUES (?, ?) ON CONFLICT DO NOTHING');
  const insertVersion = database.prepare('INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const counted = database.prepare('SELECT count(*) AS count FROM versions WHERE name = ?');
  const dropOldest = database.prepare(
    `DELETE FROM versions WHERE name = ?1 AND version = (SELECT min(version) FROM versions WHERE name = ?1 AND labels = '[]')`,
  );
  const setTags = database.prepare('UPDATE parameters SET tags = ? WHERE name = ?');
  const setLabels = database.prepare('UPDATE versions SET labels = ? WHERE name = ? AND version = ?');
  const remove = database.prepare('DELETE FROM parameters WHERE name = ?');
  const names = database.prepare('SELECT name FROM parameters WHERE name > ? AND name < ? ORDER BY name LIMIT ?');

  // The columns are STRICT and written only here.
  const read = (name: string, row: unknown): ParameterVersion | undefined => (row === undefined ? undefined : fromRow(rootKey, name, row as Row));
  const together = <T>(work: () => T): T => {
    database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      database.exec('COMMIT');
      return result;
    } catch (error) {
      database.exec('ROLLBACK');
      throw error;
    }
  };
  const versions = (name: string, after: number, limit: number): ParameterVersion[] => some.all(name, after, limit).flatMap((row) => read(name, row) ?? []);
  return {
    find(name) {
      const row = tagsOf.get(name);
      const current = row === undefined ? undefined : read(name, newest.get(name));
      return current && { name, tags: new Map(JSON.parse(String(row?.['tags'])) as [string, string][]), current };
    },
    version: (name, version) => read(name, one.get(name, version)),
    versionByLabel: (name, label) => versions(name, 0, maxVersions + 1).find((found) => found.labels.includes(label)),
    versions,
    put: (name, version, tags) =>
      together(() => {
        insert.run(name, JSON.stringify([...(tags ?? [])]));
        if (Number(counted.get(name)?.['count']) >= maxVersions && dropOldest.run(name).changes === 0) return false;
        const { type, tier, description, keyId, value, labels, modifiedAt, modifiedBy } = version;
        const sealed = rootKey.seal(value, place(name, version.version));
        insertVersion.run(name, version.version, type, tier, description, keyId ?? null, sealed, JSON.stringify(labels), modifiedAt, modifiedBy);
        return true;
      }),
    setTags: (name, tags) => void setTags.run(JSON.stringify([...tags]), name),
    setLabels: (name, labels) =>
      together(() => {
        for (const [version, list] of labels) setLabels.run(JSON.stringify(list), name, version);
      }),
    remove: (name) => remove.run(name).changes > 0,
    names: (prefix, after, limit) => names.all(after > prefix ? after : prefix, `${prefix}\u007f`, limit).map((row) => String(row['name'])),
    close: () => database.close(),
  };
}

function place(name: string, version: number): string {
  return `hq-ssm parameter ${name} ${version}`;
}

function fromRow(rootKey: RootKey, name: string, row: Row): ParameterVersion {
  return {
    version: row.version,
    type: row.type,
    tier: row.tier,
    description: row.description,
    keyId: row.key_id ?? undefined,
    value: rootKey.open(row.value, place(name, row.version)),
    labels: JSON.parse(row.labels) as string[],
    modifiedAt: row.modified_at,
    modifiedBy: row.modified_by,
  };
}
