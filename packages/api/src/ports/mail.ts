/** Mail that we send. */
import type { Role } from '@hq/shared/roles';
import type { EpochSeconds } from '@hq/shared/time';

export interface InvitationMail {
  readonly to: string;
  readonly organizationName: string;
  /** The inviter's verified address; null where they have none. */
  readonly invitedBy: string | null;
  readonly role: Role;
  readonly invitationId: string;
  readonly expiresAt: EpochSeconds;
  /** When the membership will end by itself; null where it will not. */
  readonly memberUntil: EpochSeconds | null;
}

export interface Mail {
  /** Resolves when the mail has been handed over. @throws HqError `UNAVAILABLE`, `RATE_LIMITED`. */
  sendInvitation(mail: InvitationMail): Promise<void>;
}
