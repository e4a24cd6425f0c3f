/** Requests to an issuer: bounded in time and size, never redirected, answers read as JSON and taken for nothing yet. */
import { HqError } from '@hq/shared/errors';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface IssuerAnswer {
  readonly status: number;
  /** An object; empty where the answer held none. */
  readonly body: Readonly<Record<string, unknown>>;
}

const timeoutMilliseconds = 10_000;
const maxAnswerBytes = 256 * 1024;

const away = (cause: unknown) => new HqError('UNAVAILABLE', 'The sign-in does not answer.', { hint: 'Try again in a moment.', cause });

/** An issuer that says itself that it can't go on for now, and perhaps why (RFC 6749 section 4.1.2.1). */
const paused = (why: unknown, answered: string) =>
  new HqError('UNAVAILABLE', 'The sign-in can not go on at the moment; nobody is signed out.', {
    hint: typeof why === 'string' && /^[\x20-\x7e]{1,300}$/.test(why) ? why : 'Try again in a moment.',
    cause: new Error(answered),
  });

/** One request. @throws HqError `UNAVAILABLE` where there is no answer, or one that is broken or over 256 KB, or a 5xx. */
export async function callIssuer(fetch: Fetch, url: string, init: RequestInit = {}): Promise<IssuerAnswer> {
  let status: number;
  let text: string;
  try {
    const response = await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(timeoutMilliseconds) });
    status = response.status;
    text = await readBounded(response);
  } catch (error) {
    throw away(error);
  }
  // The answer may hold tokens: it goes into no error.
  const answered = `${new URL(url).pathname} answered ${status}`;
  const body = parseObject(text);
  if (status === 503 && body['error'] === 'temporarily_unavailable') throw paused(body['error_description'], answered);
  if (status >= 500) throw away(new Error(answered));
  return { status, body };
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};
  } catch {
    return {};
  }
}
