/** Signatures against the worked examples of Amazon's own documentation. */
import { describe, expect, it } from 'vitest';
import { nodeHashing } from '../../src/node/hashing.ts';
import { canonicalQuery, createSigner, emptyPayloadHash, encodeKey } from '../../src/transfer/sigv4.ts';
import { webHashing } from '../../src/transfer/web-hashing.ts';

const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
const at = Date.UTC(2013, 4, 24) / 1000;
const host = 'examplebucket.s3.amazonaws.com';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, in the order of that page. */
const examples = [
  {
    name: 'GET of an object',
    request: { method: 'GET', path: '/test.txt', query: '', headers: { host, range: 'bytes=0-9' }, payloadHash: emptyPayloadHash },
    signature: 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  },
  {
    name: 'PUT of an object whose name holds a dollar sign',
    request: {
      method: 'PUT',
      path: `/${encodeKey('test$file.text')}`,
      query: '',
      headers: { host, date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
      payloadHash: '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
    },
    signature: '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  },
  {
    name: 'a parameter without a value',
    request: { method: 'GET', path: '/', query: canonicalQuery({ lifecycle: '' }), headers: { host }, payloadHash: emptyPayloadHash },
    signature: 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  },
  {
    name: 'parameters in any order',
    request: { method: 'GET', path: '/', query: canonicalQuery({ prefix: 'J', 'max-keys': '2' }), headers: { host }, payloadHash: emptyPayloadHash },
    signature: '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  },
];

describe.each([
  ['node', nodeHashing],
  ['web', webHashing],
])('signed with the hashes of %s', (_, hashing) => {
  it.each(examples)('$name has the signature that Amazon prints', ({ request, signature }) => {
    const headers: Record<string, string> = { ...request.headers };
    createSigner('us-east-1', hashing).sign({ ...request, headers }, credentials, at);
    expect(headers['authorization']).toContain(`Signature=${signature}`);
  });

  it('hashes and checksums are the published ones', () => {
    const data = new TextEncoder().encode('123456789');
    expect(hashing.sha256('')).toBe(emptyPayloadHash);
    expect(hashing.crc32(data, 0)).toBe(0xcbf43926);
    expect(hashing.crc32(data.subarray(4), hashing.crc32(data.subarray(0, 4), 0))).toBe(0xcbf43926);
    const running = hashing.startSha256();
    running.update(data.subarray(0, 2));
    running.update(data.subarray(2));
    expect(running.hex()).toBe(hashing.sha256(data));
  });
});

describe('names as they go on the wire', () => {
  it.each([
    ['plain/path.txt', 'plain/path.txt'],
    ['a b+c', 'a%20b%2Bc'],
    ["!'()*", '%21%27%28%29%2A'],
    ['é/日本/😀', '%C3%A9/%E6%97%A5%E6%9C%AC/%F0%9F%98%80'],
    ['50%/x?y#z', '50%25/x%3Fy%23z'],
  ])('%j becomes %j', (key, encoded) => {
    expect(encodeKey(key)).toBe(encoded);
  });
});

describe('a key that is kept', () => {
  it('is never used for another secret or another day', () => {
    const signer = createSigner('us-east-1', nodeHashing);
    const sign = (secretAccessKey: string, second: number): string => {
      const headers: Record<string, string> = { host };
      signer.sign({ method: 'GET', path: '/', query: '', headers, payloadHash: emptyPayloadHash }, { accessKeyId: 'A', secretAccessKey }, second);
      return headers['authorization'] ?? '';
    };
    const first = sign('one', at);
    expect(sign('two', at)).not.toBe(first);
    expect(sign('one', at + 86_400)).not.toBe(first);
    expect(sign('one', at)).toBe(first);
  });
});
