/** How somebody is asked to join: stored first, mailed then. */
import { HqError } from '@hq/shared/errors';
import { newId } from '@hq/shared/ids';
import { roleAtLeast, type Role } from '@hq/shared/roles';
import type { EpochSeconds } from '@hq/shared/time';
import type { Ports } from '../../context.ts';
import type { Commit } from '../commit.ts';
import { type Invitation, invitationSeconds, maxOpen } from '../../stores/invitations.ts';
import { type MemberJob, placeOf, requireAdmin } from '../members/place.ts';
import { refuseEnd } from '../members/set-role.ts';
import { invitationFacts } from './describe.ts';

export interface Invite {
  readonly email: string;
  readonly role: Role;
  /** When the membership will end by itself. */
  readonly memberUntil?: EpochSeconds | undefined;
}

type InvitePorts = Pick<Ports, 'clock' | 'randomBytes'> & {
  readonly stores: Pick<Ports['stores'], 'access' | 'departures' | 'invitations' | 'members' | 'people'>;
};

/**
 * An invitation; its letter is for `mailInvitation`. It never gives more than the inviter has, and falls when they lose that. Inviting an address again
 * replaces its invitation.
 * @throws HqError `FORBIDDEN`; `CONFLICT` for an address that is a member's; `BAD_REQUEST` for an end that no such membership can have; `TOO_LARGE` over 1,000
 *   open invitations.
 */
export function invite({ stores, clock, randomBytes }: InvitePorts, job: MemberJob, { email, role, memberUntil }: Invite, commit: Commit) {
  const { id } = placeOf(job.access).organization;
  return stores.departures.change(id, async () => {
    const [asker, known, open] = await Promise.all([
      stores.access.load(id, job.access.person.id, []),
      stores.people.byEmail(email),
      stores.invitations.ofOrganization(id),
    ]);
    const { member } = placeOf(asker);
    requireAdmin(member, 'invite people');
    if (!roleAtLeast(member.role, role)) throw new HqError('FORBIDDEN', 'An invitation can not give more than you have yourself.');
    const createdAt = clock();
    if (memberUntil !== undefined) refuseEnd(role, memberUntil, createdAt);
    if (known !== undefined && (await stores.members.get(id, known)) !== undefined) {
      throw new HqError('CONFLICT', 'This address belongs to a member already.', { hint: 'See "hq members list".' });
    }
    const before = open.find((each) => each.email === email);
    if (before === undefined && open.length >= maxOpen) {
      throw new HqError('TOO_LARGE', `An organization has at most ${maxOpen} open invitations.`, { hint: 'Withdraw some, or wait until they end.' });
    }
    const invitation: Invitation = {
      id: newId('invitation', randomBytes),
      organizationId: id,
      email,
      role,
      invitedBy: member.personId,
      term: member.term,
      createdAt,
      // Nobody joins for a time that has passed.
      expiresAt: Math.min(createdAt + invitationSeconds, memberUntil ?? Number.POSITIVE_INFINITY),
      memberUntil: memberUntil ?? null,
      letter: 'waiting',
    };
    const answer = invitationFacts(invitation);
    const facts = { before: before === undefined ? null : invitationFacts(before), after: answer };
    return { writes: [...stores.invitations.plan(invitation), ...commit(answer, facts)], result: answer };
  });
}

type LetterPorts = Pick<Ports, 'mail' | 'log'> & { readonly stores: Pick<Ports['stores'], 'invitations'> };

/**
 * Sends the letter of an invitation that is stored, once. A mail that does not take it undoes nothing and is no error: the answer says `mailed: false`, and the
 * next who asks under the same request id tries again.
 */
export async function mailInvitation({ stores, mail, log }: LetterPorts, job: MemberJob, invitation: ReturnType<typeof invitationFacts>) {
  const { organization, person } = job.access;
  const { id, email, role, expiresAt, memberUntil } = invitation;
  if (organization === undefined) return { ...invitation, mailed: false };
  const letter = { id, email, organizationId: organization.id };
  const taken = await stores.invitations.takeLetter(letter);
  if (taken !== 'taken') return { ...invitation, mailed: taken === 'sent' };
  const facts = { to: email, organizationName: organization.name, invitedBy: person.email, role, invitationId: id, expiresAt, memberUntil };
  const mailed = await mail.sendInvitation(facts).then(
    () => true,
    (error: unknown) => {
      log.error('an invitation was not mailed', error, { organization: organization.id, invitation: id });
      return false;
    },
  );
  await stores.invitations.settleLetter(letter, mailed ? 'sent' : 'waiting');
  return { ...invitation, mailed };
}
