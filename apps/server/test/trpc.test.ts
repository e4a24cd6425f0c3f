/** The tRPC wire, as tRPC's own client speaks it, and as nobody should. */
import { createTRPCClient, httpBatchLink, httpLink, TRPCClientError } from '@trpc/client';
import superjson from 'superjson';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppRouter } from '@hq/api';
import { idOf, personalBucket } from '@hq/api/test-support/api-under-test';
import { startServer, type ServerUnderTest } from './server-under-test.ts';

let server: ServerUnderTest;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

function clientOf(token: string, methodOverride?: 'POST') {
  const headers = { authorization: `Bearer ${token}` };
  const requests: string[] = [];
  const counting: typeof fetch = (input, init) => {
    requests.push(`${init?.method} ${input instanceof Request ? input.url : input.toString()}`);
    return fetch(input, init);
  };
  const options = {
    url: `${server.url}/trpc`,
    transformer: superjson,
    headers,
    fetch: counting as never,
    ...(methodOverride === undefined ? {} : { methodOverride }),
  };
  return {
    batch: createTRPCClient<AppRouter>({ links: [httpBatchLink(options)] }),
    single: createTRPCClient<AppRouter>({ links: [httpLink(options)] }),
    requests,
  };
}

describe('tRPC’s own client', () => {
  it('makes many calls in one request, and each gets its own answer', async () => {
    const { batch, requests } = clientOf('ada');
    const name = 'batched';
    const made = await batch.orgs.create.mutate({ name });
    const answers = await Promise.allSettled([
      batch.me.get.query(),
      batch.orgs.get.query({ vault: made.id }),
      batch.files.stat.query({ vault: made.id, path: 'no.md' }),
    ]);
    expect(requests).toHaveLength(2);
    expect(requests[1]).toMatch(/^GET .*\/trpc\/me\.get,orgs\.get,files\.stat\?batch=1&input=/);
    expect(answers[0]).toMatchObject({ value: { email: 'ada@example.com' } });
    expect(answers[1]).toMatchObject({ value: { name } });
    expect(answers[2]).toMatchObject({ reason: { data: { code: 'NOT_FOUND', httpStatus: 404, path: 'files.stat', hq: { code: 'NOT_FOUND' } } } });
  });

  it('may call without batching, and POST its queries', async () => {
    expect(await clientOf('ada').single.auth.config.query()).toMatchObject({ clientId: 'hq' });
    const posting = clientOf('ada', 'POST');
    expect(await posting.batch.me.get.query()).toMatchObject({ email: 'ada@example.com' });
    expect(posting.requests[0]).toMatch(/^POST /);
  });

  it('gets our code, hint and details with a refusal, and nothing of its cause', async () => {
    const error = await clientOf('mallory')
      .batch.me.get.query()
      .catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(TRPCClientError);
    expect(error).toMatchObject({ data: { code: 'UNAUTHORIZED', httpStatus: 401, hq: { code: 'UNAUTHENTICATED' } } });
    const leaky = await startServer();
    leaky.api.storage.sessions.mint = () => Promise.reject(new Error('the password is hunter2'));
    const response = await leaky.fetch('/trpc/credentials.issue', { method: 'POST', json: { json: { vault: 'personal', cone: '', access: 'read' } } });
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(text).toContain('INTERNAL');
    expect(text).not.toMatch(/hunter2|stack|node_modules/);
    expect(leaky.api.logged.at(-1)?.cause).toMatchObject({ message: 'the password is hunter2' });
    await leaky.close();
  });
});

describe('a batch of very large answers', () => {
  it('is cut off with a typed refusal instead of filling the memory', async () => {
    const paths = Array.from({ length: 20 }, (_, i) => `large-${i}`);
    for (const path of paths) server.api.storage.seed(personalBucket, `users/${idOf('ada')}/hq/${path}`, 'x'.repeat(4_000_000));
    const { batch } = clientOf('ada', 'POST');
    const together = await Promise.allSettled(paths.map((path) => batch.files.get.query({ vault: 'personal', path })));
    expect(together.slice(0, 10).every(({ status }) => status === 'fulfilled')).toBe(true);
    expect(together.at(-1)).toMatchObject({ reason: { data: { hq: { code: 'TOO_LARGE' } } } });
  });
});

/** Status and code of one raw request. */
async function refused(path: string, init: Parameters<ServerUnderTest['fetch']>[1] = {}) {
  const response = await server.fetch(path, init);
  const body = (await response.json()) as
    | { error?: { json?: { data?: { hq?: { code?: string } } } } }
    | { error?: { json?: { data?: { hq?: { code?: string } } } } }[];
  const first = Array.isArray(body) ? body[0] : body;
  return `${response.status} ${first?.error?.json?.data?.hq?.code}`;
}

/** An input with superjson's word on what a value is. */
const values = (path: string, kind: unknown) =>
  encodeURIComponent(JSON.stringify({ json: { vault: 'personal', path: 'x' }, meta: { values: { [path]: [kind] } } }));

describe('what is no call', () => {
  it('is a typed refusal', async () => {
    expect(await refused('/trpc/no.such')).toBe('404 NOT_FOUND');
    expect(await refused('/trpc/')).toBe('404 NOT_FOUND');
    expect(await refused('/trpc/__proto__')).toBe('404 NOT_FOUND');
    expect(await refused('/trpc/files.put?input={}')).toBe('405 BAD_REQUEST');
    expect(await refused('/trpc/me.get', { method: 'DELETE' })).toBe('405 BAD_REQUEST');
    expect(await refused('/trpc/me.get?input=%7B')).toBe('400 BAD_REQUEST');
    expect(await refused('/trpc/me.get?input=%zz')).toBe('400 BAD_REQUEST');
    expect(await refused('/trpc/%E0%A4%A')).toBe('400 BAD_REQUEST');
    expect(await refused('/trpc/orgs.create', { method: 'POST', body: '{"json":' })).toBe('400 BAD_REQUEST');
    expect(await refused('/trpc/orgs.create', { method: 'POST', body: '' })).toBe('400 BAD_REQUEST');
    expect(await refused('/trpc/orgs.create', { method: 'POST', body: 'x', headers: { 'content-type': 'text/plain' } })).toBe('415 BAD_REQUEST');
    expect(await refused('/trpc/me.get,me.get?batch=1&input=3')).toBe('400 BAD_REQUEST');
    expect(await refused(`/trpc/${Array.from({ length: 51 }, () => 'me.get').join(',')}?batch=1`)).toBe('400 BAD_REQUEST');
  });

  it('is refused where superjson is told to make something else of it', async () => {
    for (const input of [
      values('__proto__.polluted', 'undefined'),
      values('path', 'Date'),
      values('path', ['class', 'Evil']),
      values('constructor.prototype', 'undefined'),
    ]) {
      expect(await refused(`/trpc/files.get?input=${input}`)).toBe('400 BAD_REQUEST');
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('may be nested as deep as it likes', async () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    expect(await refused('/trpc/orgs.create', { method: 'POST', body: `{"json":${deep}}` })).toBe('400 BAD_REQUEST');
    expect(await refused('/trpc/orgs.create?batch=1', { method: 'POST', body: `{"0":{"json":{"name":${deep}}}}` })).toBe('400 BAD_REQUEST');
  });
});
