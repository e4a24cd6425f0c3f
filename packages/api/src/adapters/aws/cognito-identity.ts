/** Sign-in by an Amazon Cognito user pool. Verification is Cognito's own verifier; the rest are three calls that need no AWS credentials, so plain fetch. */
import { CognitoJwtVerifier } from 'aws-jwt-verify';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import { HqError } from '@hq/shared/errors';
import type { Clock } from '@hq/shared/time';
import { toVerifiedToken, verifierError } from '../../identity/access-token.ts';
import { callIssuer, type Fetch, type IssuerAnswer } from '../../identity/issuer-call.ts';
import { refreshAt } from '../../identity/token-endpoint.ts';
import { notSignedIn, rememberVerified } from '../../identity/verified-tokens.ts';
import type { Identity } from '../../ports/identity.ts';

export interface CognitoIdentityOptions {
  /** For example `us-east-1_AbCdEf123`; its first part is the region. */
  readonly userPoolId: string;
  readonly clientId: string;
  /** The pool's domain, where its token endpoint is, for example `https://hq.auth.us-east-1.amazoncognito.com`. */
  readonly domain: string;
  readonly clock: Clock;
  readonly fetch: Fetch;
}

/** The last one lets the holder of an access token ask for their own attributes and sign out everywhere. */
const scopes = ['openid', 'email', 'profile', 'aws.cognito.signin.user.admin'];

export function createCognitoIdentity({ userPoolId, clientId, domain, clock, fetch }: CognitoIdentityOptions): Identity {
  const [region] = userPoolId.split('_');
  const service = `https://cognito-idp.${region}.amazonaws.com`;
  const jwksCache = new SimpleJwksCache({
    fetcher: {
      async fetch(uri) {
        const { body } = await callIssuer(fetch, uri);
        return new TextEncoder().encode(JSON.stringify(body)).buffer;
      },
    },
  });
  const verifier = CognitoJwtVerifier.create({ userPoolId, clientId, tokenUse: 'access' }, { jwksCache });

  /** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference */
  const call = (action: string, input: object): Promise<IssuerAnswer> =>
    callIssuer(fetch, `${service}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `AWSCognitoIdentityProviderService.${action}` },
      body: JSON.stringify(input),
    });

  return {
    verify: rememberVerified(async (accessToken) => {
      try {
        return toVerifiedToken(await verifier.verify(accessToken));
      } catch (error) {
        throw verifierError(error);
      }
    }, clock),
    async profile(accessToken) {
      const attributes = attributesOf(accepted(await call('GetUser', { AccessToken: accessToken })));
      const personId = attributes.get('sub');
      if (personId === undefined) throw notSignedIn(new Error('GetUser named no sub'));
      return { personId, email: attributes.get('email')?.toLowerCase() ?? null, emailVerified: attributes.get('email_verified') === 'true' };
    },
    // The pool's token endpoint and not InitiateAuth, which refuses clients with rotation.
    refresh: (refreshToken) => refreshAt(fetch, `${domain}/oauth2/token`, clientId, refreshToken),
    async signOutEverywhere(_personId, accessToken) {
      accepted(await call('GlobalSignOut', { AccessToken: accessToken }));
    },
    config: () => ({ issuer: `${service}/${userPoolId}`, clientId, scopes }),
  };
}

/** @throws HqError `RATE_LIMITED`, `UNAUTHENTICATED`. */
function accepted({ status, body }: IssuerAnswer): IssuerAnswer['body'] {
  if (status === 200) return body;
  const kind = typeof body['__type'] === 'string' ? body['__type'] : '';
  if (status === 429 || kind.endsWith('TooManyRequestsException')) {
    throw new HqError('RATE_LIMITED', 'Too many sign-ins at once.', { hint: 'Try again in a minute.' });
  }
  throw notSignedIn(new Error(`Cognito answered ${status} ${kind}`));
}

function attributesOf(body: IssuerAnswer['body']): Map<string, string> {
  const listed: unknown = body['UserAttributes'];
  const pairs = Array.isArray(listed) ? (listed as readonly unknown[]) : [];
  return new Map(
    pairs.flatMap((pair): [string, string][] => {
      if (typeof pair !== 'object' || pair === null || !('Name' in pair) || !('Value' in pair)) return [];
      return typeof pair.Name === 'string' && typeof pair.Value === 'string' ? [[pair.Name, pair.Value]] : [];
    }),
  );
}
