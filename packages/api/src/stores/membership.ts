/** One person's place in an organization, as it is stored, and the writes that make one, change it and end it. */
import { type Role, roles } from '@hq/shared/roles';
import type { EpochSeconds } from '@hq/shared/time';
import { absent, atLeast, attributeIs, versionIs } from '../ports/table-condition.ts';
import type { Attributes, Item, Write } from '../ports/table.ts';
import { planDeparture, planNoDeparture } from './departure.ts';
import { addressKey, adminCountKey, memberKey, memberPrefix, membershipKey } from './keys.ts';
import { number, optionalText, texts, word } from './read-item.ts';

export interface Member {
  readonly organizationId: string;
  readonly personId: string;
  readonly role: Role;
  /** Names the stretch of time in which they have this role without a break: made anew when they join, and with each change of role or end. */
  readonly term: string;
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
    // Members from before there were terms have none, so that invitations from then hold no more.
    term: optionalText(item, 'term') ?? '',
    joinedAt: number(item, 'joinedAt'),
    email: optionalText(item, 'email'),
    expiresAt: item.expiresAt ?? null,
    groups: texts(item, 'groups'),
    version: item.version,
  };
}

/** What is stored of a member beside the end. */
export function memberAttributes({ role, term, joinedAt, email, groups }: Member): Attributes {
  return { role, term, joinedAt, groups, ...(email === null ? {} : { email }) };
}

/**
 * The writes that make a member. All three items end together, and a membership that ends by itself leaves word of what it leaves behind. Counting an admin is
 * left to the caller, who may be making the counter too.
 */
export function joining(member: Member): Write[] {
  const { organizationId, personId, email, expiresAt } = member;
  const end = expiresAt === null ? {} : { expiresAt };
  return [
    { put: { ...memberKey(organizationId, personId), attributes: memberAttributes(member), ...end, condition: absent } },
    { put: { ...membershipKey(personId, organizationId), attributes: {}, ...end } },
    ...(email === null ? [] : [{ put: { ...addressKey(organizationId, email), attributes: { personId }, ...end, condition: absent } }]),
    ...(expiresAt === null ? [] : [planDeparture(member, expiresAt)]),
  ];
}

/** The writes that give a member another role or end. They count admins, and fail where none would be left. */
export function changing(before: StoredMember, after: Pick<Member, 'role' | 'term' | 'expiresAt'>): Write[] {
  const { organizationId, personId, email } = before;
  const { role, term, expiresAt } = after;
  return [
    ...counting(organizationId, Number(role === 'admin') - Number(before.role === 'admin')),
    { update: { ...memberKey(organizationId, personId), set: { role, term }, expiresAt, condition: versionIs(before.version) } },
    ...(expiresAt === before.expiresAt ? [] : ending(before, expiresAt, email)),
  ];
}

function ending(member: StoredMember, expiresAt: EpochSeconds | null, email: string | null): Write[] {
  const { organizationId, personId } = member;
  return [
    { update: { ...membershipKey(personId, organizationId), expiresAt } },
    ...(email === null ? [] : [{ update: { ...addressKey(organizationId, email), expiresAt, condition: attributeIs('personId', personId) } }]),
    ...withdrawn(member),
    ...(expiresAt === null ? [] : [planDeparture(member, expiresAt)]),
  ];
}

/** The writes that end a membership and give the address free. What else the person leaves is for `departures.ts`. */
export function leaving(member: StoredMember): Write[] {
  const { organizationId, personId, role, email, version } = member;
  return [
    ...counting(organizationId, role === 'admin' ? -1 : 0),
    { remove: { ...memberKey(organizationId, personId), condition: versionIs(version) } },
    { remove: membershipKey(personId, organizationId) },
    ...(email === null ? [] : [{ remove: { ...addressKey(organizationId, email), condition: attributeIs('personId', personId) } }]),
    ...withdrawn(member),
  ];
}

/** The word that was left for the end that the membership has, taken back. */
function withdrawn(member: StoredMember): Write[] {
  return member.expiresAt === null ? [] : [planNoDeparture(member, member.expiresAt)];
}

/** One admin more or fewer. No transaction takes the last one, whatever was checked before. */
export function counting(organizationId: string, more: number): Write[] {
  if (more === 0) return [];
  return [{ update: { ...adminCountKey(organizationId), add: { count: more }, ...(more < 0 ? { condition: atLeast('count', 2) } : {}) } }];
}
