import { type IncomingHttpHeaders, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser, type Seen } from '../../test-support/browser.ts';
import { newPerson, startSignIn } from '../../test-support/sign-up.ts';
import { startTestSignIn, type TestSignIn } from './server.ts';

let server: TestSignIn;
beforeAll(async () => {
  server = await startTestSignIn();
});
afterAll(() => server.stop());

const tokenOf = (page: Seen): string => /name="token" value="([^"]+)"/.exec(page.html)?.[1] ?? '';

const post = async (change: { token?: string; headers?: Record<string, string>; path?: string; body?: string; type?: string }) => {
  const flow = await startSignIn(server);
  const body = change.body ?? new URLSearchParams({ token: change.token ?? tokenOf(flow.page), email: 'a@example.com', password: 'x' }).toString();
  const headers = { 'content-type': change.type ?? 'application/x-www-form-urlencoded', ...change.headers };
  return await flow.browser.request(`${flow.page.url}${change.path ?? '/sign-in'}`, { method: 'POST', body, headers });
};

describe('a form', () => {
  it('is judged by its fields when it is our own', async () => {
    expect((await post({})).status).toBe(401);
    expect((await post({ headers: { origin: 'null', 'sec-fetch-site': 'same-origin' } })).status).toBe(401);
    expect((await post({ headers: { origin: server.origin } })).status).toBe(401);
  });

  it.each([
    ['without a token', { token: '' }, 403],
    ['with a token of nothing', { token: 'x'.repeat(43) }, 403],
    ['from another site', { headers: { 'sec-fetch-site': 'cross-site' } }, 403],
    ['from another origin', { headers: { origin: 'https://evil.example' } }, 403],
    ['that is JSON', { type: 'application/json', body: '{}' }, 415],
    ['of 100 kB', { body: 'x'.repeat(100_000) }, 413],
    ['for a step that is none', { path: '/constructor' }, 404],
    ['for a step too deep', { path: '/sign-in/more' }, 404],
  ])('%s is refused', async (_name, change, status) => {
    expect((await post(change)).status).toBe(status);
  });

  it('of one interaction does not serve another', async () => {
    const [one, two] = [await startSignIn(server), await startSignIn(server)];
    const forged = { ...two.page, html: two.page.html.replaceAll(tokenOf(two.page), tokenOf(one.page)) };
    expect((await two.browser.submit(forged, 'sign-in', { email: 'a@example.com', password: 'x' })).status).toBe(403);
  });

  it('cannot be reached by a browser that did not start the interaction', async () => {
    const flow = await startSignIn(server);
    expect((await new Browser().get(flow.page.url)).status).toBe(400);
    expect((await new Browser().get(`${server.origin}/sign-in/interaction/unknown`)).status).toBe(400);
  });
});

describe('every page', () => {
  it('keeps nothing, shows itself in no frame, loads nothing, and lets forms lead only home and to the program', async () => {
    const flow = await startSignIn(server);
    const pages = [flow.page];
    for (const step of ['sign-up', 'forgot']) pages.push(await flow.browser.get(`${flow.page.url}/${step}`));
    pages.push(await new Browser().get(`${server.origin}/outbox`), await new Browser().get(`${server.origin}/sign-in/authorize`));
    for (const { headers, html } of pages) {
      const csp = headers.get('content-security-policy') ?? '';
      for (const part of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "style-src 'sha256-"]) expect(csp).toContain(part);
      expect([headers.get('cache-control'), headers.get('referrer-policy'), headers.get('x-content-type-options')]).toEqual([
        'no-store',
        'no-referrer',
        'nosniff',
      ]);
      expect(html).not.toMatch(/<script|\sstyle=|\son\w+=|<img|<link/);
      expect(html).toMatch(/<html lang="en">.*<title>.+<\/title>.*<h1>/s);
    }
    expect(flow.page.headers.get('content-security-policy')).toContain("form-action 'self' http://127.0.0.1:45678;");
  });

  it('labels its fields', async () => {
    const flow = await startSignIn(server);
    for (const step of ['', '/sign-up', '/forgot']) {
      const { html } = await flow.browser.get(`${flow.page.url}${step}`);
      const inputs = [...html.matchAll(/<input id="(\w+)"/g)].map(([, id]) => id);
      expect(inputs.length).toBeGreaterThan(0);
      for (const id of inputs) expect(html).toContain(`<label for="${id}">`);
    }
  });

  it('sets cookies that scripts and other sites cannot use', async () => {
    const flow = await startSignIn(server);
    const response = await flow.browser.request(
      `${server.origin}/sign-in/authorize?client_id=hq&response_type=code&redirect_uri=http://127.0.0.1:1/callback&scope=openid&code_challenge=${'a'.repeat(43)}&code_challenge_method=S256`,
      {},
    );
    const cookies = response.headers.getSetCookie();
    expect(cookies.length).toBeGreaterThan(0);
    for (const cookie of cookies) expect(cookie).toMatch(/path=\/sign-in\b.*samesite=lax.*httponly/i);
  });
});

