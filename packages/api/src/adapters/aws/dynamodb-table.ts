/**
 * The table in DynamoDB: one table with `pk` and `sk` and TTL on `x`. Reads are consistent; writes are safe to send twice, by a token that each leaves in its
 * item, so they do not lean on `ClientRequestToken`.
 */
import {
  BatchGetItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Clock } from '@hq/shared/time';
import { checkKey, checkQuery, checkTransaction, checkWrite } from '../../ports/table-limits.ts';
import type { Item, Key, Put, Query, Table, Update } from '../../ports/table.ts';
import { ownCall, fromOwnAws } from './aws-errors.ts';
import { Expression } from './dynamodb-expression.ts';
import { judgeFailure } from './dynamodb-failures.ts';
import { live, type Stored, toKey } from './dynamodb-item.ts';
import { type Patience, withPatience } from './dynamodb-patience.ts';
import { plainRequest, transactItem, updateRequest, type Writing } from './dynamodb-requests.ts';

export interface DynamoTableOptions {
  /** Closed with the table. */
  readonly client: DynamoDBClient;
  /** The table's name; it exists already, with TTL on `x`. */
  readonly name: string;
  readonly clock: Clock;
  /** A new text each time, at most 36 characters: marks one write. */
  readonly newToken: () => string;
  readonly patience: Patience;
}

const batchSize = 100;
/** Pages that one query reads past, at most, when it finds nothing but expired items. */
const maxPages = 10;

export function createDynamoTable({ client, name, clock, newToken, patience }: DynamoTableOptions): Table {
  /** A write, again while rivals are in its way. Answers what the item is now, where DynamoDB says so. */
  function write(send: (writing: Writing) => Promise<Stored | undefined>): Promise<Stored | undefined> {
    // Fixed for all rounds: the same token must always come with the same request.
    const token = newToken();
    const now = clock();
    return withPatience<{ stored: Stored | undefined }>(patience, async () => {
      try {
        return { stored: await send({ table: name, now, token }) };
      } catch (error) {
        const verdict = judgeFailure(error, token, now);
        if (verdict.kind === 'again') return 'again';
        if (verdict.kind === 'done') return { stored: verdict.stored };
        throw fromOwnAws(verdict.error);
      }
    }).then(({ stored }) => stored);
  }

  async function writeOne(one: { readonly put: Put } | { readonly update: Update }): Promise<Item> {
    checkWrite(one);
    const stored = await write(async (writing) => {
      const { Attributes } = await client.send(new UpdateItemCommand({ ...updateRequest(one, writing), ReturnValues: 'ALL_NEW' }));
      return Attributes;
    });
    // An item that is written with an expiry in the past is written all the same: judge it by no clock.
    const item = live(stored, 0);
    if (item === undefined) throw fromOwnAws(new TypeError('DynamoDB answered a write without its item'));
    return item;
  }

  async function batch(keys: readonly Key[]): Promise<Stored[]> {
    const found: Stored[] = [];
    let left: Stored[] = keys.map(toKey);
    await withPatience(patience, async () => {
      const request = { RequestItems: { [name]: { Keys: left, ConsistentRead: true } } };
      const { Responses, UnprocessedKeys } = await ownCall(() => client.send(new BatchGetItemCommand(request)));
      found.push(...(Responses?.[name] ?? []));
      left = UnprocessedKeys?.[name]?.Keys ?? [];
      return left.length > 0 ? 'again' : 'all';
    });
    return found;
  }

  return {
    async get(key) {
      checkKey(key);
      const { Item: stored } = await ownCall(() => client.send(new GetItemCommand({ TableName: name, Key: toKey(key), ConsistentRead: true })));
      return live(stored, clock());
    },
    async getMany(keys) {
      for (const key of keys) checkKey(key);
      // DynamoDB refuses a batch that names a key twice.
      const wanted = [...new Map(keys.map((key) => [fingerprint(key), key])).values()];
      const batches = Array.from({ length: Math.ceil(wanted.length / batchSize) }, (_, i) => wanted.slice(i * batchSize, (i + 1) * batchSize));
      const stored = (await Promise.all(batches.map(batch))).flat();
      const now = clock();
      const items = new Map<string, Item>();
      for (const each of stored) {
        const item = live(each, now);
        if (item !== undefined) items.set(fingerprint(item), item);
      }
      return keys.map((key) => items.get(fingerprint(key)));
    },
    put: (put) => writeOne({ put }),
    update: (update) => writeOne({ update }),
    async remove(remove) {
      checkWrite({ remove });
      await write(async (writing) => {
        await client.send(new DeleteItemCommand(plainRequest({ remove }, writing)));
        return undefined;
      });
    },
    async query(query) {
      checkQuery(query);
      const items: Item[] = [];
      let cursor = query.cursor ?? null;
      for (let page = 0; page < maxPages; page++) {
        const request = queryRequest(name, query, cursor, query.limit - items.length);
        const { Items, LastEvaluatedKey } = await ownCall(() => client.send(new QueryCommand(request)));
        const now = clock();
        for (const stored of Items ?? []) {
          const item = live(stored, now);
          if (item !== undefined) items.push(item);
        }
        cursor = LastEvaluatedKey?.['sk']?.S ?? null;
        if (cursor === null || items.length >= query.limit) break;
      }
      return { items, cursor };
    },
    async transact(writes) {
      checkTransaction(writes);
      await write(async (writing) => {
        const items = writes.map((each) => transactItem(each, writing));
        await client.send(new TransactWriteItemsCommand({ TransactItems: items, ClientRequestToken: writing.token }));
        return undefined;
      });
    },
    async close() {
      client.destroy();
    },
  };
}

const fingerprint = ({ pk, sk }: Key): string => JSON.stringify([pk, sk]);

function queryRequest(table: string, query: Query, cursor: string | null, limit: number) {
  const expression = new Expression();
  const terms = [`${expression.name('pk')} = ${expression.value(query.pk)}`];
  const range = sortKeyTerm(query, expression);
  if (range !== undefined) terms.push(range);
  return {
    TableName: table,
    KeyConditionExpression: terms.join(' AND '),
    ...expression.maps(),
    ConsistentRead: true,
    Limit: limit,
    ScanIndexForward: query.reverse !== true,
    ...(cursor === null ? {} : { ExclusiveStartKey: toKey({ pk: query.pk, sk: cursor }) }),
  };
}

function sortKeyTerm({ prefix, from, to }: Query, expression: Expression): string | undefined {
  if (prefix !== undefined) return `begins_with(${expression.name('sk')}, ${expression.value(prefix)})`;
  if (from !== undefined && to !== undefined) return `${expression.name('sk')} BETWEEN ${expression.value(from)} AND ${expression.value(to)}`;
  if (from !== undefined) return `${expression.name('sk')} >= ${expression.value(from)}`;
  return to === undefined ? undefined : `${expression.name('sk')} <= ${expression.value(to)}`;
}
