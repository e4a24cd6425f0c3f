/** The door itself: limits, headers, origins, and the rooms behind it. */
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type ServerUnderTest } from './server-under-test.ts';

let server: ServerUnderTest;
beforeAll(async () => {
  server = await startServer({
    origins: ['https://hq.example.com'],
    limits: { bodyBytes: 10_000 },
    signIn: (req, res) => void res.end(`sign-in ${req.url}`),
    outbox: () => Promise.reject(new Error('broken')),
  });
});
afterAll(() => server.close());

describe('every answer', () => {
  it('is neither cached nor sniffed nor framed, and names its request', async () => {
    for (const path of ['/trpc/me.get', '/api/files', '/health', '/nowhere']) {
      const { headers } = await server.fetch(path);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
  });
});

describe('a body', () => {
  it('over the limit is refused, and the connection survives being told so', async () => {
    const response = await server.fetch('/trpc/files.put', { method: 'POST', body: 'x'.repeat(30_000) });
    expect(response.status).toBe(413);
    expect(await response.text()).toContain('credentials.issue');
    const rest = await server.fetch('/api/files/a.md', { method: 'PUT', body: 'x'.repeat(10_001) });
    expect([rest.status, await rest.json()]).toEqual([413, expect.objectContaining({ code: 'TOO_LARGE' })]);
  });

  it('that is not UTF-8 is refused', async () => {
    const response = await fetch(`${server.url}/api/files/a.md`, {
      method: 'PUT',
      body: Buffer.from('{"content":"\xff"}', 'latin1'),
      headers: { 'content-type': 'application/json', authorization: 'Bearer ada' },
    });
    expect(response.status).toBe(400);
  });

  it('that nobody reads does not become the next request', async () => {
    const socket = connect(server.port, '127.0.0.1');
    const smuggled = 'GET /health HTTP/1.1\r\nHost: x\r\n\r\n';
    socket.write(`GET /trpc/me.get HTTP/1.1\r\nHost: x\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`);
    let text = '';
    for await (const chunk of socket) {
      text += String(chunk);
      if (text.includes('UNAUTHENTICATED')) socket.end();
    }
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });
});

describe('a request that never ends', () => {
  it('is ended', async () => {
    const slow = await startServer({ limits: { requestMs: 100 } });
    const socket = connect(slow.port, '127.0.0.1');
    socket.write('POST /trpc/orgs.create HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ada\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{');
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
    await slow.close();
  });
});

/** A preflight. */
const ask = (origin: string) => server.fetch('/api/files/a', { method: 'OPTIONS', token: null, headers: { origin, 'access-control-request-method': 'PUT' } });

describe('origins', () => {
  it('that are configured may read answers, others may not', async () => {
    const ours = await server.fetch('/trpc/auth.config', { headers: { origin: 'https://hq.example.com' } });
    expect(ours.headers.get('access-control-allow-origin')).toBe('https://hq.example.com');
    expect(ours.headers.get('access-control-allow-credentials')).toBeNull();
    const theirs = await server.fetch('/trpc/auth.config', { headers: { origin: 'https://evil.example.com' } });
    expect(theirs.headers.get('access-control-allow-origin')).toBeNull();
    expect(theirs.headers.get('vary')).toBe('Origin');
  });

  it('ask first, and are told what they may send', async () => {
    const ours = await ask('https://hq.example.com');
    expect([ours.status, ours.headers.get('access-control-allow-methods')]).toEqual([204, 'GET, POST, PUT, DELETE']);
    expect((await ask('https://evil.example.com')).headers.get('access-control-allow-methods')).toBeNull();
  });
});

describe('the rooms behind the door', () => {
  it('get their own requests whole, and their failure stays theirs', async () => {
    expect(await (await server.fetch('/sign-in/auth?x=1')).text()).toBe('sign-in /sign-in/auth?x=1');
    expect((await server.fetch('/sign-in')).status).toBe(200);
    expect((await server.fetch('/sign-internal')).status).toBe(404);
    expect((await server.fetch('/outbox')).status).toBe(500);
    expect((await server.fetch('/health')).status).toBe(200);
    expect((await server.fetch('/health', { method: 'POST' })).status).toBe(405);
  });
});

describe('a flood from one address', () => {
  it('is told when to come back; a batch counts each of its calls', async () => {
    const flooded = await startServer({ limits: { rate: { perSecond: 0.001, burst: 5 } } });
    expect((await flooded.fetch('/trpc/auth.config,auth.config,auth.config,auth.config?batch=1')).status).toBe(200);
    expect((await flooded.fetch('/api/auth/credentials')).status).toBe(200);
    const trpc = await flooded.fetch('/trpc/auth.config');
    expect([trpc.status, Number(trpc.headers.get('retry-after'))]).toEqual([429, expect.any(Number)]);
    const rest = await flooded.fetch('/api/files');
    expect([rest.status, await rest.json()]).toEqual([429, expect.objectContaining({ code: 'RATE_LIMITED' })]);
    expect((await flooded.fetch('/health')).status).toBe(200);
    await flooded.close();
  });

  it('meets a limit at sign-in too, for what costs something there', async () => {
    let begun = 0;
    const signIn = (_: unknown, res: ServerResponse) => {
      begun++;
      res.end();
    };
    const flooded = await startServer({ signIn, limits: { signInRate: { perSecond: 0.001, burst: 3 } }, origins: ['https://hq.example.com'] });
    for (const path of ['authorize?x=1', 'authorize', 'authorize', 'authorize', 'jwks']) await flooded.fetch(`/sign-in/${path}`);
    expect(begun).toBe(4);
    const refused = await flooded.fetch('/sign-in/token', { method: 'POST', body: 'x', headers: { origin: 'https://hq.example.com' } });
    expect([refused.status, refused.headers.get('retry-after'), refused.headers.get('content-type')]).toEqual([429, '1000', 'text/plain; charset=utf-8']);
    expect(refused.headers.get('access-control-allow-origin')).toBe('https://hq.example.com');
    expect((await flooded.fetch('/trpc/auth.config')).status).toBe(200);
    await flooded.close();
  });
});
