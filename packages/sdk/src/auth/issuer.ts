/**
 * The three things we ask of an OpenID issuer: its address book (Discovery 1.0), tokens for a code (RFC 6749 §4.1 with PKCE, RFC 7636), and new tokens for a
 * refresh token (§6). The protocol itself is `oauth4webapi`'s; here its refusals become ours.
 */
import * as oauth from 'oauth4webapi';
import { HqError } from '@hq/shared/errors';
import type { Clock, EpochSeconds } from '@hq/shared/time';
import type { Tokens } from './tokens.ts';

/** Where and as whom to sign in, as `auth.config` answers. */
export interface SignInConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
}

/** What the exchanges need from outside. */
export interface IssuerPorts {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
}

const signInAgain = 'Sign in again with "hq login".';

/** Plain http is for a server on this machine only; anywhere else the code and the tokens would travel in the clear. */
function options(url: URL, ports: IssuerPorts) {
  const loopback = url.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  return {
    [oauth.customFetch]: (address: string, init: object) => ports.fetch(address, init),
    [oauth.allowInsecureRequests]: loopback,
    signal: () => AbortSignal.timeout(30_000),
  };
}

/** Refusals of the issuer in our words. What the issuer wrote is kept as the cause, since a description may quote what was sent. */
function translate(error: unknown): never {
  if (error instanceof HqError) throw error;
  if (error instanceof oauth.ResponseBodyError) {
    if (error.error === 'invalid_grant') throw new HqError('EXPIRED', 'This sign-in has ended.', { hint: signInAgain, cause: error });
    throw new HqError('UNAUTHENTICATED', `The sign-in service refused: ${error.error.slice(0, 64)}.`, { hint: signInAgain, cause: error });
  }
  if (error instanceof oauth.OperationProcessingError && error.code === oauth.JWT_TIMESTAMP_CHECK) {
    throw new HqError('CLOCK_SKEW', "This computer's clock and the server's differ too much to sign in.", {
      hint: 'Set the clock, then sign in again.',
      cause: error,
    });
  }
  if (error instanceof oauth.OperationProcessingError || error instanceof oauth.UnsupportedOperationError) {
    throw new HqError('UNAUTHENTICATED', 'The sign-in service gave an answer that does not verify.', {
      hint: 'Check HQ_API, then sign in again.',
      cause: error,
    });
  }
  throw new HqError('UNAVAILABLE', 'The sign-in service does not answer.', {
    hint: 'Check the network and that the server is running ("npm start").',
    cause: error,
  });
}

/** The issuer's discovery document. @throws HqError `UNAVAILABLE`, or `UNAUTHENTICATED` when it is not the issuer it claims to be. */
export async function discover(issuer: string, ports: IssuerPorts): Promise<oauth.AuthorizationServer> {
  const url = new URL(issuer);
  try {
    return await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, options(url, ports)));
  } catch (error) {
    return translate(error);
  }
}

/** How to read the token endpoint's answer; our clock decides when the access token ends. */
function read(
  answer: oauth.TokenEndpointResponse,
  before: Pick<Tokens, 'issuer' | 'tokenEndpoint' | 'clientId'>,
  last: Partial<Tokens>,
  now: EpochSeconds,
): Tokens {
  const refreshToken = answer.refresh_token ?? last.refreshToken;
  const idToken = answer.id_token ?? last.idToken;
  if (refreshToken === undefined || idToken === undefined) {
    throw new HqError('UNAUTHENTICATED', 'The sign-in service gave no refresh token.', { hint: 'Ask its operator to allow the offline_access scope.' });
  }
  return { ...before, accessToken: answer.access_token, idToken, refreshToken, expiresAt: now + (answer.expires_in ?? 300) };
}

/** Tokens for the code in `callback`, which `validateAuthResponse` has passed. */
export async function exchangeCode(
  server: oauth.AuthorizationServer,
  clientId: string,
  callback: URLSearchParams,
  redirectUri: string,
  proof: { readonly verifier: string; readonly nonce: string },
  ports: IssuerPorts,
): Promise<Tokens> {
  if (server.token_endpoint === undefined) throw new HqError('UNAUTHENTICATED', 'The sign-in service names no token endpoint.');
  const client: oauth.Client = { client_id: clientId, [oauth.clockTolerance]: 60 };
  try {
    const url = new URL(server.token_endpoint);
    const response = await oauth.authorizationCodeGrantRequest(server, client, oauth.None(), callback, redirectUri, proof.verifier, options(url, ports));
    const answer = await oauth.processAuthorizationCodeResponse(server, client, response, { expectedNonce: proof.nonce, requireIdToken: true });
    return read(answer, { issuer: server.issuer, tokenEndpoint: server.token_endpoint, clientId }, {}, ports.clock());
  } catch (error) {
    return translate(error);
  }
}

/**
 * The next tokens. The refresh token is used up by the attempt: it is sent once and never again, because a second use looks like theft and ends the sign-in.
 * @throws HqError `EXPIRED` when the sign-in has ended.
 */
export async function refreshTokens(tokens: Tokens, ports: IssuerPorts): Promise<Tokens> {
  const server: oauth.AuthorizationServer = { issuer: tokens.issuer, token_endpoint: tokens.tokenEndpoint };
  const client: oauth.Client = { client_id: tokens.clientId, [oauth.clockTolerance]: 60 };
  try {
    const url = new URL(tokens.tokenEndpoint);
    const response = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), tokens.refreshToken, options(url, ports));
    const { issuer, tokenEndpoint, clientId } = tokens;
    return read(await oauth.processRefreshTokenResponse(server, client, response), { issuer, tokenEndpoint, clientId }, tokens, ports.clock());
  } catch (error) {
    return translate(error);
  }
}

/** Tells the issuer that the refresh token is no longer wanted (RFC 7009); an issuer without that endpoint is left alone. */
export async function revokeTokens(tokens: Tokens, ports: IssuerPorts): Promise<void> {
  const server = await discover(tokens.issuer, ports);
  if (server.revocation_endpoint === undefined) return;
  try {
    const request = options(new URL(server.revocation_endpoint), ports);
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(server, { client_id: tokens.clientId }, oauth.None(), tokens.refreshToken, {
        ...request,
        additionalParameters: { token_type_hint: 'refresh_token' },
      }),
    );
  } catch (error) {
    translate(error);
  }
}
