/** How an organization's groups lie in one another, as it is stored: one item, so that a decision reads it in the same round trip. */
import type { GroupTree } from '@hq/shared/acl/groups';
import { HqError } from '@hq/shared/errors';
import type { Attributes, Item, Value } from '../ports/table.ts';

/** The graph in the item under `groups`; empty where there is none. @throws HqError `INTERNAL` for an item that no store of ours wrote. */
export function toGroupTree(item: Item | undefined): GroupTree {
  if (item === undefined) return new Map();
  const inside = item.attributes['in'];
  if (typeof inside !== 'object' || inside === null || Array.isArray(inside)) throw defect(item);
  return new Map(Object.entries(inside as { readonly [name: string]: Value }).map(([group, around]) => [group, groupIds(item, around)]));
}

export function groupTreeAttributes(tree: GroupTree): Attributes {
  return { in: Object.fromEntries([...tree].map(([group, around]) => [group, [...around]])) };
}

function groupIds(item: Item, value: Value): readonly string[] {
  if (!Array.isArray(value) || value.some((each) => typeof each !== 'string')) throw defect(item);
  return value as readonly string[];
}

function defect(item: Item): HqError {
  return new HqError('INTERNAL', 'Something went wrong on our side.', { cause: new Error(`${item.pk} ${item.sk}: not a graph of groups`) });
}
