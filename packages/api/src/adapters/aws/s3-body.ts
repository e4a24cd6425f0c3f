/** A body in memory, with a bound that holds whatever the headers say. */
import { Readable } from 'node:stream';
import { HqError } from '@hq/shared/errors';

/** @throws HqError `TOO_LARGE`, before anything is read where the length is known. */
export async function readBounded(body: unknown, length: number | undefined, maxBytes: number): Promise<Uint8Array> {
  if (!(body instanceof Readable)) return new Uint8Array();
  if (length !== undefined && length > maxBytes) {
    body.destroy();
    throw tooLarge(length, maxBytes);
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    if (!(chunk instanceof Uint8Array)) continue;
    bytes += chunk.length;
    // Leaving the loop destroys the stream.
    if (bytes > maxBytes) throw tooLarge(bytes, maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(size: number, maxBytes: number): HqError {
  return new HqError('TOO_LARGE', `The file has ${size} bytes; here at most ${maxBytes} are given.`, {
    hint: 'Ask for a session with credentials.issue and read it from storage.',
    details: { size, maxBytes },
  });
}
