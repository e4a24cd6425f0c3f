/** `auth`: what a client has to know before it has a token, and the exchange of a refresh token. */
import * as z from 'zod';

export const configInput = z.void();
/** Where sign-in lives; the rest is in the issuer's discovery document (OpenID Connect Discovery 1.0). */
export const configOutput = z.object({ issuer: z.url(), clientId: z.string(), scopes: z.array(z.string()) });

export const refreshInput = z.object({ refreshToken: z.string().min(1).max(8192) });
export const refreshOutput = z.object({
  accessToken: z.string(),
  idToken: z.string(),
  /** The rotated token: the one sent is used up. */
  refreshToken: z.string(),
  /** Seconds until the access token expires. */
  expiresIn: z.int(),
});
