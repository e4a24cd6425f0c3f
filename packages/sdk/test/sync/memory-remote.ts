/** A vault in memory with the conditions of the real one, for tests of the engine: every write makes a new version, and every version is kept. */
import { createHash } from 'node:crypto';
import { HqError } from '@hq/shared/errors';
import { compareBytes, isInside, root, type Path } from '@hq/shared/path';
import type { Content, Expecting, Remote, RemoteFile, RemoteMetadata } from '../../src/transfer/remote.ts';

interface Version {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly metadata: RemoteMetadata;
}

/** What the rules allow: the longest entry that covers a path decides. */
interface Rules {
  readonly allow: readonly Path[];
  readonly deny: readonly Path[];
}

export class MemoryRemote implements Remote {
  readonly files = new Map<Path, Version>();
  /** Every content that was ever stored, with its path. */
  readonly history: { path: Path; text: string }[] = [];
  readonly calls: string[] = [];
  /** What the caller may read; what is outside is neither listed nor found. */
  rules: Rules = { allow: [root], deny: [] };
  /** Called before every operation: throws to refuse it, or changes the vault like another device would. */
  before: (operation: string, path: Path) => void = () => undefined;
  #versions = 0;

  #see(path: Path): boolean {
    const longest = (cones: readonly Path[]): number => Math.max(-1, ...cones.filter((cone) => isInside(path, cone)).map((cone) => cone.length));
    return longest(this.rules.allow) > longest(this.rules.deny);
  }

  #enter(operation: string, path: Path): void {
    this.calls.push(operation);
    this.before(operation, path);
    if ((operation === 'put' || operation === 'remove') && !this.#see(path)) throw new HqError('FORBIDDEN', 'You may not write there.');
  }

  /** Stores like another client would. */
  write(path: string, text: string | Buffer, metadata: RemoteMetadata = {}): string {
    const etag = (++this.#versions).toString(16).padStart(32, '0');
    const bytes = Buffer.from(text);
    this.files.set(path as Path, { bytes, etag, metadata });
    this.history.push({ path: path as Path, text: bytes.toString() });
    return etag;
  }

  text(path: string): string | undefined {
    return this.files.get(path as Path)?.bytes.toString();
  }

  /** Path to text, in order. */
  tree(): Record<string, string> {
    return Object.fromEntries([...this.files].sort(([a], [b]) => compareBytes(a, b)).map(([path, { bytes }]) => [path, bytes.toString()]));
  }

  async *list(cone: Path): AsyncIterable<RemoteFile> {
    this.#enter('list', cone);
    for (const path of [...this.files.keys()].sort(compareBytes)) {
      const version = this.files.get(path);
      if (version !== undefined && path.startsWith(cone) && this.#see(path)) yield { path, size: version.bytes.length, etag: version.etag };
    }
  }

  /** Names are data too: what may not be read is not there. */
  #find(path: Path): Version | undefined {
    return this.#see(path) ? this.files.get(path) : undefined;
  }

  async get(path: Path, expecting?: { readonly etag: string }): ReturnType<Remote['get']> {
    this.#enter('get', path);
    const version = this.#find(path);
    if (version === undefined) throw new HqError('NOT_FOUND', 'It is not there.');
    if (expecting !== undefined && expecting.etag !== version.etag) throw new HqError('PRECONDITION_FAILED', 'It is another version.');
    async function* body(this: void): AsyncIterable<Uint8Array> {
      if (version !== undefined && version.bytes.length > 0) yield version.bytes;
    }
    return { path, size: version.bytes.length, etag: version.etag, metadata: version.metadata, body: body() };
  }

  async stat(path: Path): ReturnType<Remote['stat']> {
    this.#enter('stat', path);
    const version = this.#find(path);
    return version === undefined ? undefined : { path, size: version.bytes.length, etag: version.etag, metadata: version.metadata };
  }

  #check(path: Path, expecting: Expecting): void {
    const found = this.#find(path);
    if ((found?.etag ?? null) !== expecting.etag) throw new HqError('PRECONDITION_FAILED', 'Someone else was there first.');
  }

  async put(path: Path, content: Content, expecting: Expecting, metadata: RemoteMetadata): Promise<{ etag: string }> {
    this.#enter('put', path);
    const parts: Uint8Array[] = [];
    for await (const part of content.open()) parts.push(part);
    const bytes = Buffer.concat(parts);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (bytes.length !== content.size || metadata['sha256'] !== sha256) throw new HqError('CONFLICT', 'It changed while it was being uploaded.');
    this.before('stored', path);
    this.#check(path, expecting);
    const etag = this.write(path, bytes, metadata);
    this.before('answer', path);
    return { etag };
  }

  async remove(path: Path, expecting: { readonly etag: string }): Promise<void> {
    this.#enter('remove', path);
    this.#check(path, expecting);
    this.files.delete(path);
    this.before('answer', path);
  }

  async readable(cone: Path, paths: readonly Path[]): Promise<ReadonlySet<Path>> {
    this.#enter('readable', cone);
    return new Set(paths.filter((path) => this.#see(path)));
  }
}
