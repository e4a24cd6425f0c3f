/** The body of a request to STS, KMS or SSM: small, and wanted whole before its signature can be checked, since that covers its hash. */
import type { IncomingMessage } from 'node:http';
import { AwsError } from './aws-error.ts';

/** AWS's own limit for these services' requests, in bytes. */
const MAX_BYTES = 1024 * 1024;

/** How long such a body may take to come, in milliseconds; whoever sends it has not proved anything yet. */
const PATIENCE = 30_000;

/** Collects a body. @throws AwsError 413 `RequestEntityTooLarge` beyond 1 MiB, 400 `IncompleteBody` where it does not come. */
export async function collectSmallBody(message: IncomingMessage, raw: AsyncIterable<Buffer>): Promise<Buffer> {
  const impatience = setTimeout(() => message.destroy(), PATIENCE);
  try {
    const pieces: Buffer[] = [];
    let size = 0;
    for await (const piece of raw) {
      size += piece.length;
      if (size > MAX_BYTES) throw new AwsError(413, 'RequestEntityTooLarge', `The request body may have ${MAX_BYTES} bytes.`);
      pieces.push(piece);
    }
    return pieces.length === 1 ? (pieces[0] ?? Buffer.alloc(0)) : Buffer.concat(pieces);
  } finally {
    clearTimeout(impatience);
  }
}
