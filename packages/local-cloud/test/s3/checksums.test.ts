/** The five checksums: their published check values, their combination, and what becomes of a false claim. */
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { CreateBucketCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ALGORITHMS, type ChecksumAlgorithm, startTally } from '../../src/services/s3/checksum/algorithms.ts';
import { combineDigests } from '../../src/services/s3/checksum/combine.ts';
import { startStorage, type Storage } from './storage.ts';

/** The catalogue of parametrised CRC algorithms, and FIPS 180 for the hashes, give these for "123456789". */
const CHECK: Readonly<Record<ChecksumAlgorithm, string>> = {
  CRC32: 'cbf43926',
  CRC32C: 'e3069283',
  CRC64NVME: 'ae8b14860a799888',
  SHA1: 'f7c3bc1d808e04732adf679965ccc34ca7ae3441',
  SHA256: '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225',
};

function digest(algorithm: ChecksumAlgorithm, ...pieces: readonly Uint8Array[]): Buffer {
  const tally = startTally(algorithm);
  for (const piece of pieces) tally.update(piece);
  return tally.digest();
}

test.each(ALGORITHMS)('%s has its published check value, however the message is cut', (algorithm) => {
  const message = Buffer.from('123456789');
  expect(digest(algorithm, message).toString('hex')).toBe(CHECK[algorithm]);
  expect(digest(algorithm, message.subarray(0, 1), message.subarray(1, 4), message.subarray(4)).toString('hex')).toBe(CHECK[algorithm]);
});

test('CRCs of parts combine to the CRC of the whole', () => {
  const parts = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(fc.constantFrom('CRC32', 'CRC32C', 'CRC64NVME'), parts, (algorithm, pieces) => {
      const combined = combineDigests(
        algorithm,
        pieces.map((piece) => ({ digest: digest(algorithm, piece), size: piece.byteLength })),
      );
      expect(combined.toString('hex')).toBe(digest(algorithm, ...pieces).toString('hex'));
    }),
  );
});

describe('over the wire', () => {
  let storage: Storage;
  beforeAll(async () => {
    storage = await startStorage();
    await storage.client().send(new CreateBucketCommand({ Bucket: 'sums' }));
  });
  afterAll(() => storage.close());

  test.each(ALGORITHMS)('%s is verified, kept, and given back on request', async (algorithm) => {
    const client = storage.client();
    const body = randomBytes(200_000);
    const sum = digest(algorithm, body).toString('base64');
    await client.send(new PutObjectCommand({ Bucket: 'sums', Key: algorithm, Body: body, [`Checksum${algorithm}`]: sum }));
    const head = await client.send(new HeadObjectCommand({ Bucket: 'sums', Key: algorithm, ChecksumMode: 'ENABLED' }));
    expect(head[`Checksum${algorithm}`]).toBe(sum);
    expect(head.ChecksumType).toBe('FULL_OBJECT');
    const unasked = await client.send(new HeadObjectCommand({ Bucket: 'sums', Key: algorithm }));
    expect(unasked[`Checksum${algorithm}`]).toBeUndefined();
  });

  test.each(ALGORITHMS)('a false %s stores nothing', async (algorithm) => {
    const client = storage.client();
    const wrong = digest(algorithm, Buffer.from('another body')).toString('base64');
    const put = client.send(new PutObjectCommand({ Bucket: 'sums', Key: `false-${algorithm}`, Body: 'body', [`Checksum${algorithm}`]: wrong }));
    await expect(put).rejects.toMatchObject({ name: 'BadDigest', $metadata: { httpStatusCode: 400 } });
    await expect(client.send(new GetObjectCommand({ Bucket: 'sums', Key: `false-${algorithm}` }))).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  test.each(ALGORITHMS)('a stream with %s in its trailer is verified', async (algorithm) => {
    const client = storage.client();
    const body = Readable.from([randomBytes(100_000), randomBytes(50_000)]);
    await client.send(new PutObjectCommand({ Bucket: 'sums', Key: 'trailer', Body: body, ContentLength: 150_000, ChecksumAlgorithm: algorithm }));
    const got = await client.send(new GetObjectCommand({ Bucket: 'sums', Key: 'trailer', ChecksumMode: 'ENABLED' }));
    expect((await got.Body?.transformToByteArray())?.byteLength).toBe(150_000);
    expect(got[`Checksum${algorithm}`]).toBeDefined();
  });

  test('a Content-MD5 that does not fit is refused, and one that is no digest too', async () => {
    const client = storage.client();
    const put = (ContentMD5: string) => client.send(new PutObjectCommand({ Bucket: 'sums', Key: 'md5', Body: 'x', ContentMD5 }));
    await expect(put('1B2M2Y8AsgTpgAmY7PhCfg==')).rejects.toMatchObject({ name: 'BadDigest' });
    await expect(put('not base64')).rejects.toMatchObject({ name: 'InvalidDigest' });
  });

  test('without a claim S3 computes CRC-64/NVME itself', async () => {
    const client = storage.client(undefined, { requestChecksumCalculation: 'WHEN_REQUIRED' });
    const body = randomBytes(1000);
    const put = await client.send(new PutObjectCommand({ Bucket: 'sums', Key: 'silent', Body: body }));
    expect(put.ChecksumCRC64NVME).toBe(digest('CRC64NVME', body).toString('base64'));
  });
});
