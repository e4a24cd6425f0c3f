/** Signing in: what has to hold for a code to become tokens, and what the loopback address answers. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { refreshTokens, revokeTokens } from '../../src/auth/issuer.ts';
import { memoryTokenStore } from '../../src/auth/memory-store.ts';
import { beginSignIn } from '../../src/auth/sign-in.ts';
import { tokenSource } from '../../src/auth/token-source.ts';
import { exclusiveInProcess } from '../../src/auth/tokens.ts';
import { listenForRedirect } from '../../src/node/loopback.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';

let issuer: TestIssuer;
const clock = (): number => Math.floor(Date.now() / 1000);
const ports = { fetch, clock };
const redirectUri = 'http://127.0.0.1:5555/callback';

beforeAll(async () => {
  issuer = await startIssuer();
});
beforeEach(() => {
  for (const name of Object.keys(issuer.wrongClaims)) delete issuer.wrongClaims[name];
});
afterAll(() => issuer.close());

const begin = () => beginSignIn({ issuer: issuer.url, clientId: 'hq-cli', scopes: ['openid', 'email'] }, redirectUri, ports);

describe('a sign-in', () => {
  it('turns the code into tokens, and a refresh into the next ones', async () => {
    const attempt = await begin();
    const tokens = await attempt.finish(issuer.approve(attempt.url));
    expect(tokens).toMatchObject({ issuer: issuer.url, tokenEndpoint: `${issuer.url}/token`, clientId: 'hq-cli' });
    expect(tokens.expiresAt).toBeGreaterThan(clock() + 200);
    const { tokens: next } = await refreshTokens(tokens, ports);
    expect(next.refreshToken).not.toBe(tokens.refreshToken);
    await expect(refreshTokens(tokens, ports)).rejects.toMatchObject({ code: 'EXPIRED' });
    issuer.ended.value = false;
  });

  it('never sends the same state, nonce or challenge twice', async () => {
    const [one, two] = await Promise.all([begin(), begin()]);
    for (const name of ['state', 'nonce', 'code_challenge']) {
      const values = [one, two].map(({ url }) => new URL(url).searchParams.get(name));
      expect(values[0]).toMatch(/^[\w-]{43}$/);
      expect(values[0]).not.toBe(values[1]);
    }
  });

  it('refuses an answer with another state, and does not send its code', async () => {
    const attempt = await begin();
    const back = issuer.approve(attempt.url);
    back.searchParams.set('state', 'someone-elses');
    await expect(attempt.finish(back)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('works once', async () => {
    const attempt = await begin();
    const back = issuer.approve(attempt.url);
    await attempt.finish(back);
    await expect(attempt.finish(back)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it("can't use a code that was meant for another attempt: the verifier is not the one it was bound to", async () => {
    const [victim, attacker] = await Promise.all([begin(), begin()]);
    const stolen = issuer.approve(victim.url);
    stolen.searchParams.set('state', attacker.state);
    await expect(attacker.finish(stolen)).rejects.toMatchObject({ code: 'EXPIRED' });
  });

  it('says so when the person declined', async () => {
    const attempt = await begin();
    const back = new URL(`${redirectUri}?error=access_denied&state=${attempt.state}`);
    await expect(attempt.finish(back)).rejects.toMatchObject({ code: 'UNAUTHENTICATED', message: expect.stringContaining('access_denied') });
  });

  it.each([
    ['another nonce', { nonce: 'replayed' }, 'UNAUTHENTICATED'],
    ['another audience', { aud: 'someone-else' }, 'UNAUTHENTICATED'],
    ['another issuer', { iss: 'http://evil.example' }, 'UNAUTHENTICATED'],
    ['a time that is long past', { iat: 1000, exp: 1300 }, 'CLOCK_SKEW'],
  ])('refuses an id token with %s', async (_, claims, code) => {
    Object.assign(issuer.wrongClaims, claims);
    const attempt = await begin();
    await expect(attempt.finish(issuer.approve(attempt.url))).rejects.toMatchObject({ code });
  });

  it('refuses an issuer that is not who it was said to be, and one that would send tokens in the clear', async () => {
    const config = { clientId: 'hq-cli', scopes: ['openid'] };
    await expect(beginSignIn({ ...config, issuer: `${issuer.url}/other` }, redirectUri, ports)).rejects.toMatchObject({
      code: expect.stringMatching(/UNAUTHENTICATED|UNAVAILABLE/),
    });
    let sent = 0;
    const counting = { clock, fetch: async () => Response.json({ sent: (sent += 1) }) };
    await expect(beginSignIn({ ...config, issuer: 'http://issuer.example' }, redirectUri, counting)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(sent).toBe(0);
  });

  it.each([
    ['ahead', 2 * 3600, 'CLOCK_SKEW'],
    ['behind', -2 * 3600, undefined],
  ])('outlives a refresh by a clock that is 2 hours %s', async (_, offSeconds, code) => {
    const attempt = await begin();
    const store = memoryTokenStore();
    const server = 'http://127.0.0.1:8787';
    const sourceAt = (now: () => number) =>
      tokenSource({
        server,
        store,
        exclusively: exclusiveInProcess(),
        clock: now,
        refresh: (last) => refreshTokens(last, { fetch, clock: now }),
      });
    await store.save(server, await attempt.finish(issuer.approve(attempt.url)));
    const off = sourceAt(() => clock() + offSeconds);
    for (let round = 0; round < 2; round++) {
      const outcome = await off.refreshNow().catch((error: unknown) => error);
      expect((outcome as { code?: string }).code).toBe(code);
    }
    const right = sourceAt(clock);
    const before = await store.load(server);
    const next = await right.accessToken();
    expect(next).not.toBe(before?.accessToken);
    expect((await store.load(server))?.expiresAt).toBeGreaterThan(clock() + 200);
    expect(issuer.ended.value).toBe(false);
  });

  it('keeps nothing of a refresh that does not verify, whatever its times', async () => {
    const attempt = await begin();
    const tokens = await attempt.finish(issuer.approve(attempt.url));
    Object.assign(issuer.wrongClaims, { iat: 1000, exp: 1300, aud: 'someone-else' });
    await expect(refreshTokens(tokens, ports)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('can be given back: the refresh token ends', async () => {
    const attempt = await begin();
    const tokens = await attempt.finish(issuer.approve(attempt.url));
    await revokeTokens(tokens, ports);
    await expect(refreshTokens(tokens, ports)).rejects.toMatchObject({ code: 'EXPIRED' });
    issuer.ended.value = false;
  });
});

describe('the loopback address', () => {
  it('gives the first answer with the right state, and is gone after it', async () => {
    const redirect = await listenForRedirect();
    const callback = redirect.callback('right', AbortSignal.timeout(10_000));
    const page = await fetch(`${redirect.redirectUri}?code=c&state=right`);
    expect(page.status).toBe(200);
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect((await callback).searchParams.get('code')).toBe('c');
    await expect(fetch(`${redirect.redirectUri}?code=again&state=right`)).rejects.toThrow('fetch failed');
  });

  it('answers all else without giving up: another state, path, method or host', async () => {
    const redirect = await listenForRedirect();
    const callback = redirect.callback('right', AbortSignal.timeout(10_000));
    const { origin, port } = new URL(redirect.redirectUri);
    expect((await fetch(`${redirect.redirectUri}?code=evil&state=wrong`)).status).toBe(400);
    expect((await fetch(`${redirect.redirectUri}?code=evil`)).status).toBe(400);
    expect((await fetch(`${origin}/other?code=evil&state=right`)).status).toBe(404);
    expect((await fetch(`${redirect.redirectUri}?code=evil&state=right`, { method: 'POST' })).status).toBe(404);
    expect((await fetch(`http://localhost:${port}/callback?code=evil&state=right`).catch(() => ({ status: 404 }))).status).toBe(404);
    await fetch(`${redirect.redirectUri}?code=good&state=right`);
    expect((await callback).searchParams.get('code')).toBe('good');
  });

  it('gives up when told to', async () => {
    const redirect = await listenForRedirect();
    const stop = new AbortController();
    const callback = redirect.callback('right', stop.signal);
    stop.abort();
    await expect(callback).rejects.toMatchObject({ code: 'EXPIRED' });
    await expect(fetch(redirect.redirectUri)).rejects.toThrow('fetch failed');
  });
});
