/** `me`: who the caller is. */
import * as z from 'zod';
import { email, epochSeconds, organizationId, personId, role } from './fields.ts';
import { idPattern } from '../ids.ts';

export const getInput = z.void();
export const getOutput = z.object({
  userId: personId,
  email: email.nullable(),
  emailVerified: z.boolean(),
  organizations: z.array(z.object({ id: organizationId, name: z.string(), role })),
  /** Invitations to the caller's verified address that are still open. */
  invitations: z.array(z.object({ id: z.string().regex(idPattern('invitation')), organization: z.string(), role, expiresAt: epochSeconds })),
});

export const signOutEverywhereInput = z.void();
/** Tokens that were issued until `at` are refused from now on; sessions that storage already granted end by `sessionsEndBy`. */
export const signOutEverywhereOutput = z.object({ at: epochSeconds, sessionsEndBy: epochSeconds.nullable() });
