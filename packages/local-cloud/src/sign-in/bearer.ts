/** What a holder of an access token may ask of the sign-in itself: who am I (OpenID Connect Core 5.3), and end all my sign-ins (Cognito's GlobalSignOut). */
import { createPublicKey, verify } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import * as z from 'zod';
import type { Account, Accounts } from './accounts.ts';
import type { SignInKeys } from './keys-file.ts';
import { securityHeaders } from './pages/page.ts';

export interface Bearer {
  /** `GET` or `POST` `/userinfo`. */
  userinfo(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** `POST /sign-out-everywhere`. */
  signOutEverywhere(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

const header = z.object({ alg: z.literal('RS256'), kid: z.string(), typ: z.literal('at+jwt') });
const payload = z.object({
  iss: z.string(),
  sub: z.string(),
  client_id: z.string(),
  token_use: z.literal('access'),
  scope: z.string(),
  origin_jti: z.string(),
  exp: z.number(),
});
const maxToken = 8192;

/** The two endpoints. `clock` gives milliseconds since 1970. */
export function bearerEndpoints(
  options: { issuer: string; clientId: string; keys: SignInKeys; accounts: Accounts; clock: () => number },
  provider: Provider,
  forget: (sub: string) => void,
): Bearer {
  const publicKeys = new Map(options.keys.jwks.map((jwk) => [jwk['kid'], createPublicKey({ key: jwk, format: 'jwk' })]));
  /** The account of a token that is ours, live, and whose sign-in has not been ended. */
  const authenticate = async (request: IncomingMessage): Promise<Account | undefined> => {
    const token = /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/i.exec(request.headers.authorization?.slice(0, maxToken) ?? '');
    const [, head = '', body = '', signature = ''] = token ?? [];
    const { data: named } = header.safeParse(decode(head));
    const key = named && publicKeys.get(named.kid);
    if (key === undefined || !verify('sha256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url'))) return undefined;
    const { data: claims } = payload.safeParse(decode(body));
    if (claims?.iss !== options.issuer || claims.client_id !== options.clientId || claims.exp * 1000 <= options.clock()) return undefined;
    const grant = await provider.Grant.find(claims.origin_jti);
    return grant?.accountId === claims.sub ? options.accounts.bySub(claims.sub) : undefined;
  };
  return {
    async userinfo(request, response) {
      if (request.method !== 'GET' && request.method !== 'POST') return refuse(response, 405, 'invalid_request');
      const account = await authenticate(request);
      if (account === undefined) return refuse(response, 401, 'invalid_token');
      send(response, 200, { sub: account.sub, email: account.email, email_verified: true, username: account.sub });
    },
    async signOutEverywhere(request, response) {
      if (request.method !== 'POST') return refuse(response, 405, 'invalid_request');
      const account = await authenticate(request);
      if (account === undefined) return refuse(response, 401, 'invalid_token');
      forget(account.sub);
      send(response, 200, {});
    },
  };
}

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

function refuse(response: ServerResponse, status: 401 | 405, error: string): void {
  send(response, status, { error, error_description: status === 401 ? 'the access token is not valid here or its sign-in was ended' : 'wrong method' }, error);
}

function send(response: ServerResponse, status: number, body: object, error?: string): void {
  const bytes = Buffer.from(JSON.stringify(body));
  const challenge = status === 401 ? { 'www-authenticate': `Bearer error="${error ?? 'invalid_token'}"` } : {};
  response.writeHead(status, { ...securityHeaders(), ...challenge, 'content-type': 'application/json', 'content-length': bytes.length }).end(bytes);
}
