/** Malformed requests of every kind: each is answered with a typed 4xx, and the cloud goes on. */
import { connect } from 'node:net';
import fc from 'fast-check';
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

async function refused(draft: Draft): Promise<void> {
  const logged = cloud.logged.length;
  const answer = await deliver(cloud.port, draft);
  expect(answer.status, JSON.stringify(draft)).toBeGreaterThanOrEqual(400);
  expect(answer.status, JSON.stringify(draft)).toBeLessThan(500);
  expect(answer.code, answer.text).toBeTruthy();
  expect(cloud.logged.slice(logged)).toEqual([]);
}

const base: Draft = { method: 'GET', path: '/b/x', query: '', headers: {}, body: '' };

describe('malformed', () => {
  it('Authorization headers', async () => {
    await fc.assert(
      fc.asyncProperty(authorization, fc.boolean(), (value, dated) =>
        refused({ ...base, headers: { authorization: value.trim() || 'x', ...(dated ? { 'x-amz-date': '20260102T030405Z' } : {}) } }),
      ),
      { numRuns: 400 },
    );
  });

  it('presigned queries', async () => {
    await fc.assert(
      fc.asyncProperty(query, (text) => refused({ ...base, query: text.replaceAll(/[#?]/g, '') })),
      { numRuns: 400 },
    );
  });

  it('paths and methods', async () => {
    await fc.assert(
      fc.asyncProperty(nearly('%', '%zz', '%00', '..', '//', 'é'), fc.constantFrom('GET', 'PUT', 'DELETE', 'PATCH', 'PROPFIND'), (text, method) =>
        refused({ ...base, method, path: `/${text.replaceAll(/[#?\u0080-\uffff]/g, '')}` }),
      ),
      { numRuns: 200 },
    );
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
    await fc.assert(
      fc.asyncProperty(form, async (body) => {
        const draft = { ...base, method: 'POST', path: '/', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body };
        sign(draft, `127.0.0.1:${cloud.port}`, { credentials: ALICE, service: 'sts' });
        await refused(draft);
      }),
      { numRuns: 200 },
    );
  });

  it('session tokens, however close to one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.base64String({ maxLength: 400 }), async (sessionToken) => {
        const draft = { ...base, headers: {} };
        sign(draft, `127.0.0.1:${cloud.port}`, { credentials: { ...ALICE, accessKeyId: 'ASIAAAAAAAAAAAAAAAAA', sessionToken } });
        await refused(draft);
      }),
      { numRuns: 100 },
    );
  });

  it('chunk framing', async () => {
    await fc.assert(
      fc.asyncProperty(nearly('3', '0', '\r\n', 'abc', ';chunk-signature=', '0'.repeat(64), 'x-amz-checksum-crc32:', '\n'), async (body) => {
        const draft = { ...base, method: 'PUT', headers: { 'x-amz-decoded-content-length': '3', 'x-amz-trailer': 'x-amz-checksum-crc32' } };
        sign(draft, `127.0.0.1:${cloud.port}`, { credentials: ALICE, payload: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' });
        await refused({ ...draft, body });
      }),
      { numRuns: 300 },
    );
  });
});

describe('what is not HTTP', () => {
  const speak = (bytes: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(cloud.port, '127.0.0.1', () => socket.write(bytes));
      let answer = '';
      socket.on('data', (part: Buffer) => (answer += part.toString()));
      socket.on('error', reject).on('close', () => resolve(answer));
    });

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
