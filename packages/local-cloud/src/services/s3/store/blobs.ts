/**
 * Where sealed bodies lie: small ones in the index, so that one commit covers body and metadata; larger ones in a file each. A file is synced, and its folder too,
 * before the index names it; a file that the index does not name is swept at the next start. Reading pins a blob, so that an overwrite never pulls a file from
 * under a reader.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';

const FOLDERS = 256;

export class Blobs {
  readonly #folder: string;
  readonly #insert: StatementSync;
  readonly #remove: StatementSync;
  readonly #data: StatementSync;
  readonly #pins = new Map<number, number>();
  readonly #doomed = new Set<number>();
  #next: number;

  constructor(db: DatabaseSync, folder: string) {
    this.#folder = folder;
    this.#insert = db.prepare('INSERT INTO blobs (id, data) VALUES (?, ?)');
    this.#remove = db.prepare('DELETE FROM blobs WHERE id = ? RETURNING data IS NULL AS file');
    this.#data = db.prepare('SELECT data FROM blobs WHERE id = ?');
    for (let index = 0; index < FOLDERS; index += 1) mkdirSync(this.#folderOf(index), { recursive: true, mode: 0o700 });
    syncFolder(folder);
    this.#sweep();
    this.#next = Number(db.prepare('SELECT coalesce(max(id), 0) AS top FROM blobs').get()?.['top']) + 1;
  }

  /** A number that no blob has or had since the start. */
  newId(): number {
    this.#next += 1;
    return this.#next;
  }

  /** Names a blob in the running transaction; `data` is undefined for one that lies in a file. */
  insert(id: number, data: Uint8Array | undefined): void {
    this.#insert.run(id, data ?? null);
  }

  /** Forgets blobs in the running transaction. @returns what to call once it is committed, to remove their files. */
  remove(ids: readonly number[]): () => void {
    const files = ids.filter((id) => this.#remove.get(id)?.['file'] === 1);
    return () => {
      for (const id of files) this.discardFile(id);
    };
  }

  /** Sealed bytes that lie in the index; undefined for a blob in a file. @throws Error for one that the index does not name. */
  inline(id: number): Buffer | undefined {
    const row = this.#data.get(id);
    if (row === undefined) throw new Error(`blob ${id} is not in the index`);
    const data = row['data'];
    return data instanceof Uint8Array ? Buffer.from(data.buffer, data.byteOffset, data.byteLength) : undefined;
  }

  /** A new, empty file that only its owner can read. */
  createFile(id: number): Promise<FileHandle> {
    return open(this.#path(id), 'wx', 0o600);
  }

  openFile(id: number): Promise<FileHandle> {
    return open(this.#path(id), 'r');
  }

  /** Makes the file's name durable; call it after the file itself was synced. */
  async settleFile(id: number): Promise<void> {
    const folder = await open(this.#folderOf(id % FOLDERS), 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }

  /** Removes a file that the index does not name (any more), as soon as nobody reads it. */
  discardFile(id: number): void {
    if (this.#pins.has(id)) this.#doomed.add(id);
    else void unlink(this.#path(id)).catch(() => undefined); // what stays behind is swept at the next start
  }

  /** Keeps the files of these blobs until the returned function is called. */
  pin(ids: readonly number[]): () => void {
    for (const id of ids) this.#pins.set(id, (this.#pins.get(id) ?? 0) + 1);
    return () => {
      for (const id of ids) {
        const left = (this.#pins.get(id) ?? 1) - 1;
        if (left > 0) this.#pins.set(id, left);
        else {
          this.#pins.delete(id);
          if (this.#doomed.delete(id)) this.discardFile(id);
        }
      }
    };
  }

  /** After a crash: files that were being written, or whose removal was cut short. */
  #sweep(): void {
    for (let index = 0; index < FOLDERS; index += 1) {
      for (const name of readdirSync(this.#folderOf(index))) {
        const id = Number(name);
        const row = Number.isSafeInteger(id) ? this.#data.get(id) : undefined;
        if (row === undefined || row['data'] !== null) rmSync(join(this.#folderOf(index), name), { force: true });
      }
    }
  }

  #folderOf(index: number): string {
    return join(this.#folder, index.toString(16).padStart(2, '0'));
  }

  #path(id: number): string {
    return join(this.#folderOf(id % FOLDERS), String(id));
  }
}

function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
