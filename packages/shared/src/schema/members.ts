/** `members`: who belongs to an organization, and how a second person comes to. */
import * as z from 'zod';
import { email, epochSeconds, organizationId, personId, role } from './fields.ts';
import { idPattern } from '../ids.ts';

const invitationId = z.string().regex(idPattern('invitation'), 'This is not the id of an invitation.');

export const listInput = z.object({ vault: organizationId });
export const listOutput = z.object({
  members: z.array(z.object({ personId, email: email.nullable(), role, joinedAt: epochSeconds })),
  /** Open invitations; shown to admins only, empty for others. */
  invitations: z.array(z.object({ id: invitationId, email, role, expiresAt: epochSeconds })),
});

export const inviteInput = z.object({ vault: organizationId, email, role });
export const inviteOutput = z.object({ id: invitationId, email, role, expiresAt: epochSeconds });

/** The caller's verified address has to be the invited one. */
export const acceptInput = z.object({ invitation: invitationId });
export const acceptOutput = z.object({ organization: organizationId, name: z.string(), role });

export const removeInput = z.object({ vault: organizationId, personId });
/** Sessions that storage granted before live until `sessionsEndBy` at the latest; null when none is live. */
export const removeOutput = z.object({ sessionsEndBy: epochSeconds.nullable() });
