/** Whole partitions, page by page, for the few places that need all of them. */
import { HqError } from '@hq/shared/errors';
import type { Item, Query, Table } from '../ports/table.ts';

/** All items of a query. @throws HqError `TOO_LARGE` over `most`, so that no request can make us hold without bound. */
export async function walk(table: Table, query: Omit<Query, 'limit' | 'cursor'>, most: number): Promise<Item[]> {
  const items: Item[] = [];
  for (let cursor: string | null = null; ; ) {
    const page = await table.query({ ...query, limit: 1000, ...(cursor === null ? {} : { cursor }) });
    items.push(...page.items);
    if (items.length > most) throw new HqError('TOO_LARGE', `There are more than ${most} entries here.`, { hint: 'Ask for a smaller part.' });
    if (page.cursor === null) return items;
    cursor = page.cursor;
  }
}
