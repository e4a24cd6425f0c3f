/** Who belongs to an organization, and how a second person comes to. */
import { HqError } from '@hq/shared/errors';
import { roleAtLeast, type Role } from '@hq/shared/roles';
import type { Ports } from '../context.ts';
import type { Access } from '../stores/access.ts';
import type { PersonJob } from './me.ts';

/** A request by a member about their organization. */
export interface MemberJob {
  readonly access: Access;
}

type MemberStores = { readonly stores: Pick<Ports['stores'], 'invitations' | 'members' | 'organizations' | 'people' | 'sessions'> };

/** Profiles are read in batches of what one round trip to the table takes. */
const batch = 100;

function placeOf({ organization, member }: Access) {
  if (organization === undefined || member === undefined) throw new HqError('NOT_FOUND', 'There is no such organization, or you are not a member of it.');
  return { organization, member };
}

function requireAdmin(role: Role, toDo: string): void {
  if (role === 'admin') return;
  throw new HqError('FORBIDDEN', `Only an admin of the organization may ${toDo}.`, { hint: 'Ask an admin; "hq members list" shows who is.' });
}

/** All members; open invitations for admins only. */
export async function listMembers({ stores }: MemberStores, { access }: MemberJob) {
  const { organization, member } = placeOf(access);
  const members = await stores.members.list(organization.id);
  const emails = new Map<string, string | null>();
  for (let at = 0; at < members.length; at += batch) {
    for (const { id, email } of await stores.people.getMany(members.slice(at, at + batch).map(({ personId }) => personId))) emails.set(id, email);
  }
  const open = member.role === 'admin' ? await stores.invitations.ofOrganization(organization.id) : [];
  return {
    members: members.map(({ personId, role, joinedAt, expiresAt, version }) => ({
      personId,
      email: emails.get(personId) ?? null,
      role,
      joinedAt,
      expiresAt,
      version,
    })),
    invitations: open.map(({ id, email, role, invitedBy, expiresAt }) => ({ id, email, role, invitedBy, expiresAt, memberUntil: null })),
  };
}

/**
 * An invitation, mailed. It never gives more than the inviter has, and falls when they lose that. Inviting an address again replaces its invitation.
 * @throws HqError `FORBIDDEN`; `CONFLICT` for an address that is a member's.
 */
export async function invite(
  { stores, mail }: MemberStores & Pick<Ports, 'mail'>,
  { access }: MemberJob,
  { email, role }: { readonly email: string; readonly role: Role },
) {
  const { organization, member } = placeOf(access);
  requireAdmin(member.role, 'invite people');
  if (!roleAtLeast(member.role, role)) throw new HqError('FORBIDDEN', 'An invitation can not give more than you have yourself.');
  const known = await stores.people.byEmail(email);
  if (known !== undefined && (await stores.members.get(organization.id, known)) !== undefined) {
    throw new HqError('CONFLICT', 'This address belongs to a member already.', { hint: 'See "hq members list".' });
  }
  const invitation = await stores.invitations.create({ organizationId: organization.id, email, role, invitedBy: member.personId, invitedByRole: member.role });
  const { id, expiresAt } = invitation;
  await mail.sendInvitation({ to: email, organizationName: organization.name, invitedBy: access.person.email, role, invitationId: id, expiresAt });
  return { id, email, role, invitedBy: member.personId, expiresAt, memberUntil: null };
}

/** Joins. The address that the issuer has verified for the caller has to be the invited one. @throws HqError `NOT_FOUND`, `CONFLICT`. */
export async function acceptInvitation(
  { stores, profiles }: MemberStores & Pick<Ports, 'profiles'>,
  job: PersonJob,
  { invitation }: { readonly invitation: string },
) {
  const person = await profiles.refresh(job.token, job.accessToken, job.person);
  const member = await stores.invitations.accept(invitation, person);
  const organization = await stores.organizations.get(member.organizationId);
  if (organization === undefined) throw new HqError('NOT_FOUND', 'There is no such organization.');
  return { organization: organization.id, name: organization.name, role: member.role };
}

/** Removes someone, or lets the caller leave. @throws HqError `FORBIDDEN`, `NOT_FOUND`, `LAST_ADMIN`. */
export async function removeMember({ stores }: MemberStores, { access }: MemberJob, { personId }: { readonly personId: string }) {
  const { organization, member } = placeOf(access);
  if (personId !== member.personId) requireAdmin(member.role, 'remove someone else');
  await stores.members.remove(organization.id, personId);
  const sessions = (await stores.sessions.ofPerson(personId)).filter(({ vaultId }) => vaultId === organization.id);
  return {
    personId,
    rules: [],
    created: [],
    groups: [],
    invitations: [],
    sessions: sessions.map(({ id, cone, access: allowed, expiresAt }) => ({ id, cone, access: allowed, expiresAt })),
    sessionsEndBy: sessions.at(-1)?.expiresAt ?? null,
  };
}
