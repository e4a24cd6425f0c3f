/** A request's body as text: bounded, and valid UTF-8 or refused. */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { HqError } from '@hq/shared/errors';

/**
 * Reads a body of at most `maxBytes`. A larger one is refused as soon as that is known, by its announced length or by counting.
 *
 * @throws HqError `TOO_LARGE`, or `BAD_REQUEST` for what is not UTF-8 or breaks off.
 */
export function readBody(req: IncomingMessage, maxBytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    if (Number(req.headers['content-length'] ?? 0) > maxBytes) return reject(tooLarge(maxBytes));
    const chunks: Buffer[] = [];
    let size = 0;
    const read = (chunk: Buffer): void => {
      size += chunk.length;
      chunks.push(chunk);
      if (size <= maxBytes) return;
      req.pause().off('data', read);
      chunks.length = 0;
      reject(tooLarge(maxBytes));
    };
    req.on('data', read);
    req.once('end', () => {
      const body = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
      if (!isUtf8(body)) return reject(new HqError('BAD_REQUEST', 'The body is not valid UTF-8.'));
      resolve(body.toString('utf8'));
    });
    const broken = () => reject(new HqError('BAD_REQUEST', 'The body broke off.'));
    req.once('error', broken);
    req.once('close', broken);
  });
}

/**
 * Lets the rest of a body pass by, unread. A client that is still sending when the connection closes would see it break instead of the answer.
 * @param maxBytes After this much of it, we no longer wait.
 */
export function drainBody(req: IncomingMessage, maxBytes: number, done: () => void): void {
  let size = 0;
  req.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxBytes) done();
  });
  req.once('close', done);
  req.resume();
}

function tooLarge(maxBytes: number): HqError {
  return new HqError('TOO_LARGE', `The request is over ${maxBytes} bytes.`, {
    hint: 'Send larger files straight to storage: credentials.issue gives a session for it.',
  });
}
