/**
 * The CRC of a whole from the CRCs of its parts, without reading a byte again (as zlib's `crc32_combine`): appending `n` zero bytes to a message is a linear map on
 * its CRC, and that map is a matrix power.
 */
import type { ChecksumAlgorithm } from './algorithms.ts';

/** A CRC as used here: reflected polynomial, all-ones start and end. */
interface Crc {
  readonly bits: number;
  readonly polynomial: bigint;
}

const CRCS: Readonly<Partial<Record<ChecksumAlgorithm, Crc>>> = {
  CRC32: { bits: 32, polynomial: 0xedb88320n },
  CRC32C: { bits: 32, polynomial: 0x82f63b78n },
  CRC64NVME: { bits: 64, polynomial: 0x9a6c9329ac4bc9b5n },
};

/** Whether the algorithm can be combined: a multipart object can have a full-object checksum only then. */
export function combines(algorithm: ChecksumAlgorithm): boolean {
  return CRCS[algorithm] !== undefined;
}

/** A part's digest (big-endian) and its length in bytes. */
export interface PartDigest {
  readonly digest: Buffer;
  readonly size: number;
}

/** The digest of all parts, in order. @throws Error for an algorithm that does not combine. */
export function combineDigests(algorithm: ChecksumAlgorithm, parts: readonly PartDigest[]): Buffer {
  const crc = CRCS[algorithm];
  if (crc === undefined) throw new Error(`${algorithm} does not combine`);
  // Parts mostly have one length, so its matrix is made once.
  const maps = new Map<number, readonly bigint[]>();
  let total = 0n;
  for (const { digest, size } of parts) {
    let map = maps.get(size);
    if (map === undefined) {
      map = appendZeros(crc, size);
      maps.set(size, map);
    }
    total = apply(map, total) ^ BigInt(`0x${digest.toString('hex')}`);
  }
  return Buffer.from(total.toString(16).padStart(crc.bits / 4, '0'), 'hex');
}

/** The map that appends `bytes` zero bytes, by repeated squaring. */
function appendZeros({ bits, polynomial }: Crc, bytes: number): readonly bigint[] {
  let power: readonly bigint[] = [polynomial, ...Array.from({ length: bits - 1 }, (_, bit) => 1n << BigInt(bit))]; // one zero bit
  for (let step = 0; step < 3; step += 1) power = multiply(power, power);
  let result: readonly bigint[] = Array.from({ length: bits }, (_, bit) => 1n << BigInt(bit));
  for (let left = bytes; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = multiply(power, result);
    power = multiply(power, power);
  }
  return result;
}

function multiply(a: readonly bigint[], b: readonly bigint[]): readonly bigint[] {
  return b.map((column) => apply(a, column));
}

function apply(matrix: readonly bigint[], vector: bigint): bigint {
  let sum = 0n;
  let left = vector;
  for (const column of matrix) {
    if (left === 0n) break;
    if (left & 1n) sum ^= column;
    left >>= 1n;
  }
  return sum;
}
