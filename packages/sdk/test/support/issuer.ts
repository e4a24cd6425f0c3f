/**
 * A small OpenID issuer for the client's own tests: one code a sign-in, PKCE judged, refresh tokens that work once and end the sign-in when used twice. The real
 * one is tested end to end elsewhere; this one can be made to misbehave.
 */
import { createHash, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TestIssuer {
  readonly url: string;
  /** How many refreshes were answered with tokens. */
  readonly refreshes: { count: number };
  /** Claims that replace the right ones in the next id tokens. */
  readonly wrongClaims: Record<string, unknown>;
  /** True once a refresh token was used twice. */
  readonly ended: { value: boolean };
  /** What the person's browser would be sent back to. */
  approve(authorizationUrl: string): URL;
  close(): Promise<void>;
}

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function jwt(claims: object, key: KeyObject): string {
  const head = `${base64url({ alg: 'RS256', kid: 'k' })}.${base64url(claims)}`;
  return `${head}.${sign('RSA-SHA256', Buffer.from(head), key).toString('base64url')}`;
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return new URLSearchParams(text);
}

function sendJson(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

/** Starts it on a free port. `delayMs` holds the refresh answer back, so that others can try meanwhile. */
export async function startIssuer(delayMs = 0): Promise<TestIssuer> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const codes = new Map<string, { challenge: string; nonce: string; redirectUri: string }>();
  const refreshes = { count: 0 };
  const ended = { value: false };
  const wrongClaims: Record<string, unknown> = {};
  const spent = new Set<string>();
  let valid = '';
  let url = '';

  const tokens = (nonce?: string) => {
    const now = Math.floor(Date.now() / 1000);
    valid = randomUUID();
    const claims = { iss: url, sub: 'person', aud: 'hq-cli', iat: now, exp: now + 300, ...(nonce === undefined ? {} : { nonce }), ...wrongClaims };
    return { access_token: randomUUID(), id_token: jwt(claims, privateKey), refresh_token: valid, token_type: 'Bearer', expires_in: 300 };
  };

  const exchange = (form: URLSearchParams): object | undefined => {
    if (form.get('grant_type') === 'refresh_token') {
      const token = form.get('refresh_token') ?? '';
      if (spent.has(token)) ended.value = true;
      if (ended.value || token !== valid) return undefined;
      spent.add(token);
      refreshes.count += 1;
      return tokens();
    }
    const code = form.get('code') ?? '';
    const kept = codes.get(code);
    codes.delete(code);
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    return kept !== undefined && kept.challenge === challenge && kept.redirectUri === form.get('redirect_uri') ? tokens(kept.nonce) : undefined;
  };

  const server = createServer((request, response) => {
    void (async () => {
      if (request.url === '/.well-known/openid-configuration') {
        return sendJson(response, 200, {
          issuer: url,
          authorization_endpoint: `${url}/authorize`,
          token_endpoint: `${url}/token`,
          revocation_endpoint: `${url}/revoke`,
          jwks_uri: `${url}/jwks`,
        });
      }
      const form = await formOf(request);
      if (request.url === '/revoke') {
        ended.value = true;
        return sendJson(response, 200, {});
      }
      if (request.url !== '/token') return sendJson(response, 404, {});
      const answer = exchange(form);
      if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
      return answer === undefined ? sendJson(response, 400, { error: 'invalid_grant' }) : sendJson(response, 200, answer);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    refreshes,
    ended,
    wrongClaims,
    approve: (authorizationUrl) => {
      const asked = new URL(authorizationUrl).searchParams;
      if (asked.get('code_challenge_method') !== 'S256' || asked.get('response_type') !== 'code')
        throw new Error('this is no request for a code with PKCE S256');
      const code = randomUUID();
      const redirectUri = asked.get('redirect_uri') ?? '';
      codes.set(code, { challenge: asked.get('code_challenge') ?? '', nonce: asked.get('nonce') ?? '', redirectUri });
      const back = new URL(redirectUri);
      back.searchParams.set('code', code);
      back.searchParams.set('state', asked.get('state') ?? '');
      return back;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
