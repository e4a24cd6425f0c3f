/**
 * Amazon's own examples of signatures: the figures of its SigV4 test suite and of the S3 developer guide.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html#example-signature-calculations
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html and sigv4-streaming-trailers.html
 */
import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { readChunked } from '../../src/sigv4/chunked-body.ts';
import { type Claim, readClaim } from '../../src/sigv4/claim.ts';
import { SigningKeys } from '../../src/sigv4/signing-key.ts';
import { verifySignature } from '../../src/sigv4/verify.ts';
import { readWireRequest, type WireRequest } from '../../src/sigv4/wire-request.ts';

const SUITE_SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const S3_SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const EMPTY = hash('sha256', '', 'hex');

/** Only these parts of a message are read. */
const wire = (method: string, url: string, headers: readonly (readonly [string, string])[]): WireRequest =>
  readWireRequest({ method, url, rawHeaders: headers.flat() } as unknown as IncomingMessage);

function claimOf(request: WireRequest): Claim {
  const claim = readClaim(request);
  if (!claim) throw new Error('the vector carries no signature');
  return claim;
}

describe('the SigV4 test suite', () => {
  const base: [string, string][] = [
    ['Host', 'example.amazonaws.com'],
    ['X-Amz-Date', '20150830T123600Z'],
  ];
  const vectors: [string, string, string, [string, string][], string, string, string][] = [
    ['get-vanilla', 'GET', '/', [], 'host;x-amz-date', '', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    [
      'get-vanilla-query-order-key-case',
      'GET',
      '/?Param2=value2&Param1=value1',
      [],
      'host;x-amz-date',
      '',
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    ],
    [
      'get-unreserved',
      'GET',
      '/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
      [],
      'host;x-amz-date',
      '',
      '07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f',
    ],
    ['get-slashes', 'GET', '//example//', [], 'host;x-amz-date', '', '9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84'],
    ['get-relative-relative', 'GET', '/example1/example2/../..', [], 'host;x-amz-date', '', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    [
      'get-header-value-trim',
      'GET',
      '/',
      [
        ['My-Header1', ' value1'],
        ['My-Header2', ' "a   b   c"'],
      ],
      'host;my-header1;my-header2;x-amz-date',
      '',
      'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
    ],
    [
      'get-header-key-duplicate',
      'GET',
      '/',
      [
        ['My-Header1', 'value2'],
        ['My-Header1', 'value2'],
        ['My-Header1', 'value1'],
      ],
      'host;my-header1;x-amz-date',
      '',
      'c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea',
    ],
    ['post-vanilla', 'POST', '/', [], 'host;x-amz-date', '', '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
    [
      'post-x-www-form-urlencoded',
      'POST',
      '/',
      [['Content-Type', 'application/x-www-form-urlencoded']],
      'content-type;host;x-amz-date',
      'Param1=value1',
      'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
    ],
  ];

  it.each(vectors)('%s', (_name, method, url, headers, signedHeaders, body, signature) => {
    const credential = 'AKIDEXAMPLE/20150830/us-east-1/service/aws4_request';
    const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
    const request = wire(method, url, [...headers, ...base, ['Authorization', authorization]]);
    expect(verifySignature(request, claimOf(request), SUITE_SECRET, hash('sha256', body, 'hex'), new SigningKeys()).signature).toBe(signature);
  });
});

const sha = (value: string): [string, string] => ['x-amz-content-sha256', value];

const authorize = (signedHeaders: string, signature: string): [string, string] => [
  'Authorization',
  `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=${signedHeaders},Signature=${signature}`,
];

const seedOf = (mode: string, more: [string, string][], names: string, signature: string) => {
  const headers: [string, string][] = [
    ['Host', 's3.amazonaws.com'],
    ['x-amz-date', '20130524T000000Z'],
    ['x-amz-storage-class', 'REDUCED_REDUNDANCY'],
    ['x-amz-content-sha256', mode],
    ['Content-Encoding', 'aws-chunked'],
    ['x-amz-decoded-content-length', '66560'],
    ...more,
    authorize(names, signature),
  ];
  const request = wire('PUT', '/examplebucket/chunkObject.txt', headers);
  return verifySignature(request, claimOf(request), S3_SECRET, mode, new SigningKeys());
};

async function* asStream(pieces: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* pieces;
}

const end = (checksum: string): string =>
  `x-amz-checksum-crc32c:${checksum}\r\nx-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n`;

async function decode(bytes: Buffer, options: Parameters<typeof readChunked>[1], trailers = new Map<string, string>()): Promise<string> {
  // Cut at odd places, so that no boundary of the framing is a boundary of the stream.
  const pieces = Array.from({ length: Math.ceil(bytes.length / 997) }, (_, index) => bytes.subarray(index * 997, (index + 1) * 997));
  const parts: Uint8Array[] = [];
  for await (const part of readChunked(asStream(pieces), options, trailers)) parts.push(part);
  return Buffer.concat(parts).toString();
}
describe("the S3 guide's examples", () => {
  const date = 'Fri, 24 May 2013 00:00:00 GMT';
  const common: [string, string][] = [
    ['Host', 'examplebucket.s3.amazonaws.com'],
    ['x-amz-date', '20130524T000000Z'],
  ];
  const body = 'Welcome to Amazon S3.';

  it.each<[string, string, string, [string, string][], string, string, string]>([
    [
      'GET with a range',
      'GET',
      '/test.txt',
      [['Range', 'bytes=0-9'], sha(EMPTY)],
      'host;range;x-amz-content-sha256;x-amz-date',
      EMPTY,
      'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    ],
    [
      'PUT of a key with a dollar',
      'PUT',
      '/test$file.text',
      [['Date', date], ['x-amz-storage-class', 'REDUCED_REDUNDANCY'], sha(hash('sha256', body, 'hex'))],
      'date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class',
      hash('sha256', body, 'hex'),
      '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
    ],
    [
      'GET of a subresource',
      'GET',
      '/?lifecycle',
      [sha(EMPTY)],
      'host;x-amz-content-sha256;x-amz-date',
      EMPTY,
      'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
    ],
    [
      'a listing',
      'GET',
      '/?max-keys=2&prefix=J',
      [sha(EMPTY)],
      'host;x-amz-content-sha256;x-amz-date',
      EMPTY,
      '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    ],
  ])('%s', (_name, method, url, headers, signedHeaders, payload, signature) => {
    const request = wire(method, url, [...common, ...headers, authorize(signedHeaders, signature)]);
    expect(verifySignature(request, claimOf(request), S3_SECRET, payload, new SigningKeys()).signature).toBe(signature);
  });

  it('a presigned URL', () => {
    const signature = 'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404';
    const query = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=${signature}`;
    const request = wire('GET', `/test.txt?${query}`, [['Host', 'examplebucket.s3.amazonaws.com']]);
    expect(verifySignature(request, claimOf(request), S3_SECRET, 'UNSIGNED-PAYLOAD', new SigningKeys()).signature).toBe(signature);
  });

  describe('a body of signed chunks', () => {
    const content = 'a'.repeat(66_560);
    const chunks = (signatures: readonly string[], end = '\r\n'): Buffer =>
      Buffer.from(
        `10000;chunk-signature=${signatures[0]}\r\n${content.slice(0, 65_536)}\r\n400;chunk-signature=${signatures[1]}\r\n${content.slice(65_536)}\r\n0;chunk-signature=${signatures[2]}\r\n${end}`,
      );
    const signatures = [
      'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648',
      '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497',
      'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9',
    ];
    const names = 'content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class';
    const plain = () =>
      seedOf('STREAMING-AWS4-HMAC-SHA256-PAYLOAD', [['Content-Length', '66824']], names, '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9');

    it('holds', async () => {
      expect(await decode(chunks(signatures), { seed: plain(), trailer: false, decodedLength: 66_560, announced: [] })).toBe(content);
    });

    it.each([0, 1, 2])('is refused when the signature of chunk %i is another', async (index) => {
      const changed = signatures.map((signature, at) => (at === index ? signature.replace(/.$/, (last) => (last === '0' ? '1' : '0')) : signature));
      await expect(decode(chunks(changed), { seed: plain(), trailer: false, decodedLength: 66_560, announced: [] })).rejects.toMatchObject({
        code: 'SignatureDoesNotMatch',
      });
    });

    it('with a signed trailer holds, and gives the trailer', async () => {
      const trailed = [
        'b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2',
        '1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7',
        '2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992',
      ];
      const seed = seedOf(
        'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
        [['x-amz-trailer', 'x-amz-checksum-crc32c']],
        'content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer',
        '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e',
      );
      const options = { seed, trailer: true, decodedLength: 66_560, announced: ['x-amz-checksum-crc32c'] };
      const trailers = new Map<string, string>();
      expect(await decode(chunks(trailed, end('sOO8/Q==')), options, trailers)).toBe(content);
      expect(Object.fromEntries(trailers)).toEqual({ 'x-amz-checksum-crc32c': 'sOO8/Q==' });
      await expect(decode(chunks(trailed, end('sOO8/Q=A')), options)).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' });
    });
  });
});
