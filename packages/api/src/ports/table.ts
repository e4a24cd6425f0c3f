/**
 * The metadata table: small items in sorted partitions, modelled on what DynamoDB does well, so that every store is written once. Two adapters stand behind
 * it (SQLite for one machine, DynamoDB for production), held to one contract in `test/table/table-contract.ts`.
 *
 * Reads are consistent: they see every write that was answered before they began. Writes are durable when they are answered. An item whose expiry has come is
 * gone for every read and every condition, also while the engine has not swept it yet.
 */
import type { EpochSeconds } from '@hq/shared/time';
import type { Condition } from './table-condition.ts';

/** What an attribute may hold. Numbers are safe integers; strings are well-formed Unicode. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };

/** Top-level names are letters, digits and `_`, and start with a letter. */
export type Attributes = Readonly<Record<string, Value>>;

/** Where an item is. `sk` orders the items of a partition by its UTF-8 bytes; both are 1 to 1,024 bytes. */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

export interface Item extends Key {
  readonly attributes: Attributes;
  /** 1 when the item is made, one more with each write; an item that was removed starts again. */
  readonly version: number;
  readonly expiresAt?: EpochSeconds;
}

/** The whole item anew; attributes that are not named are gone, and so is an expiry that is not named. */
export interface Put extends Key {
  readonly attributes: Attributes;
  readonly expiresAt?: EpochSeconds;
  readonly condition?: Condition;
}

/** Single attributes of an item that exists; an absent item is a failed condition. */
export interface Update extends Key {
  readonly set?: Attributes;
  readonly remove?: readonly string[];
  /** Added to a number; an absent one counts as 0. */
  readonly add?: Readonly<Record<string, number>>;
  /** A new expiry; null takes it away. */
  readonly expiresAt?: EpochSeconds | null;
  readonly condition?: Condition;
}

/** Removing what is not there is no error, unless a condition says so. */
export interface Remove extends Key {
  readonly condition?: Condition;
}

/** Writes nothing; the transaction fails unless the condition holds. */
export interface Check extends Key {
  readonly condition: Condition;
}

export type Write = ({ readonly put: Put } | { readonly update: Update } | { readonly remove: Remove } | { readonly check: Check }) & object;

export interface Query {
  readonly pk: string;
  /** Only sort keys that start so. */
  readonly prefix?: string;
  /** Only sort keys from here on, this one included. */
  readonly from?: string;
  /** Only sort keys up to here, this one included. */
  readonly to?: string;
  /** The cursor of the page before. */
  readonly cursor?: string;
  /** Items on a page, 1 to 1,000. */
  readonly limit: number;
  /** From the last to the first. */
  readonly reverse?: boolean;
}

/** Only a null cursor is the end: a page may be short, or empty, and carry one. */
export interface Page {
  readonly items: readonly Item[];
  readonly cursor: string | null;
}

/**
 * @throws ConditionFailed (an HqError `CONFLICT`) where a condition does not hold; HqError `TOO_LARGE` or `BAD_REQUEST` for what breaks `table-limits.ts`;
 *   `UNAVAILABLE` where the engine does not answer or is busy beyond patience; `STORAGE_FULL`.
 */
export interface Table {
  get(key: Key): Promise<Item | undefined>;
  /** One round trip for up to 100 keys. The answers stand where their keys stand. */
  getMany(keys: readonly Key[]): Promise<(Item | undefined)[]>;
  put(put: Put): Promise<Item>;
  update(update: Update): Promise<Item>;
  remove(remove: Remove): Promise<void>;
  query(query: Query): Promise<Page>;
  /** 1 to 100 writes on different items: all, or none. */
  transact(writes: readonly Write[]): Promise<void>;
  close(): Promise<void>;
}
