/**
 * A table in memory, held to the contract of the real ones: for simulations, where a thousand races have to be over in seconds and every call has to be
 * done the moment it gets its turn.
 */
import { compareBytes } from '@hq/shared/path';
import type { Clock } from '@hq/shared/time';
import { afterWrites } from '../src/adapters/local/sqlite-writes.ts';
import { checkKey, checkQuery, checkTransaction, checkWrite } from '../src/ports/table-limits.ts';
import type { Attributes, Item, Key, Query, Table, Write } from '../src/ports/table.ts';

/** Attributes are kept as text, so that nobody holds a piece of what is stored. */
type Row = Omit<Item, 'attributes'> & { readonly text: string };

/** Every method acts at once, before it returns its promise. */
export function createMemoryTable(clock: Clock): Table {
  const partitions = new Map<string, Map<string, Row>>();
  const live = (row: Row | undefined): row is Row => row !== undefined && (row.expiresAt === undefined || row.expiresAt > clock());

  function read({ pk, sk }: Key): Item | undefined {
    const row = partitions.get(pk)?.get(sk);
    return live(row) ? toItem(row) : undefined;
  }

  function write(writes: readonly Write[]): (Item | undefined)[] {
    return afterWrites(writes, read).map(({ key: { pk, sk }, item }) => {
      if (item === 'as before') return undefined;
      const partition = partitions.get(pk) ?? new Map<string, Row>();
      partitions.set(pk, partition);
      if (item === undefined) partition.delete(sk);
      else {
        const { attributes, ...rest } = item;
        partition.set(sk, { ...rest, text: JSON.stringify(attributes) });
      }
      return item;
    });
  }

  async function writeOne(one: Write): Promise<Item> {
    checkWrite(one);
    const [item] = write([one]);
    if (item === undefined) throw new TypeError('a put or an update leaves an item');
    return item;
  }

  return {
    async get(key) {
      checkKey(key);
      return read(key);
    },
    async getMany(keys) {
      for (const key of keys) checkKey(key);
      return keys.map(read);
    },
    put: (put) => writeOne({ put }),
    update: (update) => writeOne({ update }),
    async remove(remove) {
      checkWrite({ remove });
      write([{ remove }]);
    },
    async query(query) {
      checkQuery(query);
      const rows = [...(partitions.get(query.pk)?.values() ?? [])].filter((row) => live(row) && within(query, row.sk));
      rows.sort((a, b) => (query.reverse ? compareBytes(b.sk, a.sk) : compareBytes(a.sk, b.sk)));
      const items = rows.slice(0, query.limit).map(toItem);
      return { items, cursor: rows.length > query.limit ? (items.at(-1)?.sk ?? null) : null };
    },
    async transact(writes) {
      checkTransaction(writes);
      write(writes);
    },
    async close() {},
  };
}

function toItem({ text, ...rest }: Row): Item {
  return { ...rest, attributes: JSON.parse(text) as Attributes };
}

function within({ prefix, from, to, cursor, reverse }: Query, sk: string): boolean {
  if (prefix !== undefined && !sk.startsWith(prefix)) return false;
  if (from !== undefined && compareBytes(sk, from) < 0) return false;
  if (to !== undefined && compareBytes(sk, to) > 0) return false;
  if (cursor === undefined) return true;
  return reverse ? compareBytes(sk, cursor) < 0 : compareBytes(sk, cursor) > 0;
}
