/** The API's client against answers as the server writes them: who is refused is asked again once, what failed in passing is asked again if that is safe. */
import { serialize } from 'superjson';
import { describe, expect, it } from 'vitest';
import { createApi } from '../../src/api/client.ts';

const server = 'http://127.0.0.1:8787';
const now = 1_800_000_000;
const me = { userId: '7706a489-073f-46d3-a7dd-398990e08a66', email: null, emailVerified: false, organizations: [], invitations: [] };

function answer(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify([body]), {
    status,
    headers: { 'content-type': 'application/json', date: new Date(now * 1000).toUTCString(), ...headers },
  });
}

const success = (data: unknown): Response => answer(200, { result: { data: serialize(data) } });

function refusal(status: number, code: string, hint?: string, headers?: Record<string, string>): Response {
  const data = { code, httpStatus: status, path: 'p', hq: { code, hint } };
  return answer(status, { error: serialize({ code: -32000, message: `refused: ${code}`, data }) }, headers);
}

const page = (): Response => new Response('<html>log in</html>', { status: 200, headers: { 'content-type': 'text/html' } });
const refused = (): Error => Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) });
const broken = (): Error => Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error('socket'), { code: 'UND_ERR_SOCKET' }) });

/** A client whose server gives these answers, one a request; an error is a connection that failed. */
function clientOf(...answers: readonly (() => Response | Error)[]) {
  const left = [...answers];
  const seen: { url: string; authorization: string | null }[] = [];
  const facts = { token: 1, seen, bodies: [] as string[], rejected: [] as string[] };
  const api = createApi({
    server,
    clock: () => now,
    random: () => 0,
    requestId: () => 'request-of-a-test',
    fetch: async (input, init) => {
      if (typeof init?.body === 'string') facts.bodies.push(init.body);
      seen.push({ url: new Request(input).url.replace(server, ''), authorization: new Headers(init?.headers).get('authorization') });
      const next = left.shift()?.();
      if (next === undefined) throw new Error('one request too many');
      if (next instanceof Error) throw next;
      return next;
    },
    accessToken: async () => `token${facts.token}`,
    rejectToken: (token) => {
      facts.rejected.push(token);
      facts.token += 1;
    },
  });
  return { api, facts };
}

describe('a call', () => {
  it('carries the token, and its answer comes back typed', async () => {
    const { api, facts } = clientOf(() => success(me));
    expect(await api.me.get.query()).toEqual(me);
    expect(facts.seen).toEqual([{ url: expect.stringMatching(/^\/trpc\/me\.get\?batch=1/), authorization: 'Bearer token1' }]);
  });

  it('whose question outgrows an address goes as a POST, and is still repeated like a question', async () => {
    const paths = Array.from({ length: 1000 }, (_, index) => `${'long/'.repeat(200)}${index}`);
    const levels = paths.map(() => 'read' as const);
    const { api, facts } = clientOf(broken, () => success({ levels }));
    expect(await api.files.access.query({ vault: 'personal', cone: '', paths })).toEqual({ levels });
    expect(facts.seen.map(({ url }) => url)).toEqual(['/trpc/files.access?batch=1', '/trpc/files.access?batch=1']);
    expect(facts.bodies.map((body) => body.length > 1_000_000)).toEqual([true, true]);
  });

  it('that needs no token sends none', async () => {
    const config = { issuer: `${server}/sign-in`, clientId: 'hq', scopes: ['openid'] };
    const { api, facts } = clientOf(() => success(config));
    expect(await api.auth.config.query()).toEqual(config);
    expect(facts.seen[0]?.authorization).toBeNull();
  });

  it('whose token is refused is made once more with another one, also when it changes something', async () => {
    const { api, facts } = clientOf(
      () => refusal(401, 'UNAUTHENTICATED'),
      () => success({ id: 'x' }),
    );
    await api.orgs.create.mutate({ name: 'acme' });
    expect(facts.seen.map(({ authorization }) => authorization)).toEqual(['Bearer token1', 'Bearer token2']);
    const stubborn = clientOf(
      () => refusal(401, 'EXPIRED', 'Sign in.'),
      () => refusal(401, 'EXPIRED', 'Sign in.'),
    );
    await expect(stubborn.api.me.get.query()).rejects.toMatchObject({ code: 'EXPIRED', hint: 'Sign in.' });
    expect(stubborn.facts.rejected).toEqual(['token1']);
  });

  it('that is refused says so in the words of the server', async () => {
    const { api } = clientOf(() => refusal(409, 'CONFLICT', 'Choose another name.'));
    await expect(api.orgs.create.mutate({ name: 'acme' })).rejects.toMatchObject({
      name: 'HqError',
      code: 'CONFLICT',
      message: 'refused: CONFLICT',
      hint: 'Choose another name.',
    });
  });
});

describe('a failure in passing', () => {
  it('is tried again for a question', async () => {
    const { api } = clientOf(
      () => refusal(503, 'UNAVAILABLE'),
      broken,
      () => refusal(429, 'RATE_LIMITED'),
      () => success(me),
    );
    expect(await api.me.get.query()).toEqual(me);
  });

  it('is never tried again for a change: it may have been carried out', async () => {
    for (const failure of [() => refusal(503, 'UNAVAILABLE'), broken]) {
      const { api, facts } = clientOf(failure);
      await expect(api.orgs.create.mutate({ name: 'acme' })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      expect(facts.seen).toHaveLength(1);
    }
  });

  it('that does not pass is given up', async () => {
    const { api, facts } = clientOf(broken, broken, broken, broken);
    await expect(api.me.get.query()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(facts.seen).toHaveLength(4);
  });
});

describe('a server', () => {
  it('that is not running is named, with what to do, at once', async () => {
    const { api, facts } = clientOf(refused);
    await expect(api.me.get.query()).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: `No server answers at ${server}.`,
      hint: expect.stringContaining('npm start'),
    });
    expect(facts.seen).toHaveLength(1);
  });

  it.each([
    [20, 'behind'],
    [-20, 'ahead of'],
  ])('whose clock is %i minutes ahead refuses us, and we say why', async (minutes, word) => {
    const date = new Date((now + minutes * 60) * 1000).toUTCString();
    const { api } = clientOf(() => refusal(401, 'UNAUTHENTICATED', undefined, { date }));
    await expect(api.me.get.query()).rejects.toMatchObject({ code: 'CLOCK_SKEW', message: `This computer's clock is 20 minutes ${word} the server's.` });
  });

  it('that is no HQ server is recognised as such', async () => {
    const { api } = clientOf(page, page, page, page);
    await expect(api.me.get.query()).rejects.toMatchObject({ code: 'UNAVAILABLE', hint: expect.stringContaining('HQ_API') });
  });
});
