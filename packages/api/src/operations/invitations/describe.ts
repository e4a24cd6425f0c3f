/** An invitation as its organization's admins see it. */
import type { Value } from '../../ports/table.ts';
import type { Invitation } from '../../stores/invitations.ts';

/** Without whether it was mailed, for what is written down before that is known. */
export function invitationFacts({ id, email, role, invitedBy, expiresAt, memberUntil }: Invitation) {
  return { id, email, role, invitedBy, expiresAt, memberUntil } satisfies Record<string, Value>;
}

export function describeInvitation(invitation: Invitation) {
  return { ...invitationFacts(invitation), mailed: invitation.letter === 'sent' };
}
