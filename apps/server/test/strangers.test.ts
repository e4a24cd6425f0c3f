/** What a stranger may make the server do: answer briefly. Nothing of theirs is read, kept or unpacked beyond what a call without a sign-in needs. */
import { once } from 'node:events';
import { connect } from 'node:net';
import superjson, { stringify } from 'superjson';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { appRouter } from '@hq/api';
import { startServer, type ServerUnderTest } from './server-under-test.ts';

let server: ServerUnderTest;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());
afterEach(() => void vi.restoreAllMocks());

/** Sends a head and the beginning of a body that never comes, and gives what is answered; the connection stays open on our side. */
async function answerTo(line: string, ...headers: readonly string[]): Promise<string> {
  const socket = connect(server.port, '127.0.0.1');
  socket.write([`${line} HTTP/1.1`, 'Host: x', 'Content-Type: application/json', ...headers, '', '1'].join('\r\n'));
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return chunk.toString();
}

const large = 'Content-Length: 7000000';

describe('a large body', () => {
  it('from a stranger is refused before it is sent', async () => {
    for (const line of ['POST /trpc/files.put', 'POST /trpc/files.put,files.put?batch=1', 'POST /trpc/me.get', 'POST /trpc/no.such', 'PUT /api/files/a.md']) {
      for (const headers of [[], ['Authorization: Basic eA=='], ['Authorization: Bearer mallory'], ['Authorization: Bearer expired']]) {
        for (const length of [large, 'Content-Length: 5', 'Transfer-Encoding: chunked']) {
          const answer = await answerTo(line, ...headers, length);
          expect(answer).toMatch(/^HTTP\/1\.1 401 /);
          expect(answer).toMatch(/^connection: close/im);
          expect(answer).toMatch(/^www-authenticate: Bearer/im);
          expect(answer).toMatch(/"code":"(UNAUTHENTICATED|EXPIRED)"/);
        }
      }
    }
  });

  it('is too large where no sign-in is needed, unless somebody sends it', async () => {
    for (const line of ['POST /trpc/auth.refresh', 'POST /trpc/auth%2Erefresh', 'POST /trpc/auth.refresh,files.put?batch=1', 'POST /api/auth/refresh']) {
      expect(await answerTo(line, large)).toMatch(/^HTTP\/1\.1 413 [^]*"TOO_LARGE"/);
      expect(await answerTo(line, large, 'Authorization: Bearer mallory')).toMatch(/^HTTP\/1\.1 413 /);
    }
    const mixed = { '0': { json: { refreshToken: 'used' } }, '1': { json: { vault: 'personal', path: 'a.bin', content: 'A'.repeat(100_000) } } };
    const send = (token: string | null) => server.fetch('/trpc/auth.refresh,files.put?batch=1', { method: 'POST', json: mixed, token });
    expect((await send(null)).status).toBe(413);
    expect(await (await send('ada')).json()).toMatchObject([{ error: {} }, { result: { data: { json: { path: 'a.bin', size: 75_000 } } } }]);
  });

  it('is counted where its length is not said', async () => {
    const body = new ReadableStream({ pull: (controller) => controller.enqueue(new TextEncoder().encode('x'.repeat(16_384))) }, { highWaterMark: 0 });
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body, duplex: 'half' } as const;
    const refused = await fetch(`${server.url}/api/auth/refresh`, init);
    expect([refused.status, await refused.json()]).toEqual([413, expect.objectContaining({ code: 'TOO_LARGE' })]);
  });
});

