/**
 * Listings as range scans of the index: a page costs what it shows, not what the bucket holds. With a delimiter, all keys below a common prefix are stepped over
 * with one seek.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Version } from './records.ts';
import { readVersion } from './versions.ts';

/** Where a page begins: after this key or common prefix, or after one version of this key. */
export interface Start {
  readonly after: string;
  /** List the older versions of `after` itself that come after this one. */
  readonly olderThan?: number;
}

export interface PageQuery {
  readonly bucket: number;
  readonly prefix: string;
  /** Empty for none. */
  readonly delimiter: string;
  readonly start: Start;
  readonly limit: number;
}

/** One page, in UTF-8 byte order. */
export interface Page {
  readonly versions: readonly Version[];
  readonly prefixes: readonly string[];
  readonly truncated: boolean;
  /** The last thing on the page, where it is truncated: a key's version or a common prefix. */
  readonly last: Version | string | undefined;
}

/** The smallest bytes that sort after everything that begins with `bytes`; undefined where there are none. */
export function successor(bytes: Uint8Array): Buffer | undefined {
  let end = bytes.byteLength;
  while (end > 0 && bytes[end - 1] === 0xff) end -= 1;
  if (end === 0) return undefined;
  const next = Buffer.from(bytes.subarray(0, end));
  next[end - 1] = (next[end - 1] ?? 0) + 1;
  return next;
}

/** Larger than any key: UTF-8 never holds 0xFF. */
export const BEYOND = Buffer.from([0xff]);
const FIRST_BATCH = 8;
const LARGEST_BATCH = 1024;

export class Listings {
  readonly #live: StatementSync;
  readonly #history: StatementSync;

  constructor(db: DatabaseSync) {
    const range = 'WHERE bucket = ? AND (key, age) > (?, ?) AND key < ?';
    this.#live = db.prepare('SELECT * FROM versions WHERE bucket = ? AND key >= ? AND key < ? AND latest = 1 AND marker = 0 ORDER BY key LIMIT ?');
    this.#history = db.prepare(`SELECT * FROM versions ${range} ORDER BY key, age LIMIT ?`);
  }

  /** Keys that have a current object. */
  objects(query: PageQuery): Page {
    const fetch = (from: Buffer, _age: number, until: Buffer, count: number): Version[] => this.#live.all(query.bucket, from, until, count).map(readVersion);
    return scan(query, fetch, 'keys');
  }

  /** Every version and delete marker: keys ascending, newest first. */
  history(query: PageQuery): Page {
    const fetch = (from: Buffer, age: number, until: Buffer, count: number): Version[] =>
      this.#history.all(query.bucket, from, age, until, count).map(readVersion);
    return scan(query, fetch, 'versions');
  }
}

/** Older than every version of a key, and newer than every one. */
const OLDEST = Number.MAX_SAFE_INTEGER;
const NEWEST = -Number.MAX_SAFE_INTEGER;

function scan(query: PageQuery, fetch: (from: Buffer, age: number, until: Buffer, count: number) => Version[], unit: 'keys' | 'versions'): Page {
  const prefix = Buffer.from(query.prefix);
  const until = successor(prefix) ?? BEYOND;
  let { from, age } = startingPoint(query, prefix, unit);
  const versions: Version[] = [];
  const prefixes: string[] = [];
  let last: Version | string | undefined;
  let batch = query.delimiter === '' ? LARGEST_BATCH : FIRST_BATCH;
  if (query.limit <= 0) return { versions, prefixes, truncated: false, last };
  for (;;) {
    const wanted = Math.min(batch, query.limit - versions.length - prefixes.length + 1);
    const found = Buffer.compare(from, until) < 0 ? fetch(from, age, until, wanted) : [];
    let stepped = false;
    for (const version of found) {
      if (versions.length + prefixes.length === query.limit) return { versions, prefixes, truncated: true, last };
      const common = commonPrefix(version.key, query.prefix, query.delimiter);
      if (common === undefined) {
        versions.push(version);
        last = version;
        ({ from, age } = unit === 'keys' ? { from: Buffer.from(`${version.key}\0`), age: NEWEST } : { from: Buffer.from(version.key), age: -version.number });
      } else {
        if (isAfter(common, query.start.after)) {
          prefixes.push(common);
          last = common;
        }
        const next = successor(Buffer.from(common)) ?? BEYOND;
        if (Buffer.compare(next, from) <= 0) throw new Error('a listing stands still');
        from = next;
        age = NEWEST;
        stepped = true;
        break;
      }
    }
    if (!stepped && found.length < wanted) return { versions, prefixes, truncated: false, last: undefined };
    batch = stepped ? FIRST_BATCH : Math.min(batch * 4, LARGEST_BATCH);
  }
}

/** The part of the key up to the first delimiter behind the prefix. */
export function commonPrefix(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === '') return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}

/** What a page shows sorts after its start, or a client that goes on from its end could go on for ever: a start inside a common prefix has passed it. */
export function isAfter(name: string, start: string): boolean {
  return Buffer.compare(Buffer.from(name), Buffer.from(start)) > 0;
}

function startingPoint(query: PageQuery, prefix: Buffer, unit: 'keys' | 'versions'): { from: Buffer; age: number } {
  const { after, olderThan } = query.start;
  const start = Buffer.from(after);
  if (after === '' || Buffer.compare(start, prefix) < 0) return { from: prefix, age: NEWEST };
  if (unit === 'keys') return { from: Buffer.from(`${after}\0`), age: NEWEST };
  return { from: start, age: olderThan === undefined ? OLDEST : -olderThan };
}
