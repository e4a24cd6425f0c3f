/** Who calls: a token whose signature, issuer, client, use and expiry hold. Whether the person has signed out since is `signed-in.ts`'s to judge. */
import { HqError } from '@hq/shared/errors';
import type { Context } from '../context.ts';
import type { VerifiedToken } from '../ports/identity.ts';

/** Who calls, by the token of the request. @throws HqError `UNAUTHENTICATED`, `EXPIRED`, `UNAVAILABLE`. */
export async function verifyCaller({ request, ports }: Context): Promise<{ readonly token: VerifiedToken; readonly accessToken: string }> {
  const { token: accessToken } = request;
  if (accessToken === undefined) {
    throw new HqError('UNAUTHENTICATED', 'This needs a sign-in.', { hint: 'Send an access token as "Authorization: Bearer …", or run "hq login".' });
  }
  return { token: await ports.identity.verify(accessToken), accessToken };
}
