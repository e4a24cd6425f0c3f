/** A person with real tokens and a raw client: what the SDK would hide (status codes, other people's tokens) is in plain sight. */
import { request } from 'node:http';
import { createTRPCClient, httpBatchLink } from '@trpc/client';
import superjson, { serialize } from 'superjson';
import type { AppRouter } from '@hq/api';
import { signUpForTest, type TestPerson, type TestTokens } from '@hq/local-cloud/test-support/sign-up';

export type Client = ReturnType<typeof clientFor>;

function clientFor(apiUrl: string, token: string | undefined) {
  return createTRPCClient<AppRouter>({
    links: [httpBatchLink({ url: `${apiUrl}/trpc`, transformer: superjson, headers: token === undefined ? {} : { authorization: `Bearer ${token}` } })],
  });
}

export interface Person extends TestPerson, TestTokens {
  readonly id: string;
  readonly client: Client;
}

/** Someone new with a verified address. */
export async function newcomer(apiUrl: string): Promise<Person> {
  const signedUp = await signUpForTest({ origin: apiUrl });
  const client = clientFor(apiUrl, signedUp.accessToken);
  const { userId } = await client.me.get.query();
  return { ...signedUp, id: userId, client };
}

/** One procedure over plain HTTP: its status and the public part of its error. */
export async function call(
  apiUrl: string,
  procedure: string,
  kind: string,
  input: unknown,
  token: string | undefined,
): Promise<{ status: number; code: string; text: string }> {
  const payload = JSON.stringify(serialize(input));
  const headers: Record<string, string> = { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), 'content-type': 'application/json' };
  const answer =
    kind === 'query'
      ? await fetch(`${apiUrl}/trpc/${procedure}?input=${encodeURIComponent(payload)}`, { headers })
      : await fetch(`${apiUrl}/trpc/${procedure}`, { method: 'POST', headers, body: payload });
  const text = await answer.text();
  const code = /"hq":\{"code":"([A-Z_]+)"/.exec(text)?.[1] ?? '';
  return { status: answer.status, code, text };
}

/** A request whose path goes out as it is written: `fetch` would resolve `..` and `%2e` before anyone could refuse them. */
export function rawRequest(apiUrl: string, method: string, path: string, token: string | undefined, body?: object): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(apiUrl);
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  if (payload !== undefined) Object.assign(headers, { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(payload)) });
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    sent.on('error', reject).end(payload);
  });
}
