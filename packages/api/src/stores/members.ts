/**
 * Who belongs to an organization. Being there is being active: whoever left has no item.
 *
 *     cmp_… · member/{personId}       {role, joinedAt, groups}
 *     cmp_… · admins                  {count}: no transaction takes the last one
 *     usr_{personId} · member/{cmp_…}  {}: the same, found from the person
 */
import { HqError } from '@hq/shared/errors';
import type { Role } from '@hq/shared/roles';
import { atLeast, ConditionFailed, versionIs } from '../ports/table-condition.ts';
import type { Table, Write } from '../ports/table.ts';
import { adminCountKey, createdKey, memberKey, memberPrefix, membershipKey, organizationKey } from './keys.ts';
import { type Member, type StoredMember, toMember } from './membership.ts';
import { text } from './read-item.ts';
import { untilSettled } from './retry.ts';
import { walk } from './walk.ts';

export interface Members {
  get(organizationId: string, personId: string): Promise<StoredMember | undefined>;
  /** All members. */
  list(organizationId: string): Promise<StoredMember[]>;
  /** @throws HqError `NOT_FOUND`, `LAST_ADMIN`. */
  setRole(organizationId: string, personId: string, role: Role): Promise<Member>;
  /** Leaving and being removed are the same. @throws HqError `NOT_FOUND`, `LAST_ADMIN`. */
  remove(organizationId: string, personId: string): Promise<void>;
}

const maxMembers = 50_000;

/** One admin fewer, as long as another is left. Always the first of its transaction. */
const oneAdminLess = (organizationId: string): Write => ({
  update: { ...adminCountKey(organizationId), add: { count: -1 }, condition: atLeast('count', 2) },
});
const oneAdminMore = (organizationId: string): Write => ({ update: { ...adminCountKey(organizationId), add: { count: 1 } } });

/** The transaction, with a failure of `oneAdminLess` in the caller's words. */
async function guarded(table: Table, writes: readonly Write[], lessAdmin: boolean): Promise<void> {
  try {
    await table.transact(writes);
  } catch (error) {
    // Where the member changed too, that is what counts: read again.
    if (!lessAdmin || !(error instanceof ConditionFailed) || !error.failures.has(0) || error.failures.size > 1) throw error;
    throw new HqError('LAST_ADMIN', 'This is the last admin of the organization.', { hint: 'Make someone else an admin first.' });
  }
}

export function createMembers(table: Table): Members {
  async function load(organizationId: string, personId: string) {
    const [item, organization] = await table.getMany([memberKey(organizationId, personId), organizationKey(organizationId)]);
    if (item === undefined || organization === undefined) {
      throw new HqError('NOT_FOUND', 'There is no such member.', { hint: 'List the members to see who is there.' });
    }
    return { item, member: toMember(item), createdBy: text(organization, 'createdBy'), name: text(organization, 'name') };
  }

  return {
    async get(organizationId, personId) {
      const item = await table.get(memberKey(organizationId, personId));
      return item === undefined ? undefined : toMember(item);
    },
    async list(organizationId) {
      return (await walk(table, { pk: organizationId, prefix: memberPrefix }, maxMembers)).map(toMember);
    },
    setRole: (organizationId, personId, role) =>
      untilSettled(async () => {
        const { item, member } = await load(organizationId, personId);
        if (member.role === role) return member;
        const less = member.role === 'admin';
        const count = less ? [oneAdminLess(organizationId)] : role === 'admin' ? [oneAdminMore(organizationId)] : [];
        const change: Write = { update: { ...memberKey(organizationId, personId), set: { role }, condition: versionIs(item.version) } };
        await guarded(table, [...count, change], less);
        return { ...member, role };
      }),
    remove: (organizationId, personId) =>
      untilSettled(async () => {
        const { item, member, createdBy, name } = await load(organizationId, personId);
        const less = member.role === 'admin';
        const writes: Write[] = [
          ...(less ? [oneAdminLess(organizationId)] : []),
          { remove: { ...memberKey(organizationId, personId), condition: versionIs(item.version) } },
          { remove: membershipKey(personId, organizationId) },
        ];
        // Whoever made it and left may use the name again, for another one.
        if (createdBy === personId) writes.push({ remove: createdKey(personId, name) });
        await guarded(table, writes, less);
      }),
  };
}
