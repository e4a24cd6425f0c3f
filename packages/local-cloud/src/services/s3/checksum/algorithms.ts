/** The five checksums of S3 ("Checking object integrity"), each as a running tally. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { crc32c } from './crc32c.ts';
import { crc64Digest, crc64Start, crc64Update } from './crc64nvme.ts';

export type ChecksumAlgorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256';

/** A checksum in the making. */
export interface Tally {
  update(bytes: Uint8Array): void;
  digest(): Buffer;
}

/** Bytes of each algorithm's digest. */
export const DIGEST_BYTES: Readonly<Record<ChecksumAlgorithm, number>> = { CRC32: 4, CRC32C: 4, CRC64NVME: 8, SHA1: 20, SHA256: 32 };

/** Every algorithm, in the order of the API reference. */
export const ALGORITHMS = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const satisfies readonly ChecksumAlgorithm[];

/** The header that carries an algorithm's value. */
export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

/** The algorithm with this name in any case, or undefined. */
export function algorithmNamed(name: string): ChecksumAlgorithm | undefined {
  return ALGORITHMS.find((algorithm) => algorithm === name.toUpperCase());
}

/** A tally that has seen nothing yet. */
export function startTally(algorithm: ChecksumAlgorithm): Tally {
  switch (algorithm) {
    case 'CRC32':
      return wordTally((bytes, before) => crc32(bytes, before));
    case 'CRC32C':
      return wordTally(crc32c);
    case 'CRC64NVME': {
      const state = crc64Start();
      return { update: (bytes) => crc64Update(state, bytes), digest: () => crc64Digest(state) };
    }
    case 'SHA1':
    case 'SHA256':
      return hashTally(algorithm);
    default:
      return algorithm satisfies never;
  }
}

function hashTally(algorithm: 'SHA1' | 'SHA256'): Tally {
  const hash = createHash(algorithm);
  return {
    update: (bytes) => {
      hash.update(bytes);
    },
    digest: () => hash.digest(),
  };
}

function wordTally(next: (bytes: Uint8Array, before: number) => number): Tally {
  let value = 0;
  return {
    update: (bytes) => {
      value = next(bytes, value);
    },
    digest: () => {
      const digest = Buffer.alloc(4);
      digest.writeUInt32BE(value);
      return digest;
    },
  };
}
