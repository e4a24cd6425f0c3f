/** The caller themselves. */
import type { Ports } from '../context.ts';
import type { VerifiedToken } from '../ports/identity.ts';
import type { Person } from '../stores/people.ts';

/** A request by somebody who is signed in, about no vault. */
export interface PersonJob {
  readonly token: VerifiedToken;
  readonly accessToken: string;
  readonly person: Person;
}

type MePorts = Pick<Ports, 'profiles'> & { readonly stores: Pick<Ports['stores'], 'organizations' | 'invitations'> };

/** Who the caller is, where they belong, and what waits for their address. */
export async function describeMe({ stores, profiles }: MePorts, { token, accessToken, person }: PersonJob) {
  const { id, email } = await profiles.refresh(token, accessToken, person);
  const [organizations, invitations] = await Promise.all([stores.organizations.ofPerson(id), email === null ? [] : stores.invitations.ofEmail(email)]);
  return {
    userId: id,
    email,
    // Only a verified address is ever stored.
    emailVerified: email !== null,
    organizations: organizations.map(({ organization, role }) => ({ id: organization.id, name: organization.name, role })),
    invitations: invitations.map(({ invitation: { id: invitationId, role, expiresAt }, organizationName }) => ({
      id: invitationId,
      organization: organizationName,
      role,
      expiresAt,
    })),
  };
}

type SignOutPorts = Pick<Ports, 'identity' | 'clock'> & { readonly stores: Pick<Ports['stores'], 'people' | 'sessions'> };

/** The issuer first: should it not answer, the caller still has a token to try again with. */
export async function signOutEverywhere({ identity, clock, stores }: SignOutPorts, { accessToken, person }: PersonJob) {
  await identity.signOutEverywhere(person.id, accessToken);
  const at = clock();
  await stores.people.signOut(person.id, at);
  return { at, sessionsEndBy: await stores.sessions.latestEndOfPerson(person.id) };
}
