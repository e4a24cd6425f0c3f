/** How every answer of this server leaves: JSON, never cached, never sniffed, framed or followed. */
import type { ServerResponse } from 'node:http';
import { drainBody } from './http-body.ts';

const securityHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

export interface Answer {
  readonly status: number;
  /** A JSON text; undefined sends no body. */
  readonly body?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Bytes of a refused body that are let pass by before the connection is closed. */
const drainedBytes = 8_000_000;

/**
 * Sends the answer; for `HEAD` its headers alone (RFC 9110 section 9.3.2). Where the body was not read, the answer goes out at once and the connection is
 * closed behind it: what is left of the body would be taken for the next request.
 */
export function send(res: ServerResponse, answer: Answer, requestId: string, cors?: Readonly<Record<string, string>>): void {
  if (res.headersSent || res.destroyed) return;
  const { status, body, headers } = answer;
  const { req } = res;
  const all: Record<string, string | number> = { ...securityHeaders, 'x-request-id': requestId, ...cors };
  if (body !== undefined) {
    all['content-type'] = 'application/json';
    all['content-length'] = Buffer.byteLength(body);
  } else if (status !== 204) all['content-length'] = 0;
  if (!req.complete) all['connection'] = 'close';
  res.writeHead(status, { ...all, ...headers });
  const sent = req.method === 'HEAD' ? undefined : body;
  if (req.complete) res.end(sent);
  else {
    if (sent === undefined) res.flushHeaders();
    else res.write(sent);
    drainBody(req, drainedBytes, () => res.end());
  }
}

/** An error outside of any procedure, in the shape of the REST routes. */
export function refusal(status: number, code: string, error: string, headers?: Readonly<Record<string, string>>, hint?: string): Answer {
  return { status, body: JSON.stringify({ error, code, hint }), headers };
}
