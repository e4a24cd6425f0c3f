/** The SDK in a web page of another origin: it reaches the API and storage where the server names that origin, and the browser stops it where not. */
import type { Browser } from 'playwright-core';
import type { Tokens } from '@hq/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumInstalled, launchChromium, openWindow } from '../browser/chromium.ts';
import { callPage } from '../browser/page-door.ts';
import { bundleForPage, serveWebOrigin, type WebOrigin } from '../browser/web-origin.ts';
import { newcomer, type Person } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';

test('the SDK bundled for a browser holds nothing of Node', async () => {
  const program = await bundleForPage();
  expect(program).toContain('AWS4-HMAC-SHA256');
  expect(program).not.toMatch(/["']node:|\brequire\(|\bprocess\.env\b|\bBuffer\.from/);
});

describe.runIf(chromiumInstalled)('in Chromium', () => {
  let named: WebOrigin;
  let stranger: WebOrigin;
  let server: TestServer;
  let browser: Browser;
  let ada: Person;

  beforeAll(async () => {
    const program = await bundleForPage();
    [named, stranger] = await Promise.all([serveWebOrigin(program), serveWebOrigin(program)]);
    [server, browser] = await Promise.all([startServer({ HQ_ORIGINS: `https://hq.example.com,${named.origin}` }), launchChromium()]);
    ada = await newcomer(server.apiUrl);
  });
  afterAll(() => Promise.all([browser.close(), server[Symbol.asyncDispose](), named.close(), stranger.close()]));

  const tokensOf = ({ accessToken, idToken, refreshToken, expiresIn }: Person, expiresAt = Math.floor(Date.now() / 1000) + expiresIn): Tokens => {
    const issuer = `${server.apiUrl}/sign-in`;
    return { accessToken, idToken, refreshToken, expiresAt, issuer, tokenEndpoint: `${issuer}/token`, clientId: 'hq' };
  };

  test.each([
    ['one request', 100_000, 'personal'],
    ['an empty file', 0, 'an organization'],
    ['parts', 9 * 1024 * 1024, 'an organization'],
  ])('a page of a named origin moves a file straight to and from storage: %s (%i bytes, %s)', async (_how, size, where) => {
    const { page, complaints, close } = await openWindow(browser);
    const bytesTo = new Map<string, number>();
    page.on('request', (request) => {
      if (request.method() !== 'PUT') return;
      const { origin } = new URL(request.url());
      bytesTo.set(origin, (bytesTo.get(origin) ?? 0) + (request.postDataBuffer()?.length ?? 0));
    });
    await page.goto(named.origin);
    const tokens = tokensOf(ada);
    expect(await callPage(page, 'whoAmI', server.apiUrl, tokens)).toEqual({ userId: ada.id, email: ada.email, renewed: false });
    const vault = where === 'personal' ? where : (await ada.client.orgs.create.mutate({ name: 'acme' })).id;
    expect(await callPage(page, 'useVault', server.apiUrl, tokens, vault, size)).toEqual({
      listed: [`from a browser/größe ${size}.bin ${size}`],
      sameBytes: true,
      sameVersion: true,
      hashKept: true,
      twice: 'PRECONDITION_FAILED',
      left: 'nothing',
    });
    expect([...bytesTo.keys()]).toEqual([server.storageUrl]);
    // The second upload is refused by its condition; a browser notes that as an error of the page's.
    expect(complaints.filter((complaint) => !/status of (404|403|412)/.test(complaint))).toEqual([]);
    await close();
  });

  test('a page of a named origin renews a token that has ended', async () => {
    const bob = await newcomer(server.apiUrl);
    const { page, complaints, close } = await openWindow(browser);
    await page.goto(named.origin);
    expect(await callPage(page, 'whoAmI', server.apiUrl, tokensOf(bob, 1))).toEqual({ userId: bob.id, email: bob.email, renewed: true });
    expect(complaints).toEqual([]);
    await close();
  });

  test('a page of any other origin is kept from the API, the token endpoint and storage, whatever it holds', async () => {
    const { page, complaints, close } = await openWindow(browser);
    const unsigned = `${server.storageUrl}/hq-vault-personal/users/x`;
    await page.goto(named.origin);
    expect(await callPage(page, 'reach', unsigned, { method: 'PUT', body: 'x' })).toMatchObject({ status: 403 });
    expect(await callPage(page, 'reach', `${server.apiUrl}/trpc/auth.config`)).toMatchObject({ status: 200 });

    await page.goto(stranger.origin);
    expect(await callPage(page, 'whoAmI', server.apiUrl, tokensOf(ada))).toEqual({ refused: 'UNAVAILABLE' });
    expect(await callPage(page, 'whoAmI', server.apiUrl, tokensOf(ada, 1))).toHaveProperty('refused');
    expect(await callPage(page, 'reach', `${server.apiUrl}/trpc/auth.config`)).toBe('kept from the page');
    expect(await callPage(page, 'reach', unsigned, { method: 'PUT', body: 'x' })).toBe('kept from the page');
    expect(await callPage(page, 'reach', unsigned)).toBe('kept from the page');
    expect(complaints.some((complaint) => complaint.includes('blocked by CORS policy'))).toBe(true);
    await close();
  });
});
