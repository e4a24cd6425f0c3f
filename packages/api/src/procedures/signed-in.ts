/** Adds the person, as our table knows them, and refuses tokens from before they signed out everywhere. For procedures that concern no vault. */
import { HqError } from '@hq/shared/errors';
import type { VerifiedToken } from '../ports/identity.ts';
import type { Person } from '../stores/people.ts';
import type * as z from 'zod';
import { audited } from './audited.ts';
import { createOnce } from './once.ts';
import { publicRefusals } from './public.ts';

/** @throws HqError `UNAUTHENTICATED` for a token that was issued before the person signed out everywhere, or in that second. */
export function refuseSignedOut(token: VerifiedToken, person: Person): void {
  if (person.signedOutBefore === null || token.issuedAt > person.signedOutBefore) return;
  throw new HqError('UNAUTHENTICATED', 'You have signed out everywhere since this sign-in.', { hint: 'Sign in again.' });
}

/** Every procedure that wants a sign-in may refuse so. Its trail needs room, too. */
export const signedInRefusals = [...publicRefusals, 'UNAUTHENTICATED', 'EXPIRED', 'STORAGE_FULL'] as const;

export const signedIn = audited.meta({ needs: 'a sign-in', refusals: signedInRefusals }).use(async ({ ctx, next }) => {
  const person = await ctx.ports.stores.people.get(ctx.token.personId);
  refuseSignedOut(ctx.token, person);
  return next({ ctx: { person } });
});

/** The same for a change: it is made once a request id. */
export function signedInChange<Schema extends z.ZodType<{ requestId?: string | undefined }>>(schema: Schema) {
  return signedIn.input(schema).use(async ({ ctx, input, path, next }) => {
    const { requestId } = input as z.output<Schema>;
    const personId = ctx.person.id;
    const receipt = requestId === undefined ? undefined : await ctx.ports.stores.receipts.get(personId, requestId);
    const once = createOnce({ ports: ctx.ports, personId, procedure: path, input, requestId, receipt, noting: ctx.noting });
    return next({ ctx: { once } });
  });
}
