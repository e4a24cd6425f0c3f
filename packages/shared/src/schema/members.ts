/** `members`: who belongs to an organization, how others come to, and how someone leaves. */
import * as z from 'zod';
import { email, epochSeconds, level, organizationId, personId, requestId, role, version } from './fields.ts';
import { idPattern } from '../ids.ts';

const invitationId = z.string().regex(idPattern('invitation'), 'This is not the id of an invitation.');

const member = z.object({
  personId,
  /** Their verified address now; null where they have none any more. */
  email: email.nullable(),
  /** The verified address that they joined with: rules for it are theirs, whatever their address is now. Null where another member held it. */
  joinedAs: email.nullable(),
  role,
  joinedAt: epochSeconds,
  /** The membership ends by itself; never an admin's. */
  expiresAt: epochSeconds.nullable(),
  /** Changes with every change of this member: what `version` of a change is compared with. */
  version: z.int(),
});

const invitation = z.object({
  id: invitationId,
  email,
  role,
  invitedBy: personId,
  expiresAt: epochSeconds,
  /** When the membership would end. */ memberUntil: epochSeconds.nullable(),
  /** Whether its letter was handed to the mail. Where it was not, the invitation holds all the same: pass its id on, or invite again. */
  mailed: z.boolean(),
});

export const listInput = z.object({ vault: organizationId });
export const listOutput = z.object({
  members: z.array(member),
  /** Open invitations; shown to admins only, empty for others. */
  invitations: z.array(invitation),
});

/**
 * Inviting an address again replaces its open invitation. A membership that ends by itself (`memberUntil`) is never an admin's. Sent again under the same
 * request id it mails nothing twice, and tries again what the mail did not take.
 */
export const inviteInput = z.object({ vault: organizationId, email, role, memberUntil: epochSeconds.optional(), requestId });
export const inviteOutput = invitation;

export const withdrawInput = z.object({ vault: organizationId, invitation: invitationId, requestId });
export const withdrawOutput = z.object({ id: invitationId, email });

/** The caller's verified address has to be the invited one. Rules that wait for that address are theirs from now on. */
export const acceptInput = z.object({ invitation: invitationId, requestId });
export const acceptOutput = z.object({ organization: organizationId, name: z.string(), role });

const change = { vault: organizationId, personId, version, requestId };

/** `expiresAt`: null takes an end away, absent leaves it. */
export const setRoleInput = z.object({ ...change, role, expiresAt: epochSeconds.nullable().optional() });
/** Sessions that storage granted under the old role live until `sessionsEndBy` at the latest. */
export const setRoleOutput = member.extend({ sessionsEndBy: epochSeconds.nullable() });

export const removeInput = z.object(change);
/** What ended with the membership. */
export const removeOutput = z.object({
  personId,
  rules: z.array(z.object({ path: z.string(), level })),
  /** Records that they had made, and are admin of no more. */
  created: z.array(z.string()),
  groups: z.array(z.string()),
  invitations: z.array(z.object({ id: invitationId, email })),
  /** Still live: storage honours them until they expire, the last one at `sessionsEndBy`. */
  sessions: z.array(z.object({ id: z.string(), cone: z.string(), access: z.enum(['read', 'write']), expiresAt: epochSeconds })),
  sessionsEndBy: epochSeconds.nullable(),
  /** How much of `rules`, `created`, `groups`, `invitations` and `sessions` ended, or lives on, beside what is listed; 0 but for very many. */
  unlisted: z.int(),
});

export const leaveInput = z.object({ vault: organizationId, requestId });
export const leaveOutput = removeOutput;

/** A change of a member that is not made (`preview.ts` has the answer). */
export const previewInput = z.object({
  vault: organizationId,
  personId,
  change: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('set-role'), role, expiresAt: epochSeconds.nullable().optional() }),
    z.object({ kind: z.literal('remove') }),
  ]),
});
