/** Whom a rule is for, made sure of: people and groups are of the organization, and an address of somebody in it is that person. */
import type { Grantee } from '@hq/shared/acl/rule';
import { HqError } from '@hq/shared/errors';
import type { Ports } from '../context.ts';
import type { OrganizationAccess } from '../stores/access.ts';

type PeopleStores = { readonly stores: Pick<Ports['stores'], 'people'> };

/** A grantee, and everything else under which a rule can be theirs: a new rule for them takes the place of all of these. */
export interface Resolved {
  readonly grantee: Grantee;
  readonly names: readonly Grantee[];
}

/**
 * Whom a rule would be for. An address waits until someone joins with it; where that is a member's own it is taken for the person, so that a later change of
 * address moves nothing.
 *
 * @throws HqError `NOT_FOUND` for people and groups that are not of the organization; `CONFLICT` for an address whose holder has another one by now.
 */
export async function resolveGrantee({ stores }: PeopleStores, organization: OrganizationAccess, grantee: Grantee): Promise<Resolved> {
  const { members, groups } = organization;
  if (grantee.kind === 'org') return { grantee, names: [grantee] };
  if (grantee.kind === 'group') {
    if (groups.has(grantee.id)) return { grantee, names: [grantee] };
    throw new HqError('NOT_FOUND', 'There is no such group.', { hint: 'See the groups with "hq groups list".' });
  }
  if (grantee.kind === 'person') {
    if (members.has(grantee.id)) return personNamed(organization, grantee.id);
    throw new HqError('NOT_FOUND', 'This person is not in the organization.', {
      hint: 'Invite them with "hq members invite", or grant to their address: the rule waits until they join.',
    });
  }
  const holder = holderOf(organization, grantee.email);
  if (holder !== undefined) {
    const { email } = await stores.people.get(holder);
    if (email === grantee.email) return personNamed(organization, holder);
    throw new HqError('CONFLICT', 'Someone joined with this address and has another one by now.', {
      hint: 'Say who is meant: name the person by id; "hq members list" shows it.',
    });
  }
  const owner = await stores.people.byEmail(grantee.email);
  if (owner === undefined || !members.has(owner)) return { grantee, names: [grantee] };
  const person = personNamed(organization, owner);
  return { ...person, names: [...person.names, grantee] };
}

/** The person, and the address that rules match them by. */
function personNamed({ members }: OrganizationAccess, id: string): Resolved {
  const email = members.get(id)?.email ?? null;
  const grantee: Grantee = { kind: 'person', id };
  return { grantee, names: [grantee, ...(email === null ? [] : [{ kind: 'email', email } as const])] };
}

/** The member who joined with the address. */
function holderOf({ members }: OrganizationAccess, email: string): string | undefined {
  for (const member of members.values()) if (member.email === email) return member.personId;
  return undefined;
}

export function sameGrantee(a: Grantee, b: Grantee): boolean {
  if (a.kind === 'org' || b.kind === 'org') return a.kind === b.kind;
  if (a.kind === 'email' || b.kind === 'email') return a.kind === 'email' && b.kind === 'email' && a.email === b.email;
  return a.kind === b.kind && a.id === b.id;
}
