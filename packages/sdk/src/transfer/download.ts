/**
 * A body as it comes, checked: its length, and the strongest of what is known about it (the checksum that storage keeps, or the SHA-256 that the uploader wrote
 * down). A connection that breaks is taken up again where it broke, for the same version of the object.
 */
import { HqError } from '@hq/shared/errors';
import { hexToBase64, type Hashing } from './hashing.ts';
import { isBrokenConnection } from './refusal.ts';
import type { WireResponse } from './transport.ts';

export interface Download {
  readonly path: string;
  readonly size: number;
  readonly first: WireResponse;
  /** The SHA-256, in hex, that the object's metadata claims. */
  readonly claimedSha256: string | undefined;
  /** The rest of the same version, from that byte on. */
  resume(from: number): Promise<WireResponse>;
}

interface Check {
  update(chunk: Uint8Array): void;
  holds(): boolean;
}

function checkOf({ first, claimedSha256 }: Download, hashing: Hashing): Check | undefined {
  const whole = first.header('x-amz-checksum-type') !== 'COMPOSITE';
  const sha256 = whole ? first.header('x-amz-checksum-sha256') : undefined;
  const crc32 = whole ? first.header('x-amz-checksum-crc32') : undefined;
  if (sha256 !== undefined && !sha256.includes('-')) {
    const running = hashing.startSha256();
    return { update: (chunk) => running.update(chunk), holds: () => hexToBase64(running.hex()) === sha256 };
  }
  if (claimedSha256 !== undefined) {
    const running = hashing.startSha256();
    return { update: (chunk) => running.update(chunk), holds: () => running.hex() === claimedSha256 };
  }
  if (crc32 !== undefined && !crc32.includes('-')) {
    let crc = 0;
    return { update: (chunk) => (crc = hashing.crc32(chunk, crc)), holds: () => hexToBase64(crc.toString(16).padStart(8, '0')) === crc32 };
  }
  return undefined;
}

const resumptions = 5;

/** The verified bytes. @throws HqError `UNAVAILABLE` at the end when they are not what was stored: whoever writes them down must not keep them. */
export async function* verifiedBody(download: Download, hashing: Hashing): AsyncGenerator<Uint8Array> {
  const { path, size } = download;
  const check = checkOf(download, hashing);
  let response = download.first;
  let received = 0;
  for (let breaks = 0; ; breaks++) {
    try {
      for await (const chunk of response.body) {
        received += chunk.length;
        if (received > size) break;
        check?.update(chunk);
        yield chunk;
      }
    } catch (error) {
      if (!isBrokenConnection(error) || breaks >= resumptions) throw error;
    }
    if (received >= size) break;
    // Ended early, with an error or without one.
    if (breaks >= resumptions) break;
    response = await download.resume(received);
  }
  if (received === size && (check === undefined || check.holds())) return;
  throw new HqError('UNAVAILABLE', `"${path}" arrived damaged.`, {
    hint: 'Nothing of it was kept. Try again; if it happens again, restore an older version.',
    details: { reason: 'damaged' },
  });
}
