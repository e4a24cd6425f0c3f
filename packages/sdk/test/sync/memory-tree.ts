/** A folder in memory, for the simulation: everything in it is decided by the seed, also what happens between two steps. */
import { createHash } from 'node:crypto';
import { HqError } from '@hq/shared/errors';
import { compareBytes, type Path } from '@hq/shared/path';
import type { Arrival, HashedFile, LocalFile, LocalTree, Scan, Snapshot } from '../../src/sync/local.ts';
import { sameStamp, type Journal, type JournalEntry } from '../../src/sync/journal.ts';

interface Node {
  readonly text: string;
  readonly executable: boolean;
  readonly version: number;
}

const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');

export class MemoryTree implements LocalTree {
  readonly caseSensitive = true;
  readonly windows = false;
  readonly files = new Map<Path, Node>();
  #version = 0;

  write(path: Path, text: string, executable = false): void {
    this.files.set(path, { text, executable, version: ++this.#version });
  }

  tree(): Record<string, string> {
    return Object.fromEntries([...this.files].sort(([a], [b]) => compareBytes(a, b)).map(([path, { text }]) => [path, text]));
  }

  look(path: Path): LocalFile | undefined {
    const node = this.files.get(path);
    if (node === undefined) return undefined;
    const stamp = { size: Buffer.byteLength(node.text), mtimeMs: node.version, ctimeMs: node.version, inode: 1 };
    return { path, executable: node.executable, stamp, sha256: undefined, readAt: 0 };
  }

  #expect(path: Path, seen: LocalFile | undefined): Node | undefined {
    const found = this.look(path);
    if (found === undefined ? seen !== undefined : seen === undefined || !sameStamp(found.stamp, seen.stamp)) {
      throw new HqError('PRECONDITION_FAILED', 'It changed.');
    }
    return this.files.get(path);
  }

  #hashed(path: Path): HashedFile {
    const file = this.look(path);
    const node = this.files.get(path);
    if (file === undefined || node === undefined) throw new HqError('PRECONDITION_FAILED', 'It is gone.');
    return { ...file, sha256: sha256Of(node.text), readAt: node.version };
  }

  async scan(journal: Journal): Promise<Scan> {
    const files = new Map<Path, LocalFile>();
    for (const path of this.files.keys()) {
      const file = this.look(path);
      if (file !== undefined) files.set(path, journal.get(path) === undefined ? file : this.#hashed(path));
    }
    return { files, blind: new Set(), heldBack: [], problems: [] };
  }

  ignores(): boolean {
    return false;
  }

  async hash(file: LocalFile): Promise<HashedFile> {
    this.#expect(file.path, file);
    return this.#hashed(file.path);
  }

  async snapshot(file: LocalFile): Promise<Snapshot> {
    const bytes = Buffer.from(this.files.get(file.path)?.text ?? '');
    return {
      file: this.#hashed(file.path),
      content: {
        size: bytes.length,
        async *open() {
          yield bytes;
        },
      },
    };
  }

  async receive(body: AsyncIterable<Uint8Array>): Promise<Arrival> {
    const parts: Uint8Array[] = [];
    for await (const part of body) parts.push(part);
    const text = Buffer.concat(parts).toString();
    return {
      sha256: sha256Of(text),
      size: Buffer.byteLength(text),
      discard: () => undefined,
      place: (path, seen, executable) => {
        this.#expect(path, seen);
        this.write(path, text, executable);
        return this.#hashed(path);
      },
    };
  }

  remove(path: Path, seen: LocalFile): void {
    this.#expect(path, seen);
    this.files.delete(path);
  }

  rename(path: Path, seen: LocalFile, to: Path): LocalFile {
    const node = this.#expect(path, seen);
    if (this.files.has(to) || node === undefined) throw new HqError('CONFLICT', 'Taken.');
    this.files.delete(path);
    this.write(to, node.text, node.executable);
    return this.#hashed(to);
  }

  setExecutable(path: Path, seen: HashedFile, executable: boolean): HashedFile {
    const node = this.#expect(path, seen);
    this.write(path, node?.text ?? '', executable);
    return this.#hashed(path);
  }

  async settle(): Promise<void> {}
}

/** A journal whose newest changes a crash may lose, as a buffer that was not written yet. */
export class MemoryJournal implements Journal {
  #log: [Path, JournalEntry | undefined][] = [];
  #entries = new Map<Path, JournalEntry>();

  get size(): number {
    return this.#entries.size;
  }

  get(path: Path): JournalEntry | undefined {
    return this.#entries.get(path);
  }

  entries(): IterableIterator<[Path, JournalEntry]> {
    return this.#entries.entries();
  }

  #apply(path: Path, entry: JournalEntry | undefined): void {
    if (entry === undefined) this.#entries.delete(path);
    else this.#entries.set(path, entry);
  }

  record(path: Path, entry: JournalEntry): void {
    this.#log.push([path, entry]);
    this.#apply(path, entry);
  }

  forget(path: Path): void {
    this.#log.push([path, undefined]);
    this.#apply(path, undefined);
  }

  lose(changes: number): void {
    this.#log = this.#log.slice(0, Math.max(0, this.#log.length - changes));
    this.#entries = new Map();
    for (const [path, entry] of this.#log) this.#apply(path, entry);
  }

  /** A sync that ended well has everything on the disk: the next crash can't lose it. */
  seal(): void {
    this.#log = [...this.#entries];
  }
}
