/** What the front accepts and refuses, request by request. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ALICE, BOB, type Cloud, type Echo, startCloud } from './fixture.ts';
import { deliver, type Draft, type SignOptions, sign } from './sign.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
let cloud: Cloud;

beforeAll(async () => {
  cloud = await startCloud();
});
afterEach(() => cloud.at(undefined));
afterAll(() => cloud.close());

const draft = (change: Partial<Draft> = {}): Draft => ({ method: 'PUT', path: '/b/x', query: '', headers: {}, body: 'hello', ...change });

function signed(change: Partial<Draft> = {}, options: Partial<SignOptions> = {}): Draft {
  const made = draft(change);
  sign(made, `127.0.0.1:${cloud.port}`, { credentials: ALICE, ...options });
  return made;
}

const send = (made: Draft) => deliver(cloud.port, made);

describe('a signed request', () => {
  it('reaches the service with its principal and its body', async () => {
    const answer = await send(signed());
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text) as Echo).toMatchObject({ who: 'arn:aws:iam::000000000000:user/alice', body: 'hello', bodyLength: 5 });
  });

  it.each([
    ['/b/a//b', '/b/a//b'],
    ['/b/a/../b', '/b/a/../b'],
    ['/b/.', '/b/.'],
    ['/b/%E2%82%AC%2F%2Bx', '/b/%E2%82%AC/%2Bx'],
    ["/b/('!)*+", '/b/%28%27%21%29%2A%2B'],
    ['/b/a%20%7e%c3%a9', '/b/a%20~%C3%A9'],
    ['/b/%FF', '/b/%FF'],
  ])('keeps the path %s as it is, and verifies it as %s', async (path, canonical) => {
    const made = signed({ path: canonical, method: 'GET', body: '' });
    expect(JSON.parse((await send({ ...made, path })).text)).toMatchObject({ path, who: 'arn:aws:iam::000000000000:user/alice' });
  });

  it('may repeat a query parameter; the service sees the first', async () => {
    const answer = await send(signed({ method: 'GET', body: '', query: 'prefix=a%2Fb&prefix=z&uploads=' }));
    expect((JSON.parse(answer.text) as Echo).query).toEqual({ prefix: 'a/b', uploads: '' });
  });

  it('is judged: a principal without policy gets nowhere', async () => {
    expect(await send(signed({}, { credentials: BOB }))).toMatchObject({ status: 403, code: 'AccessDenied' });
  });

  it.each<[string, (made: Draft) => Draft, number, string]>([
    ['the method', (made) => ({ ...made, method: 'POST' }), 403, 'SignatureDoesNotMatch'],
    ['the path', (made) => ({ ...made, path: '/b/y' }), 403, 'SignatureDoesNotMatch'],
    ['a doubled slash', (made) => ({ ...made, path: '/b//x' }), 403, 'SignatureDoesNotMatch'],
    ['an added parameter', (made) => ({ ...made, query: 'acl=' }), 403, 'SignatureDoesNotMatch'],
    ['the body', (made) => ({ ...made, body: 'hellp' }), 400, 'XAmzContentSHA256Mismatch'],
    ['the host', (made) => header(made, 'host', 'elsewhere:1'), 403, 'SignatureDoesNotMatch'],
    ['the time', (made) => header(made, 'x-amz-date', new Date(Date.now() + 1000).toISOString().replace(/[-:]|\.\d+/g, '')), 403, 'SignatureDoesNotMatch'],
    ['the hash', (made) => header(made, 'x-amz-content-sha256', 'UNSIGNED-PAYLOAD'), 403, 'SignatureDoesNotMatch'],
    ['an added x-amz header', (made) => header(made, 'x-amz-acl', 'public-read'), 403, 'AccessDenied'],
    ['an added session token', (made) => header(made, 'x-amz-security-token', 'abc'), 400, 'InvalidToken'],
    ['the signature', (made) => edit(made, /Signature=(.)/, (_, digit: string) => `Signature=${digit === '0' ? '1' : '0'}`), 403, 'SignatureDoesNotMatch'],
    ['the key', (made) => edit(made, 'AKIAALICE00000000000', 'AKIABOB0000000000000'), 403, 'SignatureDoesNotMatch'],
    ['a key nobody has', (made) => edit(made, 'AKIAALICE', 'AKIAALIFE'), 403, 'InvalidAccessKeyId'],
    ['the region', (made) => edit(made, 'us-east-1', 'us-east-2'), 400, 'AuthorizationHeaderMalformed'],
    ['the service', (made) => edit(made, '/s3/', '/ec2/'), 400, 'AuthorizationHeaderMalformed'],
    ['the date of the scope', (made) => edit(made, /\/\d{8}\//, '/20200101/'), 400, 'AuthorizationHeaderMalformed'],
    ['the terminator', (made) => edit(made, 'aws4_request', 'aws3_request'), 400, 'AuthorizationHeaderMalformed'],
    ['the algorithm', (made) => edit(made, 'AWS4-HMAC-SHA256', 'AWS4-HMAC-SHA512'), 400, 'InvalidRequest'],
    ['the list of signed headers', (made) => edit(made, 'host;', ''), 403, 'AccessDenied'],
    ['an old scheme', (made) => header(made, 'authorization', 'AWS AKIAALICE00000000000:c2lnbmF0dXJl'), 400, 'InvalidRequest'],
    ['no hash at all', (made) => without(made, 'x-amz-content-sha256'), 400, 'InvalidRequest'],
    ['a presigned query beside the header', (made) => ({ ...made, query: 'X-Amz-Algorithm=AWS4-HMAC-SHA256' }), 400, 'InvalidArgument'],
  ])('is refused after a change to %s', async (_what, change, status, code) => {
    expect(await send(change(signed()))).toMatchObject({ status, code });
  });

  it.each([
    [-15 * 60_000 - 1000, 'RequestTimeTooSkewed'],
    [15 * 60_000 + 1000, 'RequestTimeTooSkewed'],
    [-15 * 60_000, undefined],
    [15 * 60_000, undefined],
  ])('whose clock is off by %i ms is answered with %s', async (offset, code) => {
    cloud.at(NOW);
    expect((await send(signed({}, { now: NOW + offset }))).code).toBe(code);
  });

  it('for another service never reaches S3', async () => {
    const answer = await send(signed({ method: 'GET', body: '' }, { service: 'sts' }));
    expect(answer).toMatchObject({ status: 404, code: 'InvalidAction' });
  });

  it('whose service breaks gets a 500 that says nothing, and a line in the log', async () => {
    const answer = await send(signed({ path: '/boom' }));
    expect(answer).toMatchObject({ status: 500, code: 'InternalError' });
    expect(answer.text).not.toContain('broke');
    expect(cloud.logged.some((line) => line.includes('the service broke'))).toBe(true);
    expect(cloud.logged.join()).not.toContain(ALICE.secretAccessKey);
  });
});

describe('an unsigned request', () => {
  it('is anonymous to S3, and refused where nothing is public', async () => {
    expect(await send(draft({ method: 'GET', body: '' }))).toMatchObject({ status: 403, code: 'AccessDenied' });
  });

  it('is refused by the other services in their own words', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = `Action=AssumeRole&Version=2011-06-15&RoleSessionName=s1&RoleArn=${encodeURIComponent('arn:aws:iam::000000000000:role/reader')}`;
    const answer = await send(draft({ method: 'POST', path: '/', body, headers }));
    expect(answer).toMatchObject({ status: 403, code: 'MissingAuthenticationToken' });
    expect(answer.text).toMatch(/^<ErrorResponse xmlns=/);
  });

  it('for a preflight goes to S3 without a look at its credentials', async () => {
    expect((await send({ ...signed({ method: 'OPTIONS', body: '' }, { credentials: BOB }) })).status).toBe(200);
  });
});

function header(made: Draft, name: string, value: string): Draft {
  return { ...made, headers: { ...made.headers, [name]: value } };
}

function without(made: Draft, name: string): Draft {
  return { ...made, headers: Object.fromEntries(Object.entries(made.headers).filter(([key]) => key !== name)) };
}

function edit(made: Draft, from: string | RegExp, to: string | ((...match: string[]) => string)): Draft {
  const before = made.headers['authorization'] ?? '';
  const after = typeof to === 'string' ? before.replace(from, to) : before.replace(from, to);
  expect(after).not.toBe(before);
  return header(made, 'authorization', after);
}
