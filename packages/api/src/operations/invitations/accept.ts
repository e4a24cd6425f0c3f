/** How somebody who is invited joins. */
import { HqError } from '@hq/shared/errors';
import { newId } from '@hq/shared/ids';
import type { Ports } from '../../context.ts';
import type { Commit } from '../commit.ts';
import { counting, joining, type Member } from '../../stores/membership.ts';
import type { PersonJob } from '../me.ts';
import { memberFacts } from '../members/facts.ts';

type AcceptPorts = Pick<Ports, 'clock' | 'profiles' | 'randomBytes'> & { readonly stores: Pick<Ports['stores'], 'departures' | 'invitations'> };

/** One answer for whatever is not theirs to accept: that an invitation to someone else exists is not theirs to know. */
const notFound = () =>
  new HqError('NOT_FOUND', 'There is no such open invitation for your address.', { hint: 'Ask for a new one, and sign in with the address that was invited.' });

/**
 * Joins. The address that the issuer has verified for the caller has to be the invited one, and is theirs in the organization from now on: rules that wait for
 * it are theirs. Where a member joined with it before, and has another one by now, it stays that member's, and the caller joins without.
 * @throws HqError `NOT_FOUND`; `CONFLICT` for someone who is a member already.
 */
export async function acceptInvitation(
  { stores, profiles, clock, randomBytes }: AcceptPorts,
  job: PersonJob,
  { invitation: id }: { readonly invitation: string },
  commit: Commit,
) {
  const { id: personId, email } = await profiles.refresh(job.token, job.accessToken, job.person);
  const found = await stores.invitations.get(id);
  if (found === undefined || email === null || found.email !== email) throw notFound();
  const { organizationId } = found;
  return stores.departures.change(organizationId, async () => {
    const { invitation, organizationName, member, holder } = await stores.invitations.forJoining(found, personId);
    if (invitation === undefined) throw notFound();
    if (member !== undefined) throw new HqError('CONFLICT', 'You are a member of this organization already.', { hint: 'Nothing is left to accept.' });
    const { role, memberUntil } = invitation;
    const joined: Member = {
      organizationId,
      personId,
      role,
      term: newId('term', randomBytes),
      joinedAt: clock(),
      email: holder === undefined ? email : null,
      expiresAt: memberUntil,
      groups: [],
    };
    const answer = { organization: organizationId, name: organizationName, role };
    const facts = { before: null, after: { ...memberFacts(joined), invitation: id, invitedBy: invitation.invitedBy }, vault: organizationId };
    return {
      writes: [...counting(organizationId, role === 'admin' ? 1 : 0), ...joining(joined), ...stores.invitations.planEnd(invitation), ...commit(answer, facts)],
      result: answer,
    };
  });
}
