/** Hashes in plain JavaScript, from `@noble/hashes`: the browser's own can't take data in pieces and answer only later. */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Hashing } from './hashing.ts';

const bytes = (data: Uint8Array | string): Uint8Array => (typeof data === 'string' ? utf8ToBytes(data) : data);

const crcTable = Int32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** Hashing for browsers, and for any runtime without `node:crypto`. */
export const webHashing: Hashing = {
  sha256: (data) => bytesToHex(sha256(bytes(data))),
  hmac: (key, data) => hmac(sha256, bytes(key), utf8ToBytes(data)),
  hmacHex: (key, data) => bytesToHex(hmac(sha256, key, utf8ToBytes(data))),
  startSha256: () => {
    const running = sha256.create();
    return { update: (data) => void running.update(data), hex: () => bytesToHex(running.digest()) };
  },
  crc32: (data, before) => {
    let crc = ~before;
    for (const byte of data) crc = (crc >>> 8) ^ (crcTable[(crc ^ byte) & 0xff] ?? 0);
    return ~crc >>> 0;
  },
};
