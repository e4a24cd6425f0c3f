/** Before there is a token: where sign-in is, and the exchange of a refresh token. */
import type { Ports } from '../context.ts';

/** Public facts. */
export function signInConfig({ identity }: Pick<Ports, 'identity'>) {
  const { issuer, clientId, scopes } = identity.config();
  return { issuer, clientId, scopes: [...scopes] };
}

/** Uses the token up; the answer holds the next one. @throws HqError `UNAUTHENTICATED`, `UNAVAILABLE`. */
export function refreshTokens({ identity }: Pick<Ports, 'identity'>, { refreshToken }: { readonly refreshToken: string }) {
  return identity.refresh(refreshToken);
}
