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

/** For an answer that is from another time by this computer's clock. */
function clockSkew(cause: unknown): HqError {
  return new HqError('CLOCK_SKEW', "This computer's clock and the server's differ too much to sign in.", { hint: 'Set the clock, then try again.', cause });
}

/** Refusals of the issuer in our words. What the issuer wrote is kept as the cause, since a description may quote what was sent. */
function translate(error: unknown): never {
  if (error instanceof HqError) throw error;
  if (error instanceof oauth.ResponseBodyError) {
    if (error.error === 'invalid_grant') throw new HqError('EXPIRED', 'This sign-in has ended.', { hint: signInAgain, cause: error });
    throw new HqError('UNAUTHENTICATED', `The sign-in service refused: ${error.error.slice(0, 64)}.`, { hint: signInAgain, cause: error });
  }
  if (error instanceof oauth.OperationProcessingError && error.code === oauth.JWT_TIMESTAMP_CHECK) {
    throw clockSkew(error);
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

/** What a refresh gave. The tokens are to be kept in any case: the one that was sent is used up. */
export interface Refreshed {
  readonly tokens: Tokens;
  /** `CLOCK_SKEW`: by this computer's clock the answer is from another time, so nothing may be done with the tokens but to keep them. */
  readonly trouble?: HqError;
}

/** The time at which a refused id token says it was issued; undefined when it was refused for anything but its times. */
function issuedAt(error: unknown): EpochSeconds | undefined {
  if (!(error instanceof oauth.OperationProcessingError) || error.code !== oauth.JWT_TIMESTAMP_CHECK) return undefined;
  const iat = (error.cause as { claims?: { iat?: unknown } } | undefined)?.claims?.iat;
  return typeof iat === 'number' ? iat : undefined;
}

/**
 * The next tokens. The refresh token is used up by the attempt: it is sent once and never again, because a second use looks like theft and ends the sign-in.
 * An answer whose times don't fit this computer's clock is therefore no failure: it is judged in all else as at the time it was issued, and comes with `trouble`.
 * @throws HqError `EXPIRED` when the sign-in has ended.
 */
export async function refreshTokens(last: Tokens, ports: IssuerPorts): Promise<Refreshed> {
  const { issuer, tokenEndpoint, clientId } = last;
  const server: oauth.AuthorizationServer = { issuer, token_endpoint: tokenEndpoint };
  const clientAt = (now: EpochSeconds): oauth.Client => ({ client_id: clientId, [oauth.clockTolerance]: 60, [oauth.clockSkew]: now - Date.now() / 1000 });
  const judge = async (response: Response, now: EpochSeconds): Promise<Tokens> =>
    read(await oauth.processRefreshTokenResponse(server, clientAt(now), response), { issuer, tokenEndpoint, clientId }, last, now);
  try {
    const request = options(new URL(tokenEndpoint), ports);
    const response = await oauth.refreshTokenGrantRequest(server, clientAt(ports.clock()), oauth.None(), last.refreshToken, request);
    const copy = response.clone();
    try {
      return { tokens: await judge(response, ports.clock()) };
    } catch (error) {
      const then = issuedAt(error);
      if (then === undefined) throw error;
      // Renewed before its next use, whatever the clock says by then.
      const tokens = { ...(await judge(copy, then)), expiresAt: 0 };
      return { tokens, trouble: clockSkew(error) };
    }
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
