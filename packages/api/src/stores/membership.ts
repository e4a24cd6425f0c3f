/** One person's place in an organization, as it is stored, and the writes that make one. */
import { type Role, roles } from '@hq/shared/roles';
import type { EpochSeconds } from '@hq/shared/time';
import { absent } from '../ports/table-condition.ts';
import type { Attributes, Item, Write } from '../ports/table.ts';
import { addressKey, memberKey, memberPrefix, membershipKey } from './keys.ts';
import { number, optionalText, texts, word } from './read-item.ts';

export interface Member {
  readonly organizationId: string;
  readonly personId: string;
  readonly role: Role;
  readonly joinedAt: EpochSeconds;
  /** The verified address that they joined with, which no other member holds: rules for it are theirs, whatever their address is later. */
  readonly email: string | null;
  /** When the membership ends by itself; never an admin's. */
  readonly expiresAt: EpochSeconds | null;
  /** Ids of the groups the person is in directly; some may be gone. `acl/groups` unfolds them. */
  readonly groups: readonly string[];
}

/** A member as they are stored now. */
export interface StoredMember extends Member {
  readonly version: number;
}

/** A member as stored. */
export function toMember(item: Item): StoredMember {
  return {
    organizationId: item.pk,
    personId: item.sk.slice(memberPrefix.length),
    role: word(item, 'role', roles),
    joinedAt: number(item, 'joinedAt'),
    email: optionalText(item, 'email'),
    expiresAt: item.expiresAt ?? null,
    groups: texts(item, 'groups'),
    version: item.version,
  };
}

/** The writes that make a member; counting an admin is left to the caller, who may be making the counter too. */
export function joining(member: Member): Write[] {
  const { organizationId, personId, email, expiresAt } = member;
  const end = expiresAt === null ? {} : { expiresAt };
  return [
    { put: { ...memberKey(organizationId, personId), attributes: memberAttributes(member), ...end, condition: absent } },
    { put: { ...membershipKey(personId, organizationId), attributes: {}, ...end } },
    ...(email === null ? [] : [{ put: { ...addressKey(organizationId, email), attributes: { personId }, ...end, condition: absent } }]),
  ];
}

/** What is stored of a member beside the end. */
export function memberAttributes({ role, joinedAt, email, groups }: Member): Attributes {
  return { role, joinedAt, groups, ...(email === null ? {} : { email }) };
}
