/** Signs a new person up as a browser would, over plain HTTP: for tests that need somebody with real tokens. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Browser } from './browser.ts';

export interface TestPerson {
  readonly email: string;
  readonly password: string;
}

export interface TestTokens {
  readonly accessToken: string;
  readonly idToken: string;
  readonly refreshToken: string;
  /** Seconds. */
  readonly expiresIn: number;
}

export interface SignInTarget {
  /** Where the server listens, for example `http://127.0.0.1:8787`; the sign-in is at `/sign-in`, the mail at `/outbox`. */
  readonly origin: string;
  readonly clientId?: string;
}

/** A person nobody has heard of. */
export function newPerson(email = `${randomUUID()}@example.com`): TestPerson {
  return { email, password: `correct horse ${randomBytes(6).toString('hex')}` };
}

/** Creates the account (the code is read from the outbox) and signs in. */
export async function signUpForTest(target: SignInTarget, person: TestPerson = newPerson()): Promise<TestPerson & TestTokens> {
  const flow = await startSignIn(target);
  const form = await flow.browser.get(`${flow.page.url}/sign-up`);
  const sent = await flow.browser.submit(form, 'sign-up', { email: person.email, password: person.password });
  const done = await flow.browser.submit(sent, 'confirm', { code: await mailedCode(target.origin, person.email) });
  return { ...person, ...(await flow.finish(done.url)) };
}

/** Signs in someone who has an account. */
export async function signInForTest(target: SignInTarget, person: TestPerson): Promise<TestTokens> {
  const flow = await startSignIn(target);
  const done = await flow.browser.submit(flow.page, 'sign-in', { email: person.email, password: person.password });
  return await flow.finish(done.url);
}

/** The newest six-digit code that was mailed to an address. @throws Error when there is none. */
export async function mailedCode(origin: string, email: string): Promise<string> {
  const response = await fetch(`${origin}/outbox?to=${encodeURIComponent(email)}`, { headers: { accept: 'application/json' } });
  const { mails } = (await response.json()) as { mails: { subject: string }[] };
  const code = mails.map((mail) => /\b\d{6}\b/.exec(mail.subject)?.[0]).find((found) => found !== undefined);
  if (code === undefined) throw new Error(`no code was mailed to ${email}`);
  return code;
}

/** Opens the authorization endpoint as `hq login` would; `finish` takes the address the browser was sent back to and redeems its code. */
export async function startSignIn({ origin, clientId = 'hq' }: SignInTarget, browser = new Browser(), extra: Record<string, string> = {}) {
  const issuer = `${origin}/sign-in`;
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(16).toString('base64url');
  const redirect = 'http://127.0.0.1:45678/callback';
  const asked = new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    redirect_uri: redirect,
    scope: 'openid email profile',
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...extra,
  });
  const page = await browser.get(`${issuer}/authorize?${asked.toString()}`);
  const finish = async (returned: string): Promise<TestTokens> => {
    const answer = new URL(returned).searchParams;
    if (answer.get('state') !== state || !answer.has('code')) throw new Error(`the browser was not sent back with a code: ${returned}`);
    const body = { grant_type: 'authorization_code', client_id: clientId, redirect_uri: redirect, code: answer.get('code') ?? '', code_verifier: verifier };
    return await tokenRequest(issuer, body);
  };
  return { issuer, browser, page, state, verifier, redirect, finish };
}

/** A request to the token endpoint. @throws Error that names the OAuth error. */
export async function tokenRequest(issuer: string, body: Record<string, string>): Promise<TestTokens> {
  const response = await fetch(`${issuer}/token`, { method: 'POST', body: new URLSearchParams(body) });
  const answer = (await response.json()) as Record<string, string | number>;
  if (!response.ok) throw new Error(`${answer['error']}: ${answer['error_description']}`);
  const text = (name: string): string => String(answer[name]);
  return { accessToken: text('access_token'), idToken: text('id_token'), refreshToken: text('refresh_token'), expiresIn: Number(answer['expires_in']) };
}
