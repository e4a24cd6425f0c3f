/** What every identity promises about access tokens (`ports/identity.ts`), whoever issued them. */
import type { Clock } from '@hq/shared/time';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Fetch } from '../../src/identity/issuer-call.ts';
import type { Identity } from '../../src/ports/identity.ts';
import { person } from '../../test-support/stores-under-test.ts';
import { edited, makeTokens, type TokenMaker } from '../../test-support/token-maker.ts';
import { refused } from '../../test-support/refused.ts';

export interface IdentityUnderTest {
  readonly name: string;
  readonly issuer: string;
  readonly jwksPath: string;
  /** What else the issuer answers, by its path. */
  readonly answers: (path: string) => object | undefined;
  readonly create: (fetch: Fetch, clock: Clock) => Identity;
}

export function identityContract({ name, issuer, jwksPath, answers, create }: IdentityUnderTest): void {
  describe(`identity contract: ${name}`, () => {
    let maker: TokenMaker;
    beforeAll(async () => {
      maker = await makeTokens();
    });

    const now = Math.floor(Date.now() / 1000);
    const claims = (more: Readonly<Record<string, unknown>> = {}) => ({
      iss: issuer,
      sub: person(1),
      client_id: 'hq-client',
      token_use: 'access',
      jti: 'token-1',
      iat: now - 10,
      exp: now + 3600,
      scope: 'openid',
      ...more,
    });

    function open(options: { away?: boolean; keys?: object[]; clock?: Clock } = {}) {
      const state = { asked: [] as string[], away: options.away ?? false, keys: options.keys ?? maker.jwks.keys };
      const fetch: Fetch = async (url) => {
        const { pathname } = new URL(url);
        state.asked.push(pathname);
        if (state.away) throw new TypeError('fetch failed');
        const body = pathname === jwksPath ? { keys: state.keys } : answers(pathname);
        return body === undefined ? new Response('{}', { status: 404 }) : Response.json(body);
      };
      return { state, identity: create(fetch, options.clock ?? (() => now)) };
    }

    test('a good token tells who, by which client, and until when', async () => {
      const { identity } = open();
      expect(await identity.verify(await maker.sign(claims()))).toEqual({
        personId: person(1),
        clientId: 'hq-client',
        tokenId: 'token-1',
        issuedAt: now - 10,
        expiresAt: now + 3600,
      });
    });

    const bad: [string, Readonly<Record<string, unknown>>][] = [
      ['of another issuer', { iss: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Other' }],
      ['of no issuer', { iss: undefined }],
      ["another client's", { client_id: 'other' }],
      ['of no client', { client_id: undefined }],
      ['that is an ID token', { token_use: 'id', aud: 'hq-client' }],
      ['that says no use', { token_use: undefined }],
      ['of nobody', { sub: undefined }],
      ['of somebody with no id of ours', { sub: '../../admin' }],
      ['without an id', { jti: undefined }],
      ['without an end', { exp: undefined }],
      ['whose end is text', { exp: String(now + 3600) }],
      ['that is not valid yet', { nbf: now + 3600 }],
    ];
    test.each(bad)('a token %s is refused', async (_, change) => {
      await expect(open().identity.verify(await maker.sign(claims(change)))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    });

    test('a token that has expired is told so', async () => {
      await expect(open().identity.verify(await maker.sign(claims({ exp: now - 1 })))).rejects.toMatchObject({ code: 'EXPIRED' });
    });

    test("a stranger's signature, a tampered part, no signature and no token at all are refused", async () => {
      const { identity } = open();
      const token = await maker.sign(claims());
      const forged = [
        await maker.sign(claims(), { stranger: true }),
        await maker.sign(claims(), { kid: 'unknown' }),
        edited(token, 1, (text) => text.replace(person(1), person(2))),
        edited(token, 0, (text) => text.replace('RS256', 'none')),
        `${edited(token, 0, (text) => text.replace('RS256', 'none'))
          .split('.')
          .slice(0, 2)
          .join('.')}.`,
        edited(token, 0, (text) => text.replace('RS256', 'HS256')),
        edited(token, 2, (text) => `${text.slice(0, -1)}${String.fromCharCode(text.charCodeAt(text.length - 1) ^ 1)}`),
        token.split('.').slice(0, 2).join('.'),
        '',
        'x',
        '..',
        'é'.repeat(100),
        `${token}.${token}`,
        'a'.repeat(9000),
      ];
      for (const each of forged) await expect(identity.verify(each)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
      expect((await identity.verify(token)).personId).toBe(person(1));
      // The good one is remembered by now: the forged ones must not be taken for it.
      for (const each of forged) await expect(identity.verify(each)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    });

    test('a token that was seen asks nobody again, and still expires', async () => {
      let clock = now;
      const { identity, state } = open({ clock: () => clock });
      const token = await maker.sign(claims({ exp: now + 60 }));
      const first = await identity.verify(token);
      const asked = state.asked.length;
      state.away = true;
      for (let i = 0; i < 100; i++) expect(await identity.verify(token)).toBe(first);
      expect(state.asked).toHaveLength(asked);
      clock = now + 59;
      expect(await identity.verify(token)).toBe(first);
      clock = now + 60;
      await expect(identity.verify(token)).rejects.toMatchObject({ code: 'EXPIRED' });
    });

    test('an issuer that is away is not the fault of the token, and is asked again', async () => {
      const { identity, state } = open({ away: true });
      const token = await maker.sign(claims());
      await expect(identity.verify(token)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      state.away = false;
      expect((await identity.verify(token)).personId).toBe(person(1));
    });

    test('keys that the issuer publishes later are found', async () => {
      const { identity, state } = open();
      await identity.verify(await maker.sign(claims()));
      const next = await makeTokens('key-2');
      state.keys = [...maker.jwks.keys, ...next.jwks.keys];
      expect((await identity.verify(await next.sign(claims({ jti: 'token-2' })))).tokenId).toBe('token-2');
    });

    test('no refusal repeats the token', async () => {
      const token = await maker.sign(claims({ client_id: 'other' }));
      const error = await refused(open().identity.verify(token), 'UNAUTHENTICATED');
      expect(JSON.stringify([error.message, error.hint, error.details, String(error.cause)])).not.toContain(token.slice(0, 40));
    });
  });
}
