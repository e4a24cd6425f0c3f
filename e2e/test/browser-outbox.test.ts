/** The local mailbox holds codes, so only this machine may read it: no other site's page, and no name that somebody else points at 127.0.0.1. */
import { request } from 'node:http';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumInstalled, launchChromium, openWindow } from '../browser/chromium.ts';
import { callPage } from '../browser/page-door.ts';
import { bundleForPage, serveWebOrigin, type WebOrigin } from '../browser/web-origin.ts';
import { newcomer, type Person } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';

const rebound = 'rebound.example';
let server: TestServer;
let ada: Person;

beforeAll(async () => {
  server = await startServer();
  ada = await newcomer(server.apiUrl);
});
afterAll(() => server[Symbol.asyncDispose]());

/** One request with exactly these headers, which `fetch` would not send. */
const ask = (headers: Readonly<Record<string, string>>, path = '/outbox'): Promise<{ status: number; text: string; headers: NodeJS.Dict<string | string[]> }> =>
  new Promise((resolve, reject) => {
    const sent = request(`${server.apiUrl}${path}`, { headers: { accept: 'application/json', ...headers } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text, headers: answer.headers }));
    });
    sent.on('error', reject).end();
  });

test('this machine reads its mail, and nobody is told that they may read it too', async () => {
  const { status, text, headers } = await ask({ origin: 'http://127.0.0.1:1' });
  expect([status, text.includes(ada.email)]).toEqual([200, true]);
  expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
});

test.each([
  ['another host', { host: rebound }],
  ['another host with our port', { host: `${rebound}:8787` }],
  ['a host that begins like ours', { host: '127.0.0.1.example' }],
  ['a host that ends like ours', { host: 'example.127.0.0.1' }],
  ['a proxy', { 'x-forwarded-for': '203.0.113.9' }],
  ['a page of another site', { 'sec-fetch-site': 'cross-site' }],
  ['a page on another port of this machine', { 'sec-fetch-site': 'same-site' }],
])('a request by %s is refused', async (_whose, headers) => {
  for (const path of ['/outbox', `/outbox?to=${encodeURIComponent(ada.email)}`]) {
    const { status, text } = await ask(headers, path);
    expect([status, text.includes(ada.email)]).toEqual([403, false]);
  }
});

describe.runIf(chromiumInstalled)('in Chromium', () => {
  let site: WebOrigin;
  let browser: Browser;

  beforeAll(async () => {
    [site, browser] = await Promise.all([bundleForPage().then(serveWebOrigin), launchChromium([rebound])]);
  });
  afterAll(() => Promise.all([browser.close(), site.close()]));

  test('a page of another origin neither reads it, nor frames it, nor leads to it', async () => {
    const { page, close } = await openWindow(browser);
    const outbox = `${server.apiUrl}/outbox`;
    await page.goto(outbox);
    expect(await page.getByRole('main').textContent()).toContain(ada.email);
    await page.goto(site.origin);
    expect(await callPage(page, 'reach', outbox)).toBe('kept from the page');
    expect(await callPage(page, 'reach', outbox, { headers: { accept: 'application/json' } })).toBe('kept from the page');
    expect(await callPage(page, 'reach', outbox, { mode: 'no-cors' })).toBe('kept from the page');
    await page.evaluate((src) => {
      const frame = Object.assign(document.createElement('iframe'), { src });
      return new Promise((resolve) => {
        frame.addEventListener('load', resolve);
        document.body.append(frame);
      });
    }, outbox);
    for (const frame of page.frames().slice(1)) expect(await frame.content()).not.toContain(ada.email);
    await page.evaluate((href) => location.assign(href), outbox);
    await page.getByRole('heading', { name: 'Not from here' }).waitFor();
    expect(await page.content()).not.toContain(ada.email);
    await close();
  });

  test('a name that was pointed at this machine afterwards reads no mail and signs nobody in', async () => {
    const { page, close } = await openWindow(browser);
    const origin = `http://${rebound}:${new URL(server.apiUrl).port}`;
    // The page came from their server, and is of the very origin that it asks now: no CORS stands between them.
    await page.route(`${origin}/theirs`, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Theirs</title>' }));
    await page.goto(`${origin}/theirs`);
    const read = await page.evaluate(async () => {
      const answer = await fetch('/outbox', { headers: { accept: 'application/json' } });
      return { status: answer.status, text: await answer.text() };
    });
    expect([read.status, read.text.includes(ada.email)]).toEqual([403, false]);
    expect((await page.goto(`${origin}/outbox`))?.status()).toBe(403);
    expect((await page.goto(`${origin}/sign-in/authorize`))?.status()).toBe(421);
    await close();
  });
});
