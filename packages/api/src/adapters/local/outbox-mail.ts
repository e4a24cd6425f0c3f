/** Mail on one machine: it goes into the local outbox, where the person who runs the machine reads it. */
import type { Mail } from '../../ports/mail.ts';
import { invitationLetter, type Letter } from '../../mail/invitation-letter.ts';

export interface OutboxMailOptions {
  /** Puts a letter into the outbox; durable when it returns or resolves. */
  readonly deliver: (letter: Letter) => void | Promise<void>;
}

export function createOutboxMail({ deliver }: OutboxMailOptions): Mail {
  return { sendInvitation: async (mail) => deliver(invitationLetter(mail)) };
}
