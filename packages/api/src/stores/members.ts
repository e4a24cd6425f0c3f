/**
 * Who belongs to an organization. Being there is being active: whoever left, or whose membership has ended, has no item.
 *
 *     cmp_… · member/{personId}       {role, term, joinedAt, email?, groups}, expires
 *     cmp_… · address/{email}         {personId}, expires: who joined with it
 *     cmp_… · admins                  {count}: no transaction takes the last one
 *     usr_{personId} · member/{cmp_…}  {}, expires: the same, found from the person
 *
 * How they change is in `membership.ts`.
 */
import type { Table } from '../ports/table.ts';
import { adminCountKey, memberKey, memberPrefix } from './keys.ts';
import { type StoredMember, toMember } from './membership.ts';
import { number } from './read-item.ts';
import { walk } from './walk.ts';

export interface Members {
  get(organizationId: string, personId: string): Promise<StoredMember | undefined>;
  /** All members. */
  list(organizationId: string): Promise<StoredMember[]>;
  /** A member and how many admins there are, in one round trip. */
  getCounted(organizationId: string, personId: string): Promise<{ readonly member: StoredMember | undefined; readonly admins: number }>;
}

const maxMembers = 50_000;

export function createMembers(table: Table): Members {
  return {
    async get(organizationId, personId) {
      const item = await table.get(memberKey(organizationId, personId));
      return item && toMember(item);
    },
    async list(organizationId) {
      return (await walk(table, { pk: organizationId, prefix: memberPrefix }, maxMembers)).map(toMember);
    },
    async getCounted(organizationId, personId) {
      const [item, count] = await table.getMany([memberKey(organizationId, personId), adminCountKey(organizationId)]);
      return { member: item && toMember(item), admins: count === undefined ? 0 : number(count, 'count') };
    },
  };
}
