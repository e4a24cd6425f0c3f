/** Malformed requests of every kind: each is answered with a typed 4xx, and the cloud goes on. */
import { connect } from 'node:net';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALICE, type Cloud, startCloud } from './fixture.ts';
import { deliver, type Draft, sign } from './sign.ts';

let cloud: Cloud;

beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.close());

const printable = fc.string({ unit: fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code)), maxLength: 40 });

/** Pieces that a parser would look for, in any order and number. */
const nearly = (...pieces: string[]) => fc.array(fc.oneof(fc.constantFrom(...pieces), printable), { maxLength: 8 }).map((parts) => parts.join(''));

const authorization = nearly(
  'AWS4-HMAC-SHA256 ',
  'Credential=',
  'AKIAALICE00000000000/20260102/us-east-1/s3/aws4_request',
  'SignedHeaders=',
  'host;x-amz-date',
  'Signature=',
  '0'.repeat(64),
  ', ',
  ',',
  ';',
  '=',
);

const query = nearly(
  'X-Amz-Algorithm=AWS4-HMAC-SHA256',
  '&',
  'X-Amz-Credential=',
  'X-Amz-Signature=',
  'X-Amz-Expires=',
  'X-Amz-Date=20260102T030405Z',
  '%',
  '%2',
  '%FF',
  '+',
  '=',
);

/** What is wrong with the answer, in words; undefined for a typed 4xx with nothing in the log. */
async function complaint(draft: Draft): Promise<string | undefined> {
  const logged = cloud.logged.length;
  const { status, code, text } = await deliver(cloud.port, draft);
  if (status >= 400 && status < 500 && code !== undefined && cloud.logged.length === logged) return undefined;
  return `${JSON.stringify(draft)} → ${status} ${text} ${cloud.logged.slice(logged).join('\n')}`;
}

/** Sends what an arbitrary gives and collects the complaints. */
async function complaints<T>(arbitrary: fc.Arbitrary<T>, runs: number, make: (value: T) => Draft): Promise<string[]> {
  const found: string[] = [];
  await fc.assert(
    fc.asyncProperty(arbitrary, async (value) => {
      const problem = await complaint(make(value));
      if (problem !== undefined) found.push(problem);
    }),
    { numRuns: runs },
  );
  return found;
}

const base: Draft = { method: 'GET', path: '/b/x', query: '', headers: {}, body: '' };

describe('malformed', () => {
  it('Authorization headers', async () => {
    const made = await complaints(fc.tuple(authorization, fc.boolean()), 400, ([value, dated]) => ({
      ...base,
      headers: { authorization: value.trim() || 'x', ...(dated ? { 'x-amz-date': '20260102T030405Z' } : {}) },
    }));
    expect(made).toEqual([]);
  });

  it('presigned queries', async () => {
    expect(await complaints(query, 400, (text) => ({ ...base, query: text.replaceAll(/[#?]/g, '') }))).toEqual([]);
  });

  it('paths and methods', async () => {
    const paths = nearly('%', '%zz', '%00', '..', '//', 'é');
    const methods = fc.constantFrom('GET', 'PUT', 'DELETE', 'PATCH', 'PROPFIND');
    const made = await complaints(fc.tuple(paths, methods), 200, ([text, method]) => ({
      ...base,
      method,
      path: `/${text.replaceAll(/[#?\u0080-\uffff]/g, '')}`,
    }));
    expect(made).toEqual([]);
  });

  it('forms for STS, rightly signed', async () => {
    const form = nearly(
      'Action=AssumeRole',
      '&',
      'Version=2011-06-15',
      'RoleArn=',
      'arn:aws:iam::000000000000:role/reader',
      'Policy={',
      'Tags.member.1.Key=',
      '%',
      'DurationSeconds=-1',
    );
    const made = await complaints(form, 200, (body) => {
      const draft = { ...base, method: 'POST', path: '/', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body };
      sign(draft, `127.0.0.1:${cloud.port}`, { credentials: ALICE, service: 'sts' });
      return draft;
    });
    expect(made).toEqual([]);
  });

  it('session tokens, however close to one', async () => {
    const made = await complaints(fc.base64String({ maxLength: 400 }), 100, (sessionToken) => {
      const draft = { ...base, headers: {} };
      sign(draft, `127.0.0.1:${cloud.port}`, { credentials: { ...ALICE, accessKeyId: 'ASIAAAAAAAAAAAAAAAAA', sessionToken } });
      return draft;
    });
    expect(made).toEqual([]);
  });

  it('chunk framing', async () => {
    const framing = nearly('3', '0', '\r\n', 'abc', ';chunk-signature=', '0'.repeat(64), 'x-amz-checksum-crc32:', '\n');
    const made = await complaints(framing, 300, (body) => {
      const draft = { ...base, method: 'PUT', headers: { 'x-amz-decoded-content-length': '3', 'x-amz-trailer': 'x-amz-checksum-crc32' } };
      sign(draft, `127.0.0.1:${cloud.port}`, { credentials: ALICE, payload: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' });
      return { ...draft, body };
    });
    expect(made).toEqual([]);
  });
});

const speak = (bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(cloud.port, '127.0.0.1', () => socket.write(bytes));
    let answer = '';
    socket.on('data', (part: Buffer) => (answer += part.toString()));
    socket.on('error', reject).on('close', () => resolve(answer));
  });

describe('what is not HTTP', () => {
  it.each([
    ['noise', '\u0000\u0001\u0002\r\n\r\n', '400 Bad Request'],
    ['headers beyond 32 KiB', `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(40_000)}\r\n\r\n`, '431 Request Header Fields Too Large'],
    ['two lengths', 'PUT /b/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', '400 Bad Request'],
    ['a length beside chunks', 'PUT /b/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', '400 Bad Request'],
    ['no Host', 'GET /b/x HTTP/1.1\r\nConnection: close\r\n\r\n', '400 Bad Request'],
    ['two Hosts', 'GET /b/x HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n', '400 Bad Request'],
    ['a target that is no path', 'GET x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', '400 Bad Request'],
  ])('%s is answered with a 4xx and an end', async (_what, bytes, status) => {
    const answer = await speak(bytes);
    expect(answer).toContain(`HTTP/1.1 ${status}`);
    expect(answer).toContain('<Code>');
  });
});
