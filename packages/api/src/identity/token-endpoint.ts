/** The refresh of tokens at an OAuth 2.0 token endpoint (RFC 6749 section 6), the same for Cognito and the local issuer. */
import { HqError } from '@hq/shared/errors';
import type { Tokens } from '../ports/identity.ts';
import { callIssuer, type Fetch } from './issuer-call.ts';

/** @throws HqError `UNAUTHENTICATED` where the token is unknown, used up or revoked; `UNAVAILABLE`. */
export async function refreshAt(fetch: Fetch, tokenEndpoint: string, clientId: string, refreshToken: string): Promise<Tokens> {
  const { status, body } = await callIssuer(fetch, tokenEndpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams({ grant_type: 'refresh_token', client_id: clientId, refresh_token: refreshToken }).toString(),
  });
  if (status === 429) throw new HqError('RATE_LIMITED', 'Too many sign-ins at once.', { hint: 'Try again in a minute.' });
  const { access_token: accessToken, id_token: idToken, refresh_token: rotated = refreshToken, expires_in: expiresIn } = body;
  if (status === 200 && typeof accessToken === 'string' && typeof idToken === 'string' && typeof rotated === 'string' && typeof expiresIn === 'number') {
    return { accessToken, idToken, refreshToken: rotated, expiresIn: Math.floor(expiresIn) };
  }
  if (status >= 400) {
    throw new HqError('UNAUTHENTICATED', 'This sign-in can not be refreshed: it was used already, revoked, or is too old.', {
      hint: 'Sign in again: hq login.',
      cause: new Error(`the token endpoint answered ${status}`),
    });
  }
  throw new HqError('UNAVAILABLE', 'The sign-in gave an answer that makes no sense.', { cause: new Error(`the token endpoint answered ${status}`) });
}
