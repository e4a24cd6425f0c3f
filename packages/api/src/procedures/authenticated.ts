/** Adds who calls: a token whose signature, issuer, client, use and expiry hold. Whether the person has signed out since is the next one's to judge. */
import { HqError } from '@hq/shared/errors';
import { base } from '../trpc.ts';
import { refuseFlood } from './public.ts';

export const authenticated = base.use(async ({ ctx, next }) => {
  const { request, ports } = ctx;
  if (request.token === undefined) {
    throw new HqError('UNAUTHENTICATED', 'This needs a sign-in.', { hint: 'Send an access token as "Authorization: Bearer …", or run "hq login".' });
  }
  const token = await ports.identity.verify(request.token);
  refuseFlood(ports.limiter.take(token.personId));
  return next({ ctx: { token, accessToken: request.token } });
});
