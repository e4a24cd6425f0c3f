/** Reading a posted form, and refusing one that another site sent. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const maxBytes = 16 * 1024;

/** A form that is not answered with itself: the status and a sentence for the page. */
export class FormRefused extends Error {
  readonly status: number;
  /** When to come back, in seconds. */
  readonly retryAfter: number | undefined;

  constructor(status: number, message: string, retryAfter?: number) {
    super(message);
    this.name = 'FormRefused';
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** The fields of an urlencoded body. @throws FormRefused where it is something else, or too large. */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  if (!/^application\/x-www-form-urlencoded(;|$)/i.test(request.headers['content-type'] ?? '')) throw new FormRefused(415, 'This address takes forms only.');
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of request) {
      // Node's streams give Buffers here; the type says any.
      const bytes = part as Buffer;
      size += bytes.length;
      if (size > maxBytes) break;
      parts.push(bytes);
    }
  } catch {
    throw new FormRefused(400, 'The form did not arrive whole.');
  }
  if (size > maxBytes) throw new FormRefused(413, 'The form is too large.');
  return new URLSearchParams(Buffer.concat(parts).toString('utf8'));
}

/** The token of an interaction's forms. Without its cookie nobody can make it or be given it. */
export function formToken(secret: Buffer, interaction: string): string {
  return createHmac('sha256', secret)
    .update(JSON.stringify(['form', interaction]))
    .digest('base64url');
}

/** @throws FormRefused unless the form was made for this interaction and sent from this origin. */
export function assertOwnForm(request: IncomingMessage, form: URLSearchParams, expected: string, origin: string): void {
  const site = request.headers['sec-fetch-site'];
  const from = request.headers.origin;
  // `no-referrer` makes browsers send `Origin: null` with our own forms: the token and Sec-Fetch-Site decide then.
  const foreign = (site !== undefined && site !== 'same-origin') || (from !== undefined && from !== 'null' && from !== origin);
  const given = Buffer.from(form.get('token') ?? '');
  const wanted = Buffer.from(expected);
  if (foreign || given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    throw new FormRefused(403, 'This form did not come from the page you opened. Please start the sign-in again.');
  }
}
