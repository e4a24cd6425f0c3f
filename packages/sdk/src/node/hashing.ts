/** Hashes by `node:crypto` and `node:zlib`. */
import { createHash, createHmac, hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Hashing } from '../transfer/hashing.ts';

/** Hashing for Node. */
export const nodeHashing: Hashing = {
  sha256: (data) => hash('sha256', data, 'hex'),
  hmac: (key, data) => createHmac('sha256', key).update(data).digest(),
  hmacHex: (key, data) => createHmac('sha256', key).update(data).digest('hex'),
  startSha256: () => {
    const running = createHash('sha256');
    return { update: (data) => void running.update(data), hex: () => running.digest('hex') };
  },
  crc32: (data, before) => crc32(data, before),
};
