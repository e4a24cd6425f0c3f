import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newPerson, signInForTest, signUpForTest, startSignIn, tokenRequest } from '../../test-support/sign-up.ts';
import { startTestSignIn, type TestSignIn } from './server.ts';

let server: TestSignIn;
beforeAll(async () => {
  server = await startTestSignIn();
});
afterAll(() => server.stop());

const issuer = (): string => `${server.origin}/sign-in`;
const refresh = (refreshToken: string) => tokenRequest(issuer(), { grant_type: 'refresh_token', client_id: 'hq', refresh_token: refreshToken });
const userinfo = (token: string) => fetch(`${issuer()}/userinfo`, { headers: { authorization: `Bearer ${token}` } });
/** A code that was not redeemed, and what belongs to it. */
const code = async (person: { email: string; password: string }) => {
  const flow = await startSignIn(server);
  const done = await flow.browser.submit(flow.page, 'sign-in', { email: person.email, password: person.password });
  return { ...flow, url: done.url, code: new URL(done.url).searchParams.get('code') ?? '' };
};

const byServer = async (token: string): Promise<void> => server.signIn.signOutEverywhere(decodeJwt(token).sub ?? '');
const byPerson = async (token: string): Promise<void> => {
  const answer = await fetch(`${issuer()}/sign-out-everywhere`, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
  if (!answer.ok) throw new Error(`sign-out everywhere answered ${answer.status}`);
};

describe('tokens', () => {
  it('are RS256 JWTs of the shape Cognito gives, and verify by the published keys', async () => {
    const person = await signUpForTest(server);
    const keys = createRemoteJWKSet(new URL(`${issuer()}/jwks`));
    const access = await jwtVerify(person.accessToken, keys, { issuer: issuer(), algorithms: ['RS256'], typ: 'at+jwt' });
    const id = await jwtVerify(person.idToken, keys, { issuer: issuer(), audience: 'hq', algorithms: ['RS256'] });
    const uuid = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
    const { sub } = access.payload;
    expect(sub).toMatch(uuid);
    expect(access.payload).toMatchObject({ token_use: 'access', client_id: 'hq', username: sub, scope: 'openid email profile' });
    expect(access.payload['jti']).toMatch(/^[\w-]{20,}$/);
    expect((access.payload.exp ?? 0) - (access.payload.iat ?? 0)).toBe(3600);
    expect(Math.abs(Number(access.payload['auth_time']) - Date.now() / 1000)).toBeLessThan(60);
    expect(access.payload).not.toHaveProperty('email');
    expect(id.payload).toMatchObject({ token_use: 'id', sub, email: person.email, email_verified: true, 'cognito:username': sub });
    expect(person.expiresIn).toBe(3600);
  });

  it('name one person for life, whichever sign-in they come from', async () => {
    const person = await signUpForTest(server);
    const again = await signInForTest(server, person);
    expect(decodeJwt(again.accessToken).sub).toBe(decodeJwt(person.accessToken).sub);
    expect(decodeJwt(again.accessToken).jti).not.toBe(decodeJwt(person.accessToken).jti);
  });

  it('tell the API who a person is', async () => {
    const person = await signUpForTest(server);
    const answer = await userinfo(person.accessToken);
    expect(await answer.json()).toMatchObject({ email: person.email, email_verified: true, sub: decodeJwt(person.accessToken).sub });
  });

  it.each(['', 'x.y.z', 'tampered', 'id'])('do so for no other token than a live access token (%s)', async (kind) => {
    const person = await signUpForTest(server);
    const [head, body, signature = ''] = person.accessToken.split('.');
    const flipped = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    const token = kind === 'tampered' ? [head, body, flipped].join('.') : kind === 'id' ? person.idToken : kind;
    const answer = await userinfo(token);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('invalid_token');
  });
});

describe('refresh tokens', () => {
  it('rotate, and the new one works', async () => {
    const person = await signUpForTest(server);
    const second = await refresh(person.refreshToken);
    expect(second.refreshToken).not.toBe(person.refreshToken);
    const third = await refresh(second.refreshToken);
    expect(decodeJwt(third.accessToken).sub).toBe(decodeJwt(person.accessToken).sub);
    expect(decodeJwt(third.idToken)).toMatchObject({ email: person.email, token_use: 'id' });
  });

  it('used twice end the whole family, the thief’s and the owner’s', async () => {
    const person = await signUpForTest(server);
    const second = await refresh(person.refreshToken);
    await expect(refresh(person.refreshToken)).rejects.toThrow('invalid_grant');
    await expect(refresh(second.refreshToken)).rejects.toThrow('invalid_grant');
    expect((await userinfo(second.accessToken)).status).toBe(401);
  });

  it('used twice at the same moment give one answer at most, and end the family', async () => {
    const person = await signUpForTest(server);
    const answers = await Promise.allSettled(Array.from({ length: 8 }, () => refresh(person.refreshToken)));
    const given = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    expect(given.length).toBeLessThanOrEqual(1);
    for (const { refreshToken } of given) await expect(refresh(refreshToken)).rejects.toThrow('invalid_grant');
  });

  it('of one sign-in survive the end of another', async () => {
    const person = await signUpForTest(server);
    const other = await signInForTest(server, person);
    await refresh(person.refreshToken);
    await expect(refresh(person.refreshToken)).rejects.toThrow('invalid_grant');
    expect((await refresh(other.refreshToken)).expiresIn).toBe(3600);
  });

  it('end when they are revoked', async () => {
    const person = await signUpForTest(server);
    const body = new URLSearchParams({ client_id: 'hq', token: person.refreshToken, token_type_hint: 'refresh_token' });
    expect((await fetch(`${issuer()}/revoke`, { method: 'POST', body })).status).toBe(200);
    await expect(refresh(person.refreshToken)).rejects.toThrow('invalid_grant');
    expect((await userinfo(person.accessToken)).status).toBe(401);
  });

  it('do not lie in the database in a form that could be used', async () => {
    const person = await signUpForTest(server);
    const folder = join(server.data, 'sign-in');
    const holding = await Promise.all((await readdir(folder)).map(async (name) => (await readFile(join(folder, name))).includes(person.refreshToken)));
    expect(holding.length).toBeGreaterThan(1);
    expect(holding).not.toContain(true);
  });
});

describe('a code', () => {
  it('redeemed twice is refused and ends what it gave', async () => {
    const person = newPerson();
    await signUpForTest(server, person);
    const { finish, url } = await code(person);
    const tokens = await finish(url);
    await expect(finish(url)).rejects.toThrow('invalid_grant');
    await expect(refresh(tokens.refreshToken)).rejects.toThrow('invalid_grant');
  });

  it.each([
    ['another verifier', { code_verifier: 'x'.repeat(43) }],
    ['no verifier', { code_verifier: '' }],
    ['another redirect', { redirect_uri: 'http://127.0.0.1:1/callback' }],
    ['another client', { client_id: 'other' }],
  ])('with %s gives nothing', async (_name, change) => {
    const person = newPerson();
    await signUpForTest(server, person);
    const flow = await code(person);
    const body = { grant_type: 'authorization_code', client_id: 'hq', redirect_uri: flow.redirect, code: flow.code, code_verifier: flow.verifier };
    await expect(tokenRequest(issuer(), { ...body, ...change })).rejects.toThrow(/invalid_(grant|client|request)/);
  });
});

describe('signing out everywhere', () => {
  it.each([
    ['person', byPerson],
    ['server', byServer],
  ])('by the %s ends every sign-in of that person, and nobody else’s', async (_who, signOut) => {
    const [person, other] = [await signUpForTest(server), await signUpForTest(server)];
    const second = await signInForTest(server, person);
    await signOut(second.accessToken);
    for (const { refreshToken, accessToken } of [person, second]) {
      await expect(refresh(refreshToken)).rejects.toThrow('invalid_grant');
      expect((await userinfo(accessToken)).status).toBe(401);
    }
    expect((await refresh(other.refreshToken)).expiresIn).toBe(3600);
  });
});

describe('a restart', () => {
  it('keeps keys, accounts, tokens and the browser’s own session', async () => {
    const person = newPerson();
    const tokens = await signUpForTest(server, person);
    const flow = await startSignIn(server);
    await flow.browser.submit(flow.page, 'sign-in', { email: person.email, password: person.password });
    const before = await (await fetch(`${issuer()}/jwks`)).json();
    await server.restart();
    expect(await (await fetch(`${issuer()}/jwks`)).json()).toEqual(before);
    expect((await refresh(tokens.refreshToken)).expiresIn).toBe(3600);
    expect((await startSignIn(server, flow.browser)).page.html).toContain(person.email);
  });
});
