/** Bodies in aws-chunked framing, over the wire. */
import { Readable } from 'node:stream';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readChunked } from '../../src/sigv4/chunked-body.ts';
import { ALICE, type Cloud, type Echo, startCloud } from './fixture.ts';
import { type Answer, deliver, type Draft, sign, signedChunks } from './sign.ts';

let cloud: Cloud;

beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.close());

interface Sending {
  readonly mode: string;
  readonly length: string;
  readonly trailer?: string;
  readonly body: (chain: ReturnType<typeof sign>) => string;
}

function put({ mode, length, trailer, body }: Sending): Promise<Answer> {
  const headers = { 'x-amz-decoded-content-length': length, ...(trailer === undefined ? {} : { 'x-amz-trailer': trailer }) };
  const draft: Draft = { method: 'PUT', path: '/b/x', query: '', headers, body: '' };
  const chain = sign(draft, `127.0.0.1:${cloud.port}`, { credentials: ALICE, payload: mode });
  return deliver(cloud.port, { ...draft, body: body(chain) });
}

const SIGNED = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD';
const SIGNED_TRAILER = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER';
const UNSIGNED_TRAILER = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';
const CRC = 'x-amz-checksum-crc32';

describe('signed chunks', () => {
  it('arrive as what was meant', async () => {
    const answer = await put({ mode: SIGNED, length: '7', body: (chain) => signedChunks(chain, ['abc', 'd€']) });
    expect(JSON.parse(answer.text) as Echo).toMatchObject({ body: 'abcd€', bodyLength: 7 });
  });

  it('with a signed trailer hand the trailer on', async () => {
    const answer = await put({ mode: SIGNED_TRAILER, length: '3', trailer: CRC, body: (chain) => signedChunks(chain, ['abc'], `${CRC}:NSRBwg==`) });
    expect(JSON.parse(answer.text) as Echo).toMatchObject({ body: 'abc', trailers: { [CRC]: 'NSRBwg==' } });
  });

  it.each<[string, string, string, (body: string) => string]>([
    ['content that was changed', '6', 'SignatureDoesNotMatch', (body) => body.replace('abc', 'abd')],
    [
      'a signature that was changed',
      '6',
      'SignatureDoesNotMatch',
      (body) => body.replace(/signature=(.)/, (_, digit: string) => `signature=${digit === '0' ? '1' : '0'}`),
    ],
    ['chunks in another order', '6', 'SignatureDoesNotMatch', (body) => body.replace(/^(3;.*\r\nabc\r\n)(3;.*\r\ndef\r\n)/, '$2$1')],
    ['a chunk that was dropped', '3', 'SignatureDoesNotMatch', (body) => body.replace(/^3;.*\r\nabc\r\n/, '')],
    ['the last chunk missing', '6', 'IncompleteBody', (body) => body.replace(/0;chunk.*\r\n\r\n$/, '')],
    ['less than was announced', '7', 'IncompleteBody', (body) => body],
    ['more than was announced', '5', 'IncompleteBody', (body) => body],
    ['unsigned chunks', '6', 'InvalidRequest', (body) => body.replaceAll(/;chunk-signature=[0-9a-f]+/g, '')],
    ['something behind the end', '6', 'InvalidRequest', (body) => `${body}0\r\n\r\n`],
    ['a trailer nobody announced', '6', 'MalformedTrailerError', (body) => body.replace(/\r\n$/, `${CRC}:x\r\n\r\n`)],
  ])('with %s are refused', async (_what, length, code, change) => {
    expect((await put({ mode: SIGNED, length, body: (chain) => change(signedChunks(chain, ['abc', 'def'])) })).code).toBe(code);
  });

  it.each<[string, string, (body: string) => string]>([
    ['a trailer that was changed', 'SignatureDoesNotMatch', (body) => body.replace('NSRB', 'NSRA')],
    ['a trailer without its signature', 'SignatureDoesNotMatch', (body) => body.replace(/x-amz-trailer-signature:.*\r\n/, '')],
    ['the trailer left out', 'MalformedTrailerError', (body) => body.replace(/x-amz-checksum.*\r\n/, '')],
    ['the trailer twice', 'MalformedTrailerError', (body) => body.replace(/(x-amz-checksum.*\r\n)/, '$1$1')],
  ])('with %s are refused', async (_what, code, change) => {
    const body = (chain: ReturnType<typeof sign>): string => change(signedChunks(chain, ['abc'], `${CRC}:NSRBwg==`));
    expect((await put({ mode: SIGNED_TRAILER, length: '3', trailer: CRC, body })).code).toBe(code);
  });
});

describe('a chunk that is larger than all that was announced', () => {
  it('is refused by its size, before any of it is passed on', async () => {
    const seen: Uint8Array[] = [];
    const pieces = Readable.from([Buffer.from('3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n')]);
    const read = async (): Promise<void> => {
      for await (const piece of readChunked(pieces, { seed: undefined, trailer: true, decodedLength: 6, announced: [] }, new Map())) seen.push(piece);
    };
    await expect(read()).rejects.toMatchObject({ code: 'IncompleteBody' });
    expect(Buffer.concat(seen).toString()).toBe('abc');
  });
});

describe('unsigned chunks', () => {
  const body = `3\r\nabc\r\n0\r\n${CRC}:NSRBwg==\r\n\r\n`;

  it('arrive with their trailer', async () => {
    const answer = await put({ mode: UNSIGNED_TRAILER, length: '3', trailer: CRC, body: () => body });
    expect(JSON.parse(answer.text) as Echo).toMatchObject({ body: 'abc', trailers: { [CRC]: 'NSRBwg==' } });
  });

  it('come from an unmodified SDK that streams', async () => {
    const s3 = new S3Client({ endpoint: cloud.url, region: 'us-east-1', forcePathStyle: true, credentials: ALICE, maxAttempts: 1 });
    const stream = Readable.from(Array.from({ length: 50 }, () => Buffer.alloc(4000, 'z')));
    const put = await s3.send(new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: stream, ContentLength: 200_000 }));
    expect(put.$metadata.httpStatusCode).toBe(200);
  });

  it.each([
    ['no length', '', 'InvalidArgument'],
    ['a length that is no number', '3x', 'InvalidArgument'],
    ['a negative length', '-3', 'InvalidArgument'],
  ])('with %s are refused', async (_what, length, code) => {
    expect((await put({ mode: UNSIGNED_TRAILER, length, trailer: CRC, body: () => body })).code).toBe(code);
  });

  it.each([
    ['a size that is no number', 'g\r\n'],
    ['a size that is far too large', 'ffffffffffffffff\r\nabc'],
    ['no CRLF behind a chunk', '3\r\nabcd\r\n0\r\n\r\n'],
    ['a lone LF', '3\nabc\n0\n\n'],
    ['an endless line', 'a'.repeat(5000)],
    ['nothing at all', ''],
    ['an extension', '3;name=value\r\nabc\r\n0\r\n\r\n'],
  ])('framed with %s are refused with a 400', async (_what, bytes) => {
    expect(await put({ mode: UNSIGNED_TRAILER, length: '3', body: () => bytes })).toMatchObject({ status: 400 });
  });
});
