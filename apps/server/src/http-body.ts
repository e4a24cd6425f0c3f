/** A request's body as text: bounded, and valid UTF-8 or refused. */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { HqError } from '@hq/shared/errors';

/**
 * Reads a body of at most `maxBytes`. A larger one is drained a while before it is refused, because a client that is still sending would otherwise see a
 * broken connection instead of the answer.
 *
 * @throws HqError `TOO_LARGE`, or `BAD_REQUEST` for what is not UTF-8 or breaks off.
 */
export function readBody(req: IncomingMessage, maxBytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    req.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else if (size > maxBytes * 4) reject(tooLarge(maxBytes));
      else chunks.length = 0;
    });
    req.on('end', () => {
      if (size > maxBytes) return reject(tooLarge(maxBytes));
      const body = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
      if (!isUtf8(body)) return reject(new HqError('BAD_REQUEST', 'The body is not valid UTF-8.'));
      resolve(body.toString('utf8'));
    });
    const broken = () => reject(new HqError('BAD_REQUEST', 'The body broke off.'));
    req.on('error', broken);
    req.on('close', broken);
  });
}

function tooLarge(maxBytes: number): HqError {
  return new HqError('TOO_LARGE', `The request is over ${maxBytes} bytes.`, {
    hint: 'Send larger files straight to storage: credentials.issue gives a session for it.',
  });
}
