/** The hashes that a transfer needs. Node brings its own, fast ones (`node/hashing.ts`); a browser uses `web-hashing.ts`. */
export interface Hashing {
  /** SHA-256 of the data, in lower-case hex. */
  sha256(data: Uint8Array | string): string;
  /** HMAC with SHA-256 (RFC 2104). */
  hmac(key: Uint8Array | string, data: string): Uint8Array;
  /** HMAC with SHA-256, in lower-case hex. */
  hmacHex(key: Uint8Array, data: string): string;
  /** SHA-256 of data that comes in pieces. */
  startSha256(): RunningHash;
  /** CRC-32 as in gzip, over pieces: pass the last result on. */
  crc32(data: Uint8Array, before: number): number;
}

export interface RunningHash {
  update(data: Uint8Array): void;
  /** Lower-case hex. The hash can't be used after it. */
  hex(): string;
}

/** Hex as base64, the form of S3's `x-amz-checksum-…` headers. */
export function hexToBase64(hex: string): string {
  let bytes = '';
  for (let i = 0; i < hex.length; i += 2) bytes += String.fromCharCode(Number.parseInt(hex.slice(i, i + 2), 16));
  return btoa(bytes);
}
