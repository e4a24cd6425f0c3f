/** The versions of keys: looked up, added and removed. Writing happens inside a `GroupCommit`, so each rule here is atomic. */
import { randomBytes } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ObjectDetail, Version } from './records.ts';

/** A version to add; its number and id are given by the store. */
export interface NewVersion {
  readonly size: number;
  readonly etag: string;
  readonly modified: number;
  /** Undefined adds a delete marker. */
  readonly detail: ObjectDetail | undefined;
}

export type Versioning = 'Off' | 'Enabled' | 'Suspended';

const NUMBER_DIGITS = 12;

/** The number inside a version id, or undefined for `null` and for ids that this store never made. */
export function versionNumber(versionId: string): number | undefined {
  return /^[0-9a-f]{32}$/.test(versionId) ? Number.parseInt(versionId.slice(0, NUMBER_DIGITS), 16) : undefined;
}

/** A row of `versions` as a record. */
export function readVersion(row: Record<string, unknown>): Version {
  const detail = String(row['detail']);
  return {
    key: keyText(row['key']),
    number: -Number(row['age']),
    versionId: String(row['version']),
    latest: row['latest'] === 1,
    size: Number(row['size']),
    etag: String(row['etag']),
    modified: Number(row['modified']),
    detail: detail === '' ? undefined : (JSON.parse(detail) as ObjectDetail), // written by `add` alone
  };
}

/** A key column as text. */
export function keyText(column: unknown): string {
  if (!(column instanceof Uint8Array)) throw new Error('the index holds a key that is not a blob');
  return Buffer.from(column.buffer, column.byteOffset, column.byteLength).toString('utf8');
}

export class Versions {
  readonly #latest: StatementSync;
  readonly #byNumber: StatementSync;
  readonly #byId: StatementSync;
  readonly #insert: StatementSync;
  readonly #demote: StatementSync;
  readonly #promote: StatementSync;
  readonly #delete: StatementSync;
  readonly #replaceDetail: StatementSync;
  readonly #any: StatementSync;

  constructor(db: DatabaseSync) {
    const at = 'FROM versions WHERE bucket = ? AND key = ?';
    this.#latest = db.prepare(`SELECT * ${at} ORDER BY age LIMIT 1`);
    this.#byNumber = db.prepare(`SELECT * ${at} AND age = ?`);
    this.#byId = db.prepare(`SELECT * ${at} AND version = ? LIMIT 1`);
    this.#insert = db.prepare(
      'INSERT INTO versions (bucket, key, age, version, latest, marker, size, etag, modified, detail) VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?, ?)',
    );
    this.#demote = db.prepare('UPDATE versions SET latest = 0 WHERE bucket = ? AND key = ? AND age = ?');
    this.#promote = db.prepare('UPDATE versions SET latest = 1 WHERE bucket = ? AND key = ? AND age = ?');
    this.#delete = db.prepare('DELETE FROM versions WHERE bucket = ? AND key = ? AND age = ?');
    this.#replaceDetail = db.prepare('UPDATE versions SET detail = ? WHERE bucket = ? AND key = ? AND age = ?');
    this.#any = db.prepare('SELECT 1 FROM versions WHERE bucket = ? LIMIT 1');
  }

  /** The newest version, which may be a delete marker. */
  latest(bucket: number, key: string): Version | undefined {
    const row = this.#latest.get(bucket, Buffer.from(key));
    return row === undefined ? undefined : readVersion(row);
  }

  /** The version with this id, `null` included. */
  find(bucket: number, key: string, versionId: string): Version | undefined {
    const number = versionNumber(versionId);
    if (number === undefined && versionId !== 'null') return undefined;
    const row = number === undefined ? this.#byId.get(bucket, Buffer.from(key), versionId) : this.#byNumber.get(bucket, Buffer.from(key), -number);
    const version = row === undefined ? undefined : readVersion(row);
    return version?.versionId === versionId ? version : undefined;
  }

  /** Adds the newest version. Unless versioning is enabled it becomes the `null` version and replaces the one before. @returns it, and the blobs it replaced. */
  add(bucket: number, key: string, versioning: Versioning, version: NewVersion): { added: Version; dropped: readonly number[] } {
    const name = Buffer.from(key);
    const before = this.latest(bucket, key);
    const replaced = versioning === 'Enabled' || before === undefined ? undefined : this.find(bucket, key, 'null');
    if (replaced !== undefined) this.#delete.run(bucket, name, -replaced.number);
    if (before !== undefined && before.number !== replaced?.number) this.#demote.run(bucket, name, -before.number);
    const number = (before?.number ?? 0) + 1;
    const versionId = versioning === 'Enabled' ? number.toString(16).padStart(NUMBER_DIGITS, '0') + randomBytes(10).toString('hex') : 'null';
    const detail = version.detail === undefined ? '' : JSON.stringify(version.detail);
    this.#insert.run(bucket, name, -number, versionId, version.detail === undefined ? 1 : 0, version.size, version.etag, version.modified, detail);
    return { added: { ...version, key, number, versionId, latest: true }, dropped: blobsOf(replaced) };
  }

  /** Removes one version for good; the next newest becomes the latest. @returns the blobs that nothing names any more. */
  remove(bucket: number, version: Version): readonly number[] {
    const name = Buffer.from(version.key);
    this.#delete.run(bucket, name, -version.number);
    const next = version.latest ? this.latest(bucket, version.key) : undefined;
    if (next !== undefined) this.#promote.run(bucket, name, -next.number);
    return blobsOf(version);
  }

  /** Changes what is said about a version (its tags), not its body. */
  redescribe(bucket: number, version: Version, detail: ObjectDetail): void {
    this.#replaceDetail.run(JSON.stringify(detail), bucket, Buffer.from(version.key), -version.number);
  }

  /** Whether the bucket holds any version or delete marker. */
  any(bucket: number): boolean {
    return this.#any.get(bucket) !== undefined;
  }
}

function blobsOf(version: Version | undefined): readonly number[] {
  return version?.detail?.segments.map((segment) => segment.blob) ?? [];
}
