/** The letter that invites somebody. Plain text, so that nothing in a name can become markup. */
import { toIso } from '@hq/shared/time';
import type { InvitationMail } from '../ports/mail.ts';

export interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Names of organizations are of a form that holds no line breaks; so are addresses. */
export function invitationLetter({ to, organizationName, invitedBy, role, invitationId, expiresAt, memberUntil }: InvitationMail): Letter {
  return {
    to,
    subject: `You are invited to ${organizationName} on HQ`,
    text: [
      `${invitedBy ?? 'Somebody'} invites you to join "${organizationName}" on HQ as ${role}${memberUntil === null ? '' : `, until ${toIso(memberUntil)}`}.`,
      '',
      `Sign in with this address (${to}), then accept:`,
      '',
      '    hq login',
      `    hq members accept ${invitationId}`,
      '',
      `The invitation holds until ${toIso(expiresAt)}, for this address alone, and once. If you did not expect it, do nothing.`,
      '',
    ].join('\n'),
  };
}
