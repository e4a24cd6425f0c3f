/** The body of an S3 request, checked as `x-amz-content-sha256` asks for while it streams past. */
import { createHash } from 'node:crypto';
import { readChunked } from '../sigv4/chunked-body.ts';
import type { Payload } from '../sigv4/payload.ts';
import type { Verified } from '../sigv4/verify.ts';
import { AwsError } from './aws-error.ts';

export interface ObjectBody {
  readonly body: AsyncIterable<Uint8Array>;
  /** Bytes; undefined where the client sent no length. */
  readonly length: number | undefined;
  readonly trailers: ReadonlyMap<string, string>;
}

/**
 * Puts the promised check around the raw bytes.
 * @param seed the verified signature that chunk signatures go on from; undefined for an unsigned request
 * @throws AwsError 400 or 411 for a length that is missing or no number, or a chunked body in an unsigned request that claims signed chunks.
 */
export function objectBody(raw: AsyncIterable<Buffer>, payload: Payload, headers: ReadonlyMap<string, string>, seed: Verified | undefined): ObjectBody {
  const trailers = new Map<string, string>();
  const contentLength = readLength(headers.get('content-length'), 'Content-Length');
  if (payload.kind === 'unsigned') return { body: raw, length: contentLength, trailers };
  if (payload.kind === 'hashed') return { body: checkHash(raw, payload.sha256), length: contentLength, trailers };
  const decodedLength = readLength(headers.get('x-amz-decoded-content-length'), 'x-amz-decoded-content-length');
  if (decodedLength === undefined) throw new AwsError(411, 'MissingContentLength', 'You must provide the x-amz-decoded-content-length HTTP header.');
  if (payload.signed && !seed) throw new AwsError(400, 'InvalidRequest', 'A body of signed chunks needs a signed request.');
  const announced = payload.trailer ? names(headers.get('x-amz-trailer')) : [];
  const options = { seed: payload.signed ? seed : undefined, trailer: payload.trailer, decodedLength, announced };
  return { body: readChunked(raw, options, trailers), length: decodedLength, trailers };
}

async function* checkHash(raw: AsyncIterable<Buffer>, sha256: string): AsyncGenerator<Uint8Array> {
  const digest = createHash('sha256');
  for await (const piece of raw) {
    digest.update(piece);
    yield piece;
  }
  const actual = digest.digest('hex');
  if (actual !== sha256) {
    throw new AwsError(400, 'XAmzContentSHA256Mismatch', "The provided 'x-amz-content-sha256' header does not match what was computed.", {
      ClientComputedContentSHA256: sha256,
      S3ComputedContentSHA256: actual,
    });
  }
}

function readLength(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new AwsError(400, 'InvalidArgument', `${name} must be a number of bytes.`);
  return Number(text);
}

function names(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
}
