/**
 * Invitations: for one verified address, for seven days, for one use. An address has one open invitation an organization; a newer one replaces it.
 *
 *     cmp_… · invitation/{address}      {id, email, role, invitedBy, term, createdAt, memberUntil?, letter}, expires
 *     email#{address} · invitation/{cmp_…}  {}, expires: what waits for an address
 *     inv_… · invitation                {organizationId, email}, expires: found by its id alone
 *
 * An invitation holds as long as its inviter's term as an admin: `term` is the one that they had. So losing the role, leaving and ending by itself take their
 * invitations along without a write, and a new term brings none of them back. Whoever reads them here is shown those that hold.
 */
import { type Role, roles } from '@hq/shared/roles';
import type { EpochSeconds } from '@hq/shared/time';
import { attributeIs } from '../ports/table-condition.ts';
import type { Item, Key, Table, Write } from '../ports/table.ts';
import { addressKey, emailPartition, invitationIdKey, invitationKey, invitationPrefix, invitedKey, memberKey, organizationKey } from './keys.ts';
import { type Letters, createLetters, letterStates, type LetterState } from './letters.ts';
import { type Member, type StoredMember, toMember } from './membership.ts';
import { number, optionalNumber, optionalText, text, word } from './read-item.ts';
import { walk } from './walk.ts';

/** Seconds that an invitation stays open at most. */
export const invitationSeconds = 7 * 24 * 3600;
/** Open invitations of an organization. */
export const maxOpen = 1000;
/** Items under an organization or an address, those included that hold no more and have not expired yet. */
const maxKept = 20_000;

export interface Invitation {
  readonly id: string;
  readonly organizationId: string;
  readonly email: string;
  readonly role: Role;
  /** A person's id. */
  readonly invitedBy: string;
  /** The term of the inviter. */
  readonly term: string;
  readonly createdAt: EpochSeconds;
  readonly expiresAt: EpochSeconds;
  /** When the membership will end by itself; null where it will not. */
  readonly memberUntil: EpochSeconds | null;
  readonly letter: LetterState;
}

/** All that decides whether somebody may join by an invitation, as it is now. */
export interface Joining {
  /** Undefined once it is used, replaced, withdrawn or expired, or holds no more. */
  readonly invitation: Invitation | undefined;
  readonly organizationName: string;
  /** The somebody, where they are a member already. */
  readonly member: StoredMember | undefined;
  /** Who holds the address in the organization. */
  readonly holder: string | undefined;
}

export interface Invitations extends Letters {
  /** By its id alone; it may hold no more. Undefined once it is used, replaced, withdrawn or expired. */
  get(invitationId: string): Promise<Invitation | undefined>;
  /** Open ones. */
  ofOrganization(organizationId: string): Promise<Invitation[]>;
  /** Open ones, in any organization. */
  ofEmail(email: string): Promise<{ readonly invitation: Invitation; readonly organizationName: string }[]>;
  /** What `get` found, looked at again together with everything around it, in one round trip. */
  forJoining(found: Invitation, personId: string): Promise<Joining>;
  /** The writes of a new one, in the place of any other to the address. */
  plan(invitation: Invitation): Write[];
  /** The writes that end one. */
  planEnd(invitation: Invitation): Write[];
}

function toInvitation(item: Item): Invitation {
  return {
    id: text(item, 'id'),
    organizationId: item.pk,
    email: text(item, 'email'),
    role: word(item, 'role', roles),
    invitedBy: text(item, 'invitedBy'),
    // One from before there were terms holds no more.
    term: optionalText(item, 'term') ?? 'none',
    createdAt: number(item, 'createdAt'),
    expiresAt: item.expiresAt ?? 0,
    memberUntil: optionalNumber(item, 'memberUntil'),
    letter: optionalText(item, 'letter') === null ? 'sent' : word(item, 'letter', letterStates),
  };
}

/** Where nothing ever is. */
const nowhere: Key = { pk: 'deployment', sk: 'nowhere' };

