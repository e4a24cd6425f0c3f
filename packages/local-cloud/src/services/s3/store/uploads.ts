/** Multipart uploads under way: their description, and the parts that arrived. A part is one sealed blob; completing an upload only names them in order. */
import { randomBytes } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ChecksumAlgorithm } from '../checksum/algorithms.ts';
import type { Checksum, Description, Encryption, Segment } from './records.ts';
import { keyText } from './versions.ts';

export interface UploadDetail extends Description {
  readonly encryption: Encryption;
  /** The checksum that each part and the object will have. */
  readonly checksum: { readonly algorithm: ChecksumAlgorithm; readonly type: Checksum['type'] };
  /** Whether the client asked for it; otherwise it is S3's own, and parts may claim others. */
  readonly checksumAsked: boolean;
  /** ARN of who began it. */
  readonly initiator: string;
}

export interface Upload {
  readonly id: string;
  readonly bucket: number;
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly initiated: number;
  readonly detail: UploadDetail;
}

export interface Part {
  readonly number: number;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly segment: Segment;
}

export class Uploads {
  readonly #insert: StatementSync;
  readonly #get: StatementSync;
  readonly #delete: StatementSync;
  readonly #scan: StatementSync;
  readonly #ofBucket: StatementSync;
  readonly #putPart: StatementSync;
  readonly #part: StatementSync;
  readonly #parts: StatementSync;
  readonly #deleteParts: StatementSync;

  constructor(db: DatabaseSync) {
    this.#insert = db.prepare('INSERT INTO uploads (bucket, key, id, initiated, detail) VALUES (?, ?, ?, ?, ?)');
    this.#get = db.prepare('SELECT * FROM uploads WHERE bucket = ? AND key = ? AND id = ?');
    this.#delete = db.prepare('DELETE FROM uploads WHERE bucket = ? AND key = ? AND id = ?');
    this.#scan = db.prepare('SELECT * FROM uploads WHERE bucket = ? AND (key, id) > (?, ?) AND key < ? ORDER BY key, id LIMIT ?');
    this.#ofBucket = db.prepare('SELECT * FROM uploads WHERE bucket = ?');
    this.#putPart = db.prepare('INSERT OR REPLACE INTO parts (upload, number, size, etag, modified, detail) VALUES (?, ?, ?, ?, ?, ?)');
    this.#part = db.prepare('SELECT * FROM parts WHERE upload = ? AND number = ?');
    this.#parts = db.prepare('SELECT * FROM parts WHERE upload = ? AND number > ? ORDER BY number LIMIT ?');
    this.#deleteParts = db.prepare('DELETE FROM parts WHERE upload = ?');
  }

  /** Begins an upload, inside a commit. Ids of a key sort by the time they were begun. */
  begin(bucket: number, key: string, now: number, detail: UploadDetail): Upload {
    const id = now.toString(16).padStart(12, '0') + randomBytes(26).toString('hex');
    this.#insert.run(bucket, Buffer.from(key), id, now, JSON.stringify(detail));
    return { id, bucket, key, initiated: now, detail };
  }

  find(bucket: number, key: string, id: string): Upload | undefined {
    const row = this.#get.get(bucket, Buffer.from(key), id);
    return row === undefined ? undefined : readUpload(row);
  }

  /** Uploads in order of key and begin, after (`key`, `id`) and with keys before `until`. */
  scan(bucket: number, key: Uint8Array, id: string, until: Uint8Array, limit: number): Upload[] {
    return this.#scan.all(bucket, key, id, until, limit).map(readUpload);
  }

  /** Adds a part or replaces the one with its number, inside a commit. @returns the blob that was replaced. */
  putPart(upload: Upload, part: Part): number | undefined {
    const before = this.part(upload, part.number);
    this.#putPart.run(upload.id, part.number, part.size, part.etag, part.modified, JSON.stringify(part.segment));
    return before?.segment.blob;
  }

  part(upload: Upload, number: number): Part | undefined {
    const row = this.#part.get(upload.id, number);
    return row === undefined ? undefined : readPart(row);
  }

  /** Parts with a number above `after`, ascending. */
  parts(upload: Upload, after = 0, limit = 10_001): Part[] {
    return this.#parts.all(upload.id, after, limit).map(readPart);
  }

  /** Forgets all uploads of a bucket, inside a commit. @returns the blobs of their parts. */
  endAll(bucket: number): number[] {
    const blobs: number[] = [];
    for (const row of this.#ofBucket.all(bucket)) {
      const upload = readUpload(row);
      blobs.push(...this.parts(upload).map((part) => part.segment.blob));
      this.end(upload);
    }
    return blobs;
  }

  /** Forgets an upload and its parts, inside a commit; their blobs are the caller's to keep or remove. */
  end(upload: Upload): void {
    this.#deleteParts.run(upload.id);
    this.#delete.run(upload.bucket, Buffer.from(upload.key), upload.id);
  }
}

function readUpload(row: Record<string, unknown>): Upload {
  const detail = JSON.parse(String(row['detail'])) as UploadDetail; // written by `begin` alone
  return { id: String(row['id']), bucket: Number(row['bucket']), key: keyText(row['key']), initiated: Number(row['initiated']), detail };
}

function readPart(row: Record<string, unknown>): Part {
  const segment = JSON.parse(String(row['detail'])) as Segment; // written by `putPart` alone
  return { number: Number(row['number']), size: Number(row['size']), etag: String(row['etag']), modified: Number(row['modified']), segment };
}
