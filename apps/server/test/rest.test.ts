/** The six REST routes, to the letter. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idOf, personalBucket } from '@hq/api/test-support/api-under-test';
import { startServer, type ServerUnderTest } from './server-under-test.ts';

let server: ServerUnderTest;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const content = Buffer.from('hello').toString('base64');
const put = (path: string, headers: Record<string, string> = {}) =>
  server.fetch(`/api/files/${path}`, { method: 'PUT', json: { content, contentType: 'text/plain' }, headers });
const keyOf = (path: string) => `users/${idOf('ada')}/hq/${path}`;

describe('a file', () => {
  it('is put, read, listed and removed', async () => {
    const made = await put('workers/registry.yaml');
    expect([made.status, await made.json()]).toEqual([200, { key: 'workers/registry.yaml', size: 5 }]);
    const read = await server.fetch('/api/files/workers/registry.yaml');
    expect([read.status, await read.json(), read.headers.get('etag')]).toEqual([200, { content, contentType: 'text/plain' }, made.headers.get('etag')]);
    const list = await (await server.fetch('/api/files?prefix=workers/')).json();
    expect(list).toEqual({
      files: [{ key: 'workers/registry.yaml', size: 5, lastModified: '2027-01-15T08:00:00Z' }],
      continuationToken: null,
      isTruncated: false,
    });
    const gone = await server.fetch('/api/files/workers/registry.yaml', { method: 'DELETE' });
    expect([gone.status, await gone.json()]).toEqual([200, { key: 'workers/registry.yaml' }]);
    expect((await server.fetch('/api/files/workers/registry.yaml')).status).toBe(404);
    expect((await server.fetch('/api/files/workers/registry.yaml', { method: 'DELETE' })).status).toBe(404);
  });

  it('has a name that is decoded exactly once', async () => {
    for (const [sent, name] of [
      ['a%20b/%C3%A9%F0%9F%98%80.md', 'a b/é😀.md'],
      ['a%252Fb', 'a%2Fb'],
      ['a+b', 'a+b'],
      ['in%2Fside', 'in/side'],
      ['why%3F%23.md', 'why?#.md'],
    ] as const) {
      expect((await put(sent)).status).toBe(200);
      expect(server.api.storage.has(personalBucket, keyOf(name))).toBe(true);
    }
  });

  it('is written on the condition that the headers say', async () => {
    const { headers } = await put('cond.md', { 'if-none-match': '*' });
    expect((await put('cond.md', { 'if-none-match': '*' })).status).toBe(409);
    expect((await put('cond.md', { 'if-match': '"00000000000000000000000000000000"' })).status).toBe(409);
    expect((await put('cond.md', { 'if-match': headers.get('etag') ?? '' })).status).toBe(200);
    expect((await put('cond.md', { 'if-match': 'unquoted' })).status).toBe(400);
    expect((await put('cond.md', { 'if-none-match': '"x"' })).status).toBe(400);
  });

  it('answers HEAD without a body', async () => {
    await put('head.md');
    const head = await server.fetch('/api/files/head.md', { method: 'HEAD' });
    expect([head.status, Number(head.headers.get('content-length')) > 0, await head.text()]).toEqual([200, true, '']);
    expect((await server.fetch('/api/files/none.md', { method: 'HEAD' })).status).toBe(404);
  });
});

describe('a listing', () => {
  it('has 100 keys a page', async () => {
    for (let i = 0; i < 130; i++) server.api.storage.seed(personalBucket, keyOf(`many/${String(i).padStart(3, '0')}`));
    type Page = { files: { key: string }[]; continuationToken: string | null; isTruncated: boolean };
    const first = (await (await server.fetch('/api/files?prefix=many/')).json()) as Page;
    expect([first.files.length, first.isTruncated]).toEqual([100, true]);
    const second = (await (await server.fetch(`/api/files?prefix=many/&continuationToken=${first.continuationToken}`)).json()) as Page;
    expect([second.files.length, second.files[0]?.key, second.continuationToken, second.isTruncated]).toEqual([30, 'many/100', null, false]);
  });
});

describe('auth', () => {
  it('refresh gives tokens and storage credentials', async () => {
    const response = await server.fetch('/api/auth/refresh', { method: 'POST', token: null, json: { refreshToken: 'ada' } });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      accessToken: 'ada',
      idToken: 'id',
      refreshToken: 'next',
      credentials: { accessKeyId: expect.stringMatching(/^ses_/), secretAccessKey: 'secret', sessionToken: 'token', expiration: '2027-01-15T09:00:00Z' },
    });
    expect((await server.fetch('/api/auth/refresh', { method: 'POST', token: null, json: { refreshToken: 'used' } })).status).toBe(401);
  });

  it('credentials says where', async () => {
    const answer = await (await server.fetch('/api/auth/credentials')).json();
    expect(answer).toEqual({ userId: idOf('ada'), bucket: personalBucket, region: 'us-east-1', prefix: `users/${idOf('ada')}/hq/` });
  });
});

describe('what is wrong', () => {
  it('is a status from the list and an error with words', async () => {
    const cases: [string, Parameters<ServerUnderTest['fetch']>[1], number][] = [
      ['/api/files', { token: null }, 401],
      ['/api/files', { token: 'mallory' }, 401],
      ['/api/files', { token: 'expired' }, 401],
      ['/api/nothing', {}, 404],
      ['/api/files/a', { method: 'PATCH' }, 405],
      ['/api/files', { method: 'DELETE' }, 405],
      ['/api/auth/refresh', {}, 405],
      ['/api/files//a', {}, 400],
      ['/api/files/a%2F..%2Fb', {}, 400],
      ['/api/files/a%00b', {}, 400],
      ['/api/files/a%5Cb', {}, 400],
      ['/api/files/%ED%A0%80', {}, 400],
      ['/api/files/%zz', {}, 400],
      ['/api/files/folder%2F', {}, 400],
      [`/api/files/${'x'.repeat(961)}`, {}, 400],
      ['/api/files?prefix=%zz', {}, 400],
      ['/api/files?prefix=/x', {}, 400],
      ['/api/files?continuationToken=made-up', {}, 400],
      ['/api/files?continuationToken=', {}, 400],
      ['/api/files/a', { method: 'PUT', body: '' }, 400],
      ['/api/files/a', { method: 'PUT', json: [] }, 400],
      ['/api/files/a', { method: 'PUT', json: { content: 5 } }, 400],
      ['/api/files/a', { method: 'PUT', json: { content: 'not base64!' } }, 400],
      ['/api/files/a', { method: 'PUT', json: { content, contentType: 'a\r\nb: c' } }, 400],
      ['/api/files/a', { method: 'PUT', json: { content: 'A'.repeat(6_000_004) } }, 413],
      ['/api/auth/refresh', { method: 'POST', json: {} }, 400],
    ];
    for (const [path, init, status] of cases) {
      const response = await server.fetch(path, init);
      const body = (await response.json()) as { error: string };
      expect([path.slice(0, 60), response.status]).toEqual([path.slice(0, 60), status]);
      expect(body.error.length).toBeGreaterThan(5);
    }
    expect(server.api.logged).toEqual([]);
    expect(['a', 'b', 'a/b'].some((name) => server.api.storage.has(personalBucket, keyOf(name)))).toBe(false);
  });
});