/** One raw request, which fetch would tidy up. */
const raw = (path: string, headers: Record<string, string> = {}): Promise<{ status: number | undefined; headers: IncomingHttpHeaders; body: string }> =>
  new Promise((resolve, reject) => {
    const { port } = new URL(server.origin);
    const sent = request({ host: '127.0.0.1', port, path, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part: string) => (body += part));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
    });
    sent.on('error', reject).end();
  });

describe('the address', () => {
  it.each([
    '/sign-in/%E0%A4%A',
    '/sign-in/%00',
    '/sign-in//evil.example',
    '/sign-in/../x',
    '/sign-in',
    '//',
    '/sign-in/interaction/',
    '/sign-in/interaction/%',
    '/sign-in/constructor',
    '/outbox?%',
    '/outbox??to=%E0',
  ])('%s is answered, and is no defect', async (path) => {
    const { status } = await raw(path);
    expect(status).toBeLessThan(500);
  });

  it('may be https behind a proxy: endpoints and cookies follow it', async () => {
    await server.restart({ issuer: 'https://hq.example/sign-in' });
    const discovery = await raw('/sign-in/.well-known/openid-configuration', { host: 'hq.example', 'x-forwarded-host': 'evil.example' });
    expect(discovery.body).toContain('"token_endpoint":"https://hq.example/sign-in/token"');
    expect(discovery.body).not.toMatch(/evil|http:/);
    const query = `client_id=hq&response_type=code&redirect_uri=http://127.0.0.1:1/callback&scope=openid&code_challenge=${'a'.repeat(43)}&code_challenge_method=S256`;
    const { headers } = await raw(`/sign-in/authorize?${query}`, { host: 'hq.example' });
    expect(headers['set-cookie']?.length).toBeGreaterThan(0);
    for (const cookie of headers['set-cookie'] ?? []) expect(cookie).toMatch(/; secure/i);
    await server.restart();
  });
});

describe('the outbox', () => {
  it.each([
    [{ host: '127.0.0.1:8787' }, 200],
    [{ host: 'localhost' }, 200],
    [{ host: '[::1]:8787' }, 200],
    [{ host: 'rebound.example' }, 403],
    [{ host: '127.0.0.1.rebound.example' }, 403],
    [{ host: 'localhost', 'x-forwarded-for': '10.0.0.1' }, 403],
    [{ host: 'localhost', forwarded: 'for=10.0.0.1' }, 403],
    [{ host: 'localhost', 'sec-fetch-site': 'cross-site' }, 403],
  ])('answers %j with %d', async (headers, status) => {
    expect((await raw('/outbox', headers)).status).toBe(status);
  });

  it('is closed to a connection that does not come from this machine', async () => {
    const { fromThisMachine } = await import('../../src/sign-in/outbox-page.ts');
    const from = (remoteAddress: string): boolean =>
      fromThisMachine({ headers: { host: 'localhost' }, socket: { remoteAddress } } as Parameters<typeof fromThisMachine>[0]);
    expect(['127.0.0.1', '::1', '::ffff:127.0.0.1', '10.0.0.1', '::ffff:10.0.0.1', '', 'fe80::1'].map(from)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it('shows letters as text', async () => {
    const { email } = newPerson();
    server.signIn.deliver({ to: email, subject: '<b>subject</b>', text: '<script>alert(1)</script>\nsecond line' });
    const { html } = await new Browser().get(`${server.origin}/outbox?to=${email}`);
    expect(html).toContain('&#60;script&#62;alert(1)');
    expect(html).not.toContain('<b>subject');
  });
});
