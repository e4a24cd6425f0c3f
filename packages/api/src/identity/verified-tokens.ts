/**
 * Access tokens that were verified before. A signature takes tens of microseconds to check, and one person sends the same token with every request: it is
 * checked once, and afterwards found by its digest (never by itself: a dump of the memory of this map signs nobody in). Expiry is judged every time; whether
 * the person has signed out everywhere is judged by the caller, on every request, from the table.
 */
import { hash } from 'node:crypto';
import { HqError } from '@hq/shared/errors';
import type { Clock } from '@hq/shared/time';
import type { VerifiedToken } from '../ports/identity.ts';

/** Longer ones are refused unread. Cognito's and the local issuer's are about a thousand characters. */
const maxTokenLength = 8192;
const maxRemembered = 10_000;

/** `verify`, with a memory. A token that fails is remembered nowhere. */
export function rememberVerified(verify: (accessToken: string) => Promise<VerifiedToken>, clock: Clock): (accessToken: string) => Promise<VerifiedToken> {
  // In the order of their first use: the oldest goes first.
  const seen = new Map<string, VerifiedToken>();
  return async (accessToken) => {
    if (accessToken.length > maxTokenLength) throw notSignedIn();
    const digest = hash('sha256', accessToken, 'base64url');
    const known = seen.get(digest);
    if (known !== undefined) {
      if (known.expiresAt > clock()) return known;
      seen.delete(digest);
      throw signInExpired();
    }
    const token = await verify(accessToken);
    if (token.expiresAt <= clock()) throw signInExpired();
    seen.set(digest, token);
    if (seen.size > maxRemembered) for (const oldest of seen.keys()) if (seen.delete(oldest)) break;
    return token;
  };
}

/** The refusal of a token that does not verify; `cause` says why, to us alone. */
export function notSignedIn(cause?: unknown): HqError {
  return new HqError('UNAUTHENTICATED', 'This sign-in is not valid here.', { hint: 'Sign in again: hq login.', cause });
}

/** The refusal of a token that was good once. */
export function signInExpired(cause?: unknown): HqError {
  return new HqError('EXPIRED', 'This sign-in has expired.', { hint: 'Refresh it, or sign in again: hq login.', cause });
}
