/** One attempt to sign in: Authorization Code with PKCE S256, a state and a nonce of its own (RFC 6749, RFC 7636, RFC 9700). */
import * as oauth from 'oauth4webapi';
import { HqError } from '@hq/shared/errors';
import { discover, exchangeCode, type IssuerPorts, type SignInConfig } from './issuer.ts';
import type { Tokens } from './tokens.ts';

export interface SignInAttempt {
  /** Where the person's browser has to go. */
  readonly url: string;
  /** Comes back in the redirect; an answer with another one belongs to someone else's attempt. */
  readonly state: string;
  /**
   * Finishes with the address the browser was sent back to. Works once.
   * @throws HqError `UNAUTHENTICATED` when the state is not ours, or the person said no; `EXPIRED` for a code that was used or is too old.
   */
  finish(callback: URL): Promise<Tokens>;
}

/** Prepares an attempt. `redirectUri` is where the issuer will send the browser. */
export async function beginSignIn(config: SignInConfig, redirectUri: string, ports: IssuerPorts): Promise<SignInAttempt> {
  const server = await discover(config.issuer, ports);
  if (server.authorization_endpoint === undefined) throw new HqError('UNAUTHENTICATED', 'The sign-in service names no authorization endpoint.');
  const proof = { verifier: oauth.generateRandomCodeVerifier(), nonce: oauth.generateRandomNonce() };
  const state = oauth.generateRandomState();
  const url = new URL(server.authorization_endpoint);
  url.searchParams.set('response_type', 'code');
  url.searchParams.set('client_id', config.clientId);
  url.searchParams.set('redirect_uri', redirectUri);
  url.searchParams.set('scope', config.scopes.join(' '));
  url.searchParams.set('state', state);
  url.searchParams.set('nonce', proof.nonce);
  url.searchParams.set('code_challenge', await oauth.calculatePKCECodeChallenge(proof.verifier));
  url.searchParams.set('code_challenge_method', 'S256');
  let used = false;
  return {
    url: url.href,
    state,
    finish: async (callback) => {
      if (used) throw new HqError('UNAUTHENTICATED', 'This sign-in was already finished.', { hint: 'Start again with "hq login".' });
      used = true;
      const parameters = readCallback(server, config.clientId, callback, state);
      return exchangeCode(server, config.clientId, parameters, redirectUri, proof, ports);
    },
  };
}

function readCallback(server: oauth.AuthorizationServer, clientId: string, callback: URL, state: string): URLSearchParams {
  try {
    return oauth.validateAuthResponse(server, { client_id: clientId }, callback, state);
  } catch (error) {
    const denied = error instanceof oauth.AuthorizationResponseError;
    const message = denied ? `The sign-in was not completed: ${error.error.slice(0, 64)}.` : 'The browser came back with an answer to another sign-in.';
    throw new HqError('UNAUTHENTICATED', message, { hint: 'Start again with "hq login".', cause: error });
  }
}
