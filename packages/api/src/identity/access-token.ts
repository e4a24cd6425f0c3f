/** From what aws-jwt-verify verified, or why it did not, to our words. */
import { FetchError, JwksNotAvailableInCacheError, JwtExpiredError } from 'aws-jwt-verify/error';
import { HqError, isHqError } from '@hq/shared/errors';
import { personIdPattern } from '@hq/shared/ids';
import type { VerifiedToken } from '../ports/identity.ts';
import { notSignedIn, signInExpired } from './verified-tokens.ts';

/** The claims of a verified access token. @throws HqError `UNAUTHENTICATED` where one is missing or of another form. */
export function toVerifiedToken(payload: Readonly<Record<string, unknown>>): VerifiedToken {
  const { sub, client_id: clientId, jti, iat, exp } = payload;
  if (typeof sub !== 'string' || !personIdPattern.test(sub)) throw notSignedIn('the token names no person');
  if (typeof clientId !== 'string' || typeof jti !== 'string') throw notSignedIn('the token names no client or has no id');
  if (typeof iat !== 'number' || typeof exp !== 'number') throw notSignedIn('the token has no times');
  return { personId: sub, clientId, tokenId: jti, issuedAt: Math.floor(iat), expiresAt: Math.floor(exp) };
}

/** An error of the verifier as one of ours: an issuer that is away is not the token's fault. */
export function verifierError(error: unknown): HqError {
  if (isHqError(error)) return error;
  if (error instanceof JwtExpiredError) return signInExpired(error);
  if (error instanceof FetchError || error instanceof JwksNotAvailableInCacheError) {
    return new HqError('UNAVAILABLE', 'The sign-in does not answer.', { hint: 'Try again in a moment.', cause: error });
  }
  return notSignedIn(error);
}
