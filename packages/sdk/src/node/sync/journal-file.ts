/**
 * The journal as a file: one line a change, each with its own checksum, appended; rewritten as a whole now and then. A process that is killed leaves at most a
 * torn last line; a line that does not check is as if it had never been written, and then that file is compared by content, which is slower and loses nothing.
 * It lives in the folder (`.hq/journal`), not in the user's profile: a folder that is moved, copied or restored from a backup brings the state that belongs to
 * its files along, where a journal kept elsewhere would take old content for new edits.
 */
import { closeSync, fstatSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { Path } from '@hq/shared/path';
import type { Journal, JournalEntry } from '../../sync/journal.ts';
import { fsError, isMissing } from './fs-error.ts';

const bufferedLines = 64;

type Row = readonly [path: string, sha256: string, size: number, etag: string, executable: 0 | 1, readAt: number, ...stamp: [number, number, number, number]];

function toRow(path: Path, { sha256, size, etag, executable, readAt, stamp }: JournalEntry): Row {
  return [path, sha256, size, etag, executable ? 1 : 0, readAt, stamp.size, stamp.mtimeMs, stamp.ctimeMs, stamp.inode];
}

const types = ['string', 'string', 'number', 'string', 'number', 'number', 'number', 'number', 'number', 'number'];

function fromRow(row: unknown): [Path, JournalEntry | undefined] | undefined {
  if (!Array.isArray(row) || typeof row[0] !== 'string') return undefined;
  // Written by us and checked by its line's sum; it names nothing that is not also found on one of the sides.
  const path = row[0] as Path;
  if (row.length === 1) return [path, undefined];
  if (row.length !== types.length || row.some((value, i) => typeof value !== types[i])) return undefined;
  // Its types were just checked, one by one.
  const [, sha256, size, etag, executable, readAt, localSize, mtimeMs, ctimeMs, inode] = row as unknown as Row;
  return [path, { sha256, size, etag, executable: executable === 1, readAt, stamp: { size: localSize, mtimeMs, ctimeMs, inode } }];
}

function line(row: readonly unknown[]): string {
  const text = JSON.stringify(row);
  return `${crc32(text).toString(16).padStart(8, '0')} ${text}\n`;
}

function parse(text: string): [Path, JournalEntry | undefined] | undefined {
  const row = text.slice(9);
  if (crc32(row).toString(16).padStart(8, '0') !== text.slice(0, 8)) return undefined;
  try {
    return fromRow(JSON.parse(row));
  } catch {
    return undefined;
  }
}

export class JournalFile implements Journal {
  readonly #file: string;
  readonly #entries = new Map<Path, JournalEntry>();
  #fd: number;
  #lines = 0;
  #buffer: string[] = [];
  #unwritten: Buffer = Buffer.alloc(0);
  #scheduled = false;

  /** Reads what is there; a missing file is an empty journal. */
  constructor(file: string) {
    this.#file = file;
    let text = '';
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    for (const each of text.split('\n')) {
      if (each === '') continue;
      this.#lines++;
      const change = parse(each);
      if (change === undefined) continue;
      if (change[1] === undefined) this.#entries.delete(change[0]);
      else this.#entries.set(change[0], change[1]);
    }
    this.#fd = openSync(file, 'a', 0o600);
    // A torn last line must not swallow the next one.
    if (text !== '' && !text.endsWith('\n')) writeSync(this.#fd, '\n');
  }

  get size(): number {
    return this.#entries.size;
  }

  get(path: Path): JournalEntry | undefined {
    return this.#entries.get(path);
  }

  entries(): IterableIterator<[Path, JournalEntry]> {
    return this.#entries.entries();
  }

  record(path: Path, entry: JournalEntry): void {
    this.#entries.set(path, entry);
    this.#append(toRow(path, entry));
  }

  forget(path: Path): void {
    if (this.#entries.delete(path)) this.#append([path]);
  }

  #append(row: readonly unknown[]): void {
    this.#lines++;
    if (this.#buffer.push(line(row)) >= bufferedLines) this.#tryWrite();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        this.#tryWrite();
      });
    }
  }

  #write(): void {
    if (this.#fd < 0) return;
    this.#unwritten = Buffer.concat([this.#unwritten, Buffer.from(this.#buffer.join(''))]);
    this.#buffer = [];
    // A disk that fills up takes a part; what it did not take is the next to go, so that no line is ever cut in two by another.
    while (this.#unwritten.length > 0) this.#unwritten = this.#unwritten.subarray(writeSync(this.#fd, this.#unwritten));
  }

  /** The disk may have room again later; `close` says if it had none to the end. */
  #tryWrite(): void {
    try {
      this.#write();
    } catch {
      // Kept, and tried again with the next line.
    }
  }

  /** Replaces the file by one with a line an entry: the old one or the new one is there at any moment. */
  #compact(): void {
    const beside = `${this.#file}.new`;
    try {
      writeFileSync(beside, [...this.#entries].map(([path, entry]) => line(toRow(path, entry))).join(''), { mode: 0o600, flush: true });
      renameSync(beside, this.#file);
    } catch {
      // No room for a second copy: the long one is as good.
      rmSync(beside, { force: true });
    }
  }

  /**
   * Makes everything durable and closes the file. Safe to call twice.
   * @throws HqError `STORAGE_FULL` when there was no room for the newest lines: those files are compared by content next time.
   */
  close(): void {
    if (this.#fd < 0) return;
    try {
      this.#write();
      if (fstatSync(this.#fd).size > 0) fsyncSync(this.#fd);
    } catch (error) {
      throw fsError(error);
    } finally {
      closeSync(this.#fd);
      this.#fd = -1;
    }
    if (this.#lines > 2 * this.#entries.size + 100) this.#compact();
  }
}
