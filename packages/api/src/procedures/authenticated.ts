/** Adds who calls: a token whose signature, issuer, client, use and expiry hold. Whether the person has signed out since is the next one's to judge. */
import { HqError } from '@hq/shared/errors';
import type { Context } from '../context.ts';
import type { VerifiedToken } from '../ports/identity.ts';
import { base } from '../trpc.ts';
import { refuseFlood } from './public.ts';

/** Who calls, by the token of the request. @throws HqError `UNAUTHENTICATED`, `EXPIRED`, `UNAVAILABLE`. */
export async function verifyCaller({ request, ports }: Context): Promise<{ readonly token: VerifiedToken; readonly accessToken: string }> {
  const { token: accessToken } = request;
  if (accessToken === undefined) {
    throw new HqError('UNAUTHENTICATED', 'This needs a sign-in.', { hint: 'Send an access token as "Authorization: Bearer …", or run "hq login".' });
  }
  return { token: await ports.identity.verify(accessToken), accessToken };
}

export const authenticated = base.use(async ({ ctx, next }) => {
  const caller = await verifyCaller(ctx);
  refuseFlood(ctx.ports.limiter.take(caller.token.personId));
  return next({ ctx: caller });
});
