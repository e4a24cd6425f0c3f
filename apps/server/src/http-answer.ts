/** How every answer of this server leaves: JSON, never cached, never sniffed, framed or followed. */
import type { ServerResponse } from 'node:http';

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

/** Sends the answer; for `HEAD` its headers alone (RFC 9110 section 9.3.2). */
export function send(res: ServerResponse, answer: Answer, requestId: string, cors?: Readonly<Record<string, string>>): void {
  if (res.headersSent || res.destroyed) return;
  const { status, body, headers } = answer;
  const all: Record<string, string | number> = { ...securityHeaders, 'x-request-id': requestId, ...cors, ...headers };
  if (body === undefined) {
    if (status !== 204) all['content-length'] = 0;
    res.writeHead(status, all);
    res.end();
    return;
  }
  all['content-type'] = 'application/json';
  all['content-length'] = Buffer.byteLength(body);
  res.writeHead(status, all);
  if (res.req.method === 'HEAD') res.end();
  else res.end(body);
}

/** An error outside of any procedure, in the shape of the REST routes. */
export function refusal(status: number, code: string, error: string, headers?: Readonly<Record<string, string>>): Answer {
  return { status, body: JSON.stringify({ error, code }), headers };
}
