/** One person's place in an organization, as it is stored, and the writes that make one. */
import { type Role, roles } from '@hq/shared/roles';
import type { EpochSeconds } from '@hq/shared/time';
import { absent } from '../ports/table-condition.ts';
import type { Item, Write } from '../ports/table.ts';
import { memberKey, memberPrefix, membershipKey } from './keys.ts';
import { number, texts, word } from './read-item.ts';

export interface Member {
  readonly organizationId: string;
  readonly personId: string;
  readonly role: Role;
  readonly joinedAt: EpochSeconds;
  /** Ids of all groups the person is in, nested ones unfolded: an authorization needs no second look. */
  readonly groups: readonly string[];
}

/** A member as stored. */
export function toMember(item: Item): Member {
  return {
    organizationId: item.pk,
    personId: item.sk.slice(memberPrefix.length),
    role: word(item, 'role', roles),
    joinedAt: number(item, 'joinedAt'),
    groups: texts(item, 'groups'),
  };
}

/** The writes that make a member; counting an admin is left to the caller, who may be making the counter too. */
export function joining({ organizationId, personId, role, joinedAt, groups }: Member): Write[] {
  return [
    { put: { ...memberKey(organizationId, personId), attributes: { role, joinedAt, groups }, condition: absent } },
    { put: { ...membershipKey(personId, organizationId), attributes: {} } },
  ];
}
