/**
 * A large file in parts (S3's multipart upload). Parts are read in order and sent a few at a time; each asks for a session when it is sent, so an upload outlives
 * the sessions it uses. A part that failed is sent again under its own number, which replaces it: none is lost, none is doubled. On failure the upload is
 * aborted, so that nothing half-written stays behind.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
 */
import { HqError } from '@hq/shared/errors';
import type { Path } from '@hq/shared/path';
import { bufferPool, changedMeanwhile, inParts, type ByteBudget } from './buffers.ts';
import { hexToBase64, type Hashing } from './hashing.ts';
import { Refusal } from './refusal.ts';
import type { Content } from './remote.ts';
import { unsignedPayload } from './sigv4.ts';
import type { Storage, StorageRequest } from './storage.ts';
import type { WireResponse } from './transport.ts';
import type { Lease } from './sessions.ts';
import { encodeEntities, textOf } from './xml.ts';

/** The size of a part, and the largest file that goes in one request. */
export const partBytes = 8 * 1024 * 1024;
/** S3's own bound. */
const maxParts = 10_000;
const partsAtOnce = 4;

export interface MultipartPorts {
  readonly storage: Storage;
  readonly hashing: Hashing;
  readonly budget: ByteBudget;
  readonly lease: () => Promise<Lease>;
}

export interface MultipartRequest {
  readonly path: Path;
  readonly content: Content;
  /** Sent when the upload begins: metadata and content type. */
  readonly headers: Readonly<Record<string, string>>;
  /** `if-match` or `if-none-match`, judged when the upload is completed. */
  readonly condition: Readonly<Record<string, string>>;
  /** SHA-256 in hex that the content is known to have. */
  readonly expectedSha256: string | undefined;
  readonly onProgress?: (sentBytes: number) => void;
}

interface Part {
  readonly number: number;
  readonly etag: string;
  readonly crc32: string;
}

/** The bigger the file, the bigger the part: 10,000 of them have to do. */
export function partSizeFor(size: number): number {
  const least = Math.ceil(size / maxParts);
  return least <= partBytes ? partBytes : Math.ceil(least / 1_048_576) * 1_048_576;
}

/** True where nobody between us and storage can change the bytes: over TLS, and within this machine. */
function isGuarded(endpoint: string | null): boolean {
  if (endpoint === null) return true;
  const { protocol, hostname } = new URL(endpoint);
  return protocol === 'https:' || ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
}

function crcBase64(crc: number): string {
  return hexToBase64(crc.toString(16).padStart(8, '0'));
}

/** Uploads and answers with the new ETag. @throws Refusal of storage; HqError `CONFLICT` when the content changed while it was read. */
export async function uploadInParts(request: MultipartRequest, { storage, hashing, budget, lease }: MultipartPorts): Promise<string> {
  const { path, content, condition, expectedSha256 } = request;
  const send = (facts: Omit<StorageRequest, 'path' | 'access'>): Promise<WireResponse> => storage.send({ path, access: 'write', ...facts }, lease);
  const guarded = isGuarded((await lease()).grant.endpoint);

  const begun = await send({
    method: 'POST',
    query: { uploads: '' },
    headers: { ...request.headers, 'x-amz-checksum-algorithm': 'CRC32', 'x-amz-checksum-type': 'FULL_OBJECT' },
  });
  const uploadId = textOf(await begun.text(), 'UploadId');
  if (uploadId === undefined) throw new HqError('UNAVAILABLE', 'Storage began an upload without saying which.', { hint: 'Try again.' });

  try {
    const parts = await sendParts();
    return await complete(parts);
  } catch (error) {
    // The first failure is what the person has to hear; an upload that can't be aborted either is cleaned up by the bucket's lifecycle.
    await send({ method: 'DELETE', query: { uploadId } })
      .then((response) => response.discard())
      .catch(() => undefined);
    throw error;
  }

  async function sendPart(number: number, body: Uint8Array): Promise<Part> {
    const crc32 = crcBase64(hashing.crc32(body, 0));
    // On a guarded way the checksum is enough; on an open one the bytes themselves are signed.
    const response = await send({
      method: 'PUT',
      query: { partNumber: String(number), uploadId },
      headers: { 'x-amz-checksum-crc32': crc32 },
      body,
      ...(guarded ? { payloadHash: unsignedPayload } : {}),
    });
    await response.discard();
    const etag = response.header('etag');
    if (etag === undefined) throw new HqError('UNAVAILABLE', 'Storage took a part without naming it.', { hint: 'Try again.' });
    return { number, etag, crc32 };
  }

  async function sendParts(): Promise<Part[]> {
    const whole = expectedSha256 === undefined ? undefined : hashing.startSha256();
    const partSize = partSizeFor(content.size);
    const sent: Part[] = [];
    const underWay = new Set<Promise<void>>();
    const failures: unknown[] = [];
    let number = 0;
    let done = 0;
    const keep = async (part: number, body: Uint8Array, release: () => void): Promise<void> => {
      try {
        sent.push(await sendPart(part, body));
        done += body.length;
        request.onProgress?.(done);
      } catch (error) {
        failures.push(error);
      } finally {
        // Answered or given up: nobody reads these bytes any more.
        pool.give(body);
        release();
      }
    };
    const pool = bufferPool(partSize);
    const source = inParts(content.open(), content.size, partSize, path, pool);
    try {
      for (;;) {
        const release = await budget.take(Math.max(0, Math.min(partSize, content.size - number * partSize)));
        const next = await source.next().catch((error: unknown) => {
          release();
          throw error;
        });
        if (next.done === true || failures.length > 0) {
          release();
          break;
        }
        const body = next.value;
        whole?.update(body);
        number += 1;
        const task = keep(number, body, release).finally(() => underWay.delete(task));
        underWay.add(task);
        if (underWay.size >= partsAtOnce) await Promise.race(underWay);
      }
    } finally {
      await source.return(undefined);
      await Promise.all(underWay);
    }
    if (failures.length > 0) throw failures[0];
    if (whole !== undefined && whole.hex() !== expectedSha256) throw changedMeanwhile(path);
    return sent.sort((a, b) => a.number - b.number);
  }

  async function complete(parts: readonly Part[]): Promise<string> {
    const rows = parts.map(
      ({ number, etag, crc32 }) => `<Part><PartNumber>${number}</PartNumber><ETag>${encodeEntities(etag)}</ETag><ChecksumCRC32>${crc32}</ChecksumCRC32></Part>`,
    );
    const xml = `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${rows.join('')}</CompleteMultipartUpload>`;
    const response = await send({
      method: 'POST',
      query: { uploadId },
      headers: { ...condition, 'content-type': 'application/xml', 'x-amz-checksum-type': 'FULL_OBJECT' },
      body: new TextEncoder().encode(xml),
    });
    // S3 may begin with 200 and fail afterwards, in the body.
    const answer = await response.text();
    const etag = textOf(answer, 'ETag');
    if (etag !== undefined) return etag.replaceAll('"', '');
    throw new Refusal(500, textOf(answer, 'Code') ?? 'InternalError', textOf(answer, 'Message') ?? 'the upload was not completed');
  }
}
