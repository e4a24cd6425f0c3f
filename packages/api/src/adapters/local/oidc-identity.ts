/** Sign-in by the local OpenID Connect issuer. Its tokens are shaped as Cognito's; its keys come over plain http on loopback, so the fetcher is our own. */
import { JwtVerifier } from 'aws-jwt-verify';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import { HqError } from '@hq/shared/errors';
import { toVerifiedToken, verifierError } from '../../identity/access-token.ts';
import { callIssuer, type Fetch } from '../../identity/issuer-call.ts';
import { refreshAt } from '../../identity/token-endpoint.ts';
import { notSignedIn, rememberVerified } from '../../identity/verified-tokens.ts';
import type { Clock } from '@hq/shared/time';
import type { Identity } from '../../ports/identity.ts';

export interface OidcIdentityOptions {
  /** For example `http://127.0.0.1:8787/sign-in`. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clock: Clock;
  readonly fetch: Fetch;
}

const scopes = ['openid', 'email', 'profile'];
const endpointNames = ['jwks_uri', 'token_endpoint', 'userinfo_endpoint', 'global_sign_out_endpoint'] as const;
type Endpoints = Readonly<Record<(typeof endpointNames)[number], string>>;

export function createOidcIdentity({ issuer, clientId, clock, fetch }: OidcIdentityOptions): Identity {
  let discovered: Promise<Endpoints> | undefined;
  /** The issuer's discovery document (OpenID Connect Discovery 1.0), asked for once; a failure is asked again. */
  const endpoints = (): Promise<Endpoints> => {
    discovered ??= discover(fetch, issuer).catch((error: unknown) => {
      discovered = undefined;
      throw error;
    });
    return discovered;
  };

  // The verifier wants an address before there is an answer; the real one is filled in when it fetches.
  const jwksCache = new SimpleJwksCache({
    fetcher: {
      async fetch() {
        const { body } = await callIssuer(fetch, (await endpoints()).jwks_uri);
        return new TextEncoder().encode(JSON.stringify(body)).buffer;
      },
    },
  });
  const verifier = JwtVerifier.create(
    {
      issuer,
      jwksUri: `${issuer}/jwks`,
      // Access tokens name their client, as Cognito's do; their audience is judged nowhere there either.
      audience: null,
      customJwtCheck({ header, payload }) {
        if (header.alg !== 'RS256') throw notSignedIn('signed in another way');
        if (payload['token_use'] !== 'access') throw notSignedIn('no access token');
        if (payload['client_id'] !== clientId) throw notSignedIn("another client's token");
      },
    },
    { jwksCache },
  );

  return {
    verify: rememberVerified(async (accessToken) => {
      try {
        return toVerifiedToken(await verifier.verify(accessToken));
      } catch (error) {
        throw verifierError(error);
      }
    }, clock),
    async profile(accessToken) {
      const { status, body } = await callIssuer(fetch, (await endpoints()).userinfo_endpoint, { headers: bearer(accessToken) });
      const { sub, email, email_verified: emailVerified } = body;
      if (status !== 200 || typeof sub !== 'string') throw notSignedIn(new Error(`userinfo answered ${status}`));
      return { personId: sub, email: typeof email === 'string' ? email.toLowerCase() : null, emailVerified: emailVerified === true };
    },
    refresh: async (refreshToken) => refreshAt(fetch, (await endpoints()).token_endpoint, clientId, refreshToken),
    async signOutEverywhere(_personId, accessToken) {
      const { status } = await callIssuer(fetch, (await endpoints()).global_sign_out_endpoint, { method: 'POST', headers: bearer(accessToken) });
      if (status !== 200) throw notSignedIn(new Error(`global sign-out answered ${status}`));
    },
    config: () => ({ issuer, clientId, scopes }),
  };
}

const bearer = (accessToken: string) => ({ authorization: `Bearer ${accessToken}`, accept: 'application/json' });

async function discover(fetch: Fetch, issuer: string): Promise<Endpoints> {
  const { body } = await callIssuer(fetch, `${issuer}/.well-known/openid-configuration`);
  const origin = new URL(issuer).origin;
  const endpoint = (name: (typeof endpointNames)[number]): string => {
    const url = body[name];
    // Tokens are sent there: nowhere but to the issuer itself.
    if (typeof url === 'string' && URL.canParse(url) && new URL(url).origin === origin) return url;
    throw new HqError('UNAVAILABLE', 'The sign-in gave an answer that makes no sense.', { cause: new Error(`discovery has no usable ${name}`) });
  };
  if (body['issuer'] !== issuer) {
    throw new HqError('UNAVAILABLE', 'The sign-in gave an answer that makes no sense.', { cause: new Error('discovery names another issuer') });
  }
  return {
    jwks_uri: endpoint('jwks_uri'),
    token_endpoint: endpoint('token_endpoint'),
    userinfo_endpoint: endpoint('userinfo_endpoint'),
    global_sign_out_endpoint: endpoint('global_sign_out_endpoint'),
  };
}