/** Only admins invite. */
const holds = ({ term }: Invitation, inviter: Member | undefined): boolean => inviter?.role === 'admin' && inviter.term === term;

export function createInvitations(table: Table): Invitations {
  /** The invitations whose inviters are still what they were, with the names of their organizations. */
  async function holding(invitations: readonly Invitation[]): Promise<{ readonly invitation: Invitation; readonly organizationName: string }[]> {
    const keys = invitations.flatMap(({ organizationId, invitedBy }) => [organizationKey(organizationId), memberKey(organizationId, invitedBy)]);
    // Many have one inviter: each item is read once.
    const distinct = [...new Map(keys.map((key) => [`${key.pk} ${key.sk}`, key])).values()];
    // Also where there is none: how long it takes is not to tell whether anybody is invited.
    const items = await table.getMany(distinct.length === 0 ? [nowhere] : distinct);
    const found = new Map(items.flatMap((item) => (item === undefined ? [] : [[`${item.pk} ${item.sk}`, item]])));
    return invitations.flatMap((invitation) => {
      const organization = found.get(`${invitation.organizationId} ${organizationKey('').sk}`);
      const inviter = found.get(`${invitation.organizationId} ${memberKey('', invitation.invitedBy).sk}`);
      if (organization === undefined || inviter === undefined || !holds(invitation, toMember(inviter))) return [];
      return [{ invitation, organizationName: text(organization, 'name') }];
    });
  }

  return {
    ...createLetters(table),
    async get(invitationId) {
      const pointer = await table.get(invitationIdKey(invitationId));
      // Two looks in any case: an id that was never given to anybody costs as much as one that was.
      const item = await table.get(pointer === undefined ? nowhere : invitationKey(text(pointer, 'organizationId'), text(pointer, 'email')));
      return item !== undefined && text(item, 'id') === invitationId ? toInvitation(item) : undefined;
    },
    async ofOrganization(organizationId) {
      const kept = await walk(table, { pk: organizationId, prefix: invitationPrefix }, maxKept);
      return (await holding(kept.map(toInvitation))).map(({ invitation }) => invitation);
    },
    async ofEmail(email) {
      const waiting = await walk(table, { pk: emailPartition(email), prefix: invitationPrefix }, maxKept);
      const keys = waiting.map(({ sk }) => invitationKey(sk.slice(invitationPrefix.length), email));
      const items = keys.length === 0 ? [] : await table.getMany(keys);
      return holding(items.flatMap((item) => (item === undefined ? [] : [toInvitation(item)])));
    },
    async forJoining({ id, organizationId, email, invitedBy }, personId) {
      const [item, organization, inviter, member, holder] = await table.getMany([
        invitationKey(organizationId, email),
        organizationKey(organizationId),
        memberKey(organizationId, invitedBy),
        memberKey(organizationId, personId),
        addressKey(organizationId, email),
      ]);
      const invitation = item && toInvitation(item);
      const open = invitation?.id === id && organization !== undefined && holds(invitation, inviter && toMember(inviter));
      return {
        invitation: open ? invitation : undefined,
        organizationName: organization === undefined ? '' : text(organization, 'name'),
        member: member && toMember(member),
        holder: holder && text(holder, 'personId'),
      };
    },
    plan({ organizationId, expiresAt, memberUntil, ...facts }) {
      const { id, email } = facts;
      const attributes = { ...facts, ...(memberUntil === null ? {} : { memberUntil }) };
      return [
        { put: { ...invitationKey(organizationId, email), attributes, expiresAt } },
        { put: { ...invitedKey(email, organizationId), attributes: {}, expiresAt } },
        { put: { ...invitationIdKey(id), attributes: { organizationId, email }, expiresAt } },
      ];
    },
    planEnd: ({ id, organizationId, email }) => [
      { remove: { ...invitationKey(organizationId, email), condition: attributeIs('id', id) } },
      { remove: invitedKey(email, organizationId) },
      { remove: invitationIdKey(id) },
    ],
  };
}
