/** Sign-in: Cognito in production, the local OpenID Connect issuer on one machine. */
import type { EpochSeconds } from '@hq/shared/time';

/** What a verified access token says. */
export interface VerifiedToken {
  /** The `sub` claim, a UUID. */
  readonly personId: string;
  readonly clientId: string;
  /** The `jti` claim. */
  readonly tokenId: string;
  readonly issuedAt: EpochSeconds;
  readonly expiresAt: EpochSeconds;
}

/** Who the issuer says the person is. The address is lower-cased; null where the issuer knows none. */
export interface Profile {
  readonly personId: string;
  readonly email: string | null;
  readonly emailVerified: boolean;
}

export interface Tokens {
  readonly accessToken: string;
  readonly idToken: string;
  /** The token for the next time; where the issuer does not rotate, the one that was sent. */
  readonly refreshToken: string;
  /** Seconds until the access token expires. */
  readonly expiresIn: number;
}

export interface Identity {
  /**
   * Signature, issuer, use (`access`), client and expiry. A token seen before costs microseconds; its expiry is judged every time.
   * @throws HqError `UNAUTHENTICATED`, `EXPIRED`, or `UNAVAILABLE` where the issuer's keys can't be fetched.
   */
  verify(accessToken: string): Promise<VerifiedToken>;
  /** Asks the issuer. @throws HqError `UNAUTHENTICATED`, `UNAVAILABLE`. */
  profile(accessToken: string): Promise<Profile>;
  /** @throws HqError `UNAUTHENTICATED` for a token that is unknown, used up or revoked; `UNAVAILABLE`. */
  refresh(refreshToken: string): Promise<Tokens>;
  /** Ends all of the person's sign-ins at the issuer. Access tokens already given live on there: the API refuses them by `signedOutBefore`. */
  signOutEverywhere(personId: string, accessToken: string): Promise<void>;
  /** What a client needs to begin. */
  config(): { readonly issuer: string; readonly clientId: string; readonly scopes: readonly string[] };
}
