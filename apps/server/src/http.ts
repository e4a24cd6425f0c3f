/**
 * The door: one `node:http` server for tRPC (`/trpc`), REST (`/api`), sign-in, the local outbox and health. It bounds what comes in (size, time, rate), turns
 * the request into facts, and knows nothing about what the procedures do.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { HqError } from '@hq/shared/errors';
import { TRPCError } from '@trpc/server';
import type { AppRouter } from '@hq/api';
import type { Context, RequestFacts } from '@hq/api/context';
import { restStatuses, toHqError, toTrpcError } from '@hq/api/error-map';
import type { Log } from '@hq/api/ports/log';
import { createRateLimiter, type RateLimit } from '@hq/api/rate-limit';
import { answerRest } from '@hq/api/rest/rest';
import { refusal, send, type Answer } from './http-answer.ts';
import { readBody } from './http-body.ts';
import { createCors } from './http-cors.ts';
import { parseQuery } from './http-query.ts';
import { answerTrpc, refuseTrpc } from './http-trpc.ts';
import { maxBatch } from './http-trpc-wire.ts';

/** A listener that answers the whole request itself, for example sign-in. */
export type Handler = (req: IncomingMessage, res: ServerResponse) => Promise<void> | void;

export interface HttpOptions {
  readonly router: AppRouter;
  /** Ports and the facts of one request, put together; fetches nothing. */
  readonly context: (request: RequestFacts) => Context;
  readonly log: Log;
  /** Everything under `/sign-in/`. */
  readonly signIn?: Handler;
  /** Everything under `/outbox`. */
  readonly outbox?: Handler;
  /** False answers `/health` with 503. */
  readonly healthy?: () => boolean;
  readonly limits?: Partial<HttpLimits>;
  /** Web origins that may call from a browser; none by default. */
  readonly origins?: readonly string[];
}

export interface HttpLimits {
  /** Bytes of a body: what `files.put` takes, in base64, and room for its envelope. */
  readonly bodyBytes: number;
  /** Milliseconds for a whole request to arrive. */
  readonly requestMs: number;
  /** Calls of one address (a batch counts each); null for no limit. */
  readonly rate: RateLimit | null;
}

export const defaultLimits: HttpLimits = { bodyBytes: 8_000_000, requestMs: 30_000, rate: { perSecond: 500, burst: 3000 } };