/** Each of them makes superjson's own reader build what its annotations name, or look for it over and over. */
const n = 2000;
const hostile = {
  'a Set that is looked through for each of its members': {
    json: { s: [...Array(n).keys()], a: 1 },
    meta: { values: { s: ['set'] }, referentialEqualities: { a: Array.from({ length: n }, () => `s.${n - 1}`) } },
  },
  'equal places': { json: { vault: 'personal', path: 'x' }, meta: { referentialEqualities: { vault: ['path'] } } },
  'a long number': { json: { vault: 'personal', path: '9'.repeat(20_000) }, meta: { values: { path: ['bigint'] } } },
  'a typed array of gigabytes': { json: { vault: 'personal', path: [2 ** 32] }, meta: { values: { path: [['typed-array', 'Float64Array']] } } },
  'a Date': { json: { vault: 'personal', path: '2026-01-01' }, meta: { values: { path: ['Date'] } } },
  'a Map inside': { json: { vault: 'personal', path: [['a', null]] }, meta: { values: { path: ['map', { '0.1': ['undefined'] }] } } },
  'undefined where something is': { json: { vault: 'personal', path: 'x' }, meta: { values: { path: ['undefined'] } } },
  'undefined at a property that is not ours': { json: { vault: 'personal', path: 'x' }, meta: { values: { 'path.length': ['undefined'] } } },
  'more places than fields': {
    json: { vault: Array.from({ length: n }, () => null), path: 'x' },
    meta: { values: Object.fromEntries(Array.from({ length: n }, (_, at) => [`vault.${at}`, ['undefined']])) },
  },
  'an envelope with more in it': { json: { vault: 'personal', path: 'x' }, more: 1 },
  'no envelope': [{ vault: 'personal', path: 'x' }],
};

describe('an input', () => {
  it.each(Object.entries(hostile))('with %s is a typed refusal, and superjson never reads it', async (_, sent) => {
    const theirs = vi.spyOn(superjson, 'deserialize');
    for (const token of ['ada', null]) {
      const refused = await server.fetch('/trpc/files.get', { method: 'POST', json: sent, token });
      const code = token === null ? 'UNAUTHENTICATED' : 'BAD_REQUEST';
      expect([refused.status, await refused.json()]).toMatchObject([token === null ? 401 : 400, { error: { json: { data: { hq: { code } } } } }]);
    }
    expect((await server.fetch('/trpc/auth.refresh', { method: 'POST', json: sent, token: null })).status).toBe(400);
    expect(theirs).not.toHaveBeenCalled();
  });

  it('of a stranger is not unpacked; of somebody we know, once a call', async () => {
    const unpack = vi.spyOn(appRouter._def._config.transformer.input, 'deserialize');
    const input = encodeURIComponent(
      JSON.stringify({ json: { vault: 'personal', path: 'none.md', versionId: null }, meta: { values: { versionId: ['undefined'] } } }),
    );
    expect((await server.fetch(`/trpc/files.get?input=${input}`, { token: 'mallory' })).status).toBe(401);
    expect((await server.fetch(`/trpc/files.get?input=${input}`, { token: null })).status).toBe(401);
    expect(unpack).not.toHaveBeenCalled();
    expect((await server.fetch(`/trpc/files.get?input=${input}`)).status).toBe(404);
    expect(unpack).toHaveBeenCalledTimes(1);
  });

  it('is undefined as superjson’s writer says so', async () => {
    for (const [procedure, given] of [
      ['me.get', undefined],
      ['files.list', { vault: 'personal', prefix: undefined, recursive: undefined, continuationToken: undefined }],
    ] as const) {
      const answer = await server.fetch(`/trpc/${procedure}?input=${encodeURIComponent(stringify(given))}`);
      expect(answer.status).toBe(200);
    }
  });
});

describe('a request', () => {
  it('with two hosts is refused', async () => {
    expect(await answerTo('GET /health', 'Host: y')).toMatch(/^HTTP\/1\.1 400 [^]*more than one host/);
  });

  it('with a head that is too long is told so', async () => {
    expect(await answerTo('GET /health', `X: ${'x'.repeat(40_000)}`)).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('over the limit of connections is not taken', async () => {
    const narrow = await startServer({ limits: { connections: 1 } });
    const first = connect(narrow.port, '127.0.0.1');
    await once(first, 'connect');
    first.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(first, 'data');
    const second = connect(narrow.port, '127.0.0.1').resume();
    await once(second, 'close');
    expect(second.bytesRead).toBe(0);
    first.destroy();
    await narrow.close();
  });
});
