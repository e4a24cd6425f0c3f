/**
 * Invitations: for one verified address, for seven days, for one use. An address has one open invitation an organization; a newer one replaces it.
 *
 *     cmp_… · invitation/{address}      {id, email, role, invitedBy, invitedByRole, createdAt}, expires
 *     email#{address} · invitation/{cmp_…}  {}, expires: what waits for an address
 *     inv_… · invitation                {organizationId, email}, expires: found by its id alone
 */
import { HqError } from '@hq/shared/errors';
import { newId, type RandomBytes } from '@hq/shared/ids';
import { type Role, roles } from '@hq/shared/roles';
import type { Clock, EpochSeconds } from '@hq/shared/time';
import { absent, attributeIs, ConditionFailed, present, versionIs } from '../ports/table-condition.ts';
import type { Item, Table, Write } from '../ports/table.ts';
import { adminCountKey, emailPartition, invitationIdKey, invitationKey, invitationPrefix, invitedKey, memberKey, organizationKey } from './keys.ts';
import { joining, type Member } from './membership.ts';
import { number, text, word } from './read-item.ts';
import { untilSettled } from './retry.ts';
import { walk } from './walk.ts';

/** Seconds that an invitation stays open. */
export const invitationSeconds = 7 * 24 * 3600;
const maxOpen = 1000;

export interface Invitation {
  readonly id: string;
  readonly organizationId: string;
  readonly email: string;
  readonly role: Role;
  /** A person's id. */
  readonly invitedBy: string;
  /** The role that the inviter had: the invitation holds as long as they still have it. */
  readonly invitedByRole: Role;
  readonly createdAt: EpochSeconds;
  readonly expiresAt: EpochSeconds;
}

export interface Invitations {
  create(request: Pick<Invitation, 'organizationId' | 'email' | 'role' | 'invitedBy' | 'invitedByRole'>): Promise<Invitation>;
  /** Undefined once it is used, replaced, withdrawn or expired. */
  get(invitationId: string): Promise<Invitation | undefined>;
  ofOrganization(organizationId: string): Promise<Invitation[]>;
  ofEmail(email: string): Promise<{ readonly invitation: Invitation; readonly organizationName: string }[]>;
  /**
   * Makes the person a member and uses the invitation up, in one transaction. @throws HqError `NOT_FOUND` where it is not open, not for this address, or its
   * inviter has lost the role they had; `CONFLICT` for someone who is a member already.
   */
  accept(invitationId: string, person: { readonly id: string; readonly email: string | null }): Promise<Member>;
  /** Idempotent. */
  withdraw(invitation: Invitation): Promise<void>;
}

function toInvitation(item: Item): Invitation {
  return {
    id: text(item, 'id'),
    organizationId: item.pk,
    email: text(item, 'email'),
    role: word(item, 'role', roles),
    invitedBy: text(item, 'invitedBy'),
    invitedByRole: word(item, 'invitedByRole', roles),
    createdAt: number(item, 'createdAt'),
    expiresAt: item.expiresAt ?? 0,
  };
}

const notFound = () =>
  new HqError('NOT_FOUND', 'There is no such open invitation for your address.', { hint: 'Ask for a new one, and sign in with the address that was invited.' });

/** All three items go together. */
const closing = (invitation: Invitation): Write[] => [
  { remove: { ...invitationKey(invitation.organizationId, invitation.email), condition: attributeIs('id', invitation.id) } },
  { remove: invitedKey(invitation.email, invitation.organizationId) },
  { remove: invitationIdKey(invitation.id) },
];

export function createInvitations(table: Table, clock: Clock, randomBytes: RandomBytes): Invitations {
  async function get(invitationId: string): Promise<Invitation | undefined> {
    const pointer = await table.get(invitationIdKey(invitationId));
    const item = pointer && (await table.get(invitationKey(text(pointer, 'organizationId'), text(pointer, 'email'))));
    return item !== undefined && text(item, 'id') === invitationId ? toInvitation(item) : undefined;
  }

  async function acceptOnce(invitationId: string, person: { readonly id: string; readonly email: string | null }): Promise<Member> {
    const invitation = await get(invitationId);
    if (invitation === undefined || invitation.email !== person.email) throw notFound();
    const { organizationId, role } = invitation;
    const member: Member = { organizationId, personId: person.id, role, joinedAt: clock(), email: person.email, expiresAt: null, groups: [] };
    const checks: Write[] = [
      { check: { ...organizationKey(organizationId), condition: present } },
      { check: { ...memberKey(organizationId, invitation.invitedBy), condition: attributeIs('role', invitation.invitedByRole) } },
    ];
    const count: Write[] = role === 'admin' ? [{ update: { ...adminCountKey(organizationId), add: { count: 1 } } }] : [];
    if ((await table.get(memberKey(organizationId, person.id))) !== undefined) {
      throw new HqError('CONFLICT', 'You are a member of this organization already.', { hint: 'Nothing is left to accept.' });
    }
    try {
      await table.transact([...checks, ...closing(invitation), ...joining(member), ...count]);
    } catch (error) {
      if (error instanceof ConditionFailed && (error.failures.has(0) || error.failures.has(1))) throw notFound();
      throw error;
    }
    return member;
  }

  return {
    get,
    create: (request) =>
      untilSettled(async () => {
        const key = invitationKey(request.organizationId, request.email);
        const before = await table.get(key);
        const createdAt = clock();
        const invitation: Invitation = { ...request, id: newId('invitation', randomBytes), createdAt, expiresAt: createdAt + invitationSeconds };
        const { id, email, role, invitedBy, invitedByRole, organizationId, expiresAt } = invitation;
        const condition = before === undefined ? absent : versionIs(before.version);
        await table.transact([
          { put: { ...key, attributes: { id, email, role, invitedBy, invitedByRole, createdAt }, expiresAt, condition } },
          { put: { ...invitedKey(email, organizationId), attributes: {}, expiresAt } },
          { put: { ...invitationIdKey(id), attributes: { organizationId, email }, expiresAt, condition: absent } },
          ...(before === undefined ? [] : [{ remove: invitationIdKey(text(before, 'id')) }]),
        ]);
        return invitation;
      }),
    async ofOrganization(organizationId) {
      return (await walk(table, { pk: organizationId, prefix: invitationPrefix }, maxOpen)).map(toInvitation);
    },
    async ofEmail(email) {
      const waiting = await walk(table, { pk: emailPartition(email), prefix: invitationPrefix }, maxOpen);
      const ids = waiting.map((item) => item.sk.slice(invitationPrefix.length));
      const items = await table.getMany(ids.flatMap((id) => [invitationKey(id, email), organizationKey(id)]));
      return ids.flatMap((_, i) => {
        const invitation = items[2 * i];
        const organization = items[2 * i + 1];
        return invitation === undefined || organization === undefined
          ? []
          : [{ invitation: toInvitation(invitation), organizationName: text(organization, 'name') }];
      });
    },
    accept: (invitationId, person) => untilSettled(() => acceptOnce(invitationId, person)),
    async withdraw(invitation) {
      try {
        await table.transact(closing(invitation));
      } catch (error) {
        if (!(error instanceof ConditionFailed)) throw error;
      }
    },
  };
}