/** The server, not listening yet. */
export function createHttpServer(options: HttpOptions): Server {
  const { router, context, log, origins = [] } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const cors = createCors(origins);
  const limiter = limits.rate === null ? undefined : createRateLimiter(limits.rate, () => performance.now());

  async function answer(req: IncomingMessage, path: string, query: string, requestId: string): Promise<Answer> {
    const method = req.method ?? 'GET';
    if (path === '/health') return health(method, options.healthy?.() ?? true);
    const isTrpc = path.startsWith('/trpc/');
    if (!isTrpc && !path.startsWith('/api/')) return refusal(404, 'NOT_FOUND', 'There is nothing here.');
    try {
      const seconds = limiter?.take(callerOf(req), isTrpc ? countCalls(path) : 1) ?? 0;
      if (seconds > 0) return tooMany(isTrpc ? router : undefined, seconds);
      const parsed = parseQuery(query);
      const body = method === 'POST' || method === 'PUT' ? await jsonBody(req, limits.bodyBytes) : undefined;
      const ctx = context({ id: requestId, token: bearer(req), sourceIp: req.socket.remoteAddress ?? null, userAgent: req.headers['user-agent'] ?? null });
      if (!isTrpc) return await answerRest(router, ctx, { method, path: path.slice('/api'.length), query: parsed, headers: req.headers, body });
      if (method !== 'GET' && method !== 'POST' && method !== 'HEAD') throw new TRPCError({ code: 'METHOD_NOT_SUPPORTED' });
      return await answerTrpc(router, { method, path: path.slice('/trpc/'.length), query: parsed, body }, ctx);
    } catch (cause) {
      const error = toHqError(cause);
      if (error.code === 'INTERNAL') log.error('request failed', error.cause ?? error, { requestId });
      if (isTrpc) return refuseTrpc(router, cause instanceof TRPCError ? cause : toTrpcError(error));
      return refusal(restStatuses[error.code], error.code, error.message);
    }
  }

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    const url = req.url ?? '/';
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    try {
      if (options.signIn !== undefined && (path === '/sign-in' || path.startsWith('/sign-in/'))) return await options.signIn(req, res);
      if (options.outbox !== undefined && (path === '/outbox' || path.startsWith('/outbox/'))) return await options.outbox(req, res);
      const { origin } = req.headers;
      if (req.method === 'OPTIONS')
        return send(res, { status: 204, headers: { allow: 'GET, HEAD, POST, PUT, DELETE, OPTIONS' } }, requestId, cors.preflightFor(origin));
      const result = await answer(req, path, mark < 0 ? '' : url.slice(mark + 1), requestId);
      // What is left of a body that nobody read would be taken for the next request.
      if (!req.complete) res.setHeader('connection', 'close');
      send(res, result, requestId, cors.headersFor(origin));
    } catch (cause) {
      log.error('request failed', cause, { requestId });
      send(res, refusal(500, 'INTERNAL', 'Something went wrong on our side. It has been recorded.'), requestId);
    }
  }

  const server = createServer(
    {
      requestTimeout: limits.requestMs,
      headersTimeout: Math.min(10_000, limits.requestMs),
      keepAliveTimeout: 65_000,
      maxHeaderSize: 32_768,
      connectionsCheckingInterval: Math.min(5000, limits.requestMs),
    },
    (req, res) => void handle(req, res),
  );
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    else socket.destroy();
  });
  return server;
}

function health(method: string, healthy: boolean): Answer {
  if (method !== 'GET' && method !== 'HEAD') return refusal(405, 'BAD_REQUEST', 'Ask with GET.', { allow: 'GET, HEAD' });
  return { status: healthy ? 200 : 503, body: JSON.stringify({ status: healthy ? 'ok' : 'unavailable' }) };
}

function tooMany(router: AppRouter | undefined, seconds: number): Answer {
  const message = `Too many requests. Try again in ${seconds} s.`;
  if (router === undefined) return refusal(429, 'RATE_LIMITED', message, { 'retry-after': String(seconds) });
  return refuseTrpc(router, toTrpcError(new HqError('RATE_LIMITED', message, { details: { retryAfterSeconds: seconds } })));
}

/** Calls that one address asks for, without decoding it: a comma separates them and may be escaped. */
function countCalls(path: string): number {
  let calls = 1;
  for (let at = path.indexOf(','); at >= 0 && calls < maxBatch; at = path.indexOf(',', at + 1)) calls++;
  for (let at = path.indexOf('%2'); at >= 0 && calls < maxBatch; at = path.indexOf('%2', at + 1)) calls++;
  return calls;
}

async function jsonBody(req: IncomingMessage, maxBytes: number): Promise<string> {
  const type = req.headers['content-type'];
  if (type === undefined || !/^application\/json *(;|$)/i.test(type)) throw new TRPCError({ code: 'UNSUPPORTED_MEDIA_TYPE' });
  return readBody(req, maxBytes);
}

/** The token of `Authorization: Bearer …` (RFC 6750 section 2.1). */
function bearer(req: IncomingMessage): string | undefined {
  const { authorization } = req.headers;
  if (authorization === undefined) return undefined;
  return /^bearer +([A-Za-z0-9._~+/=-]+) *$/i.exec(authorization)?.[1] ?? '';
}

/** Whom to count: the address, of IPv6 the /64 that one subscriber has. */
function callerOf(req: IncomingMessage): string {
  const address = req.socket.remoteAddress ?? '';
  return address.includes(':') && !address.startsWith('::ffff:') ? address.split(':').slice(0, 4).join(':') : address;
}
