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
import { admitBody, type BodyLimits } from './http-admission.ts';
import { refusal, send, type Answer } from './http-answer.ts';
import { refuseBroken } from './http-broken.ts';
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

export interface HttpLimits extends BodyLimits {
  /** Milliseconds for a whole request to arrive. */
  readonly requestMs: number;
  /** Connections at the same time; one more is closed at once. */
  readonly connections: number;
  /** Calls of one address (a batch counts each); null for no limit, on sign-in neither. */
  readonly rate: RateLimit | null;
  /** What one address may begin and send in at sign-in: each keeps a record, or takes a password's time. */
  readonly signInRate: RateLimit;
}

export const defaultLimits: HttpLimits = {
  bodyBytes: 8_000_000,
  strangerBodyBytes: 64_000,
  requestMs: 30_000,
  connections: 1024,
  rate: { perSecond: 500, burst: 3000 },
  signInRate: { perSecond: 20, burst: 200 },
};

/** The server, not listening yet. */
export function createHttpServer(options: HttpOptions): Server {
  const { router, context, log, origins = [] } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const cors = createCors(origins);
  const limiter = limiterOf(limits.rate);
  const signInLimiter = limiterOf(limits.rate === null ? null : limits.signInRate);

  async function answer(req: IncomingMessage, path: string, query: string, requestId: string): Promise<Answer> {
    const method = req.method ?? 'GET';
    if (path === '/health') return health(method, options.healthy?.() ?? true);
    const isTrpc = path.startsWith('/trpc/');
    if (!isTrpc && !path.startsWith('/api/')) return refusal(404, 'NOT_FOUND', 'There is nothing here.');
    try {
      const seconds = limiter?.take(callerOf(req), isTrpc ? countCalls(path) : 1) ?? 0;
      if (seconds > 0) return tooMany(isTrpc ? router : undefined, seconds);
      const parsed = parseQuery(query);
      const ctx = context({ id: requestId, token: bearer(req), sourceIp: req.socket.remoteAddress ?? null, userAgent: userAgentOf(req) });
      const body = await admitBody(req, router, path, ctx, limits);
      if (!isTrpc) return await answerRest(router, ctx, { method, path: path.slice('/api'.length), query: parsed, headers: req.headers, body });
      if (method !== 'GET' && method !== 'POST' && method !== 'HEAD') throw new TRPCError({ code: 'METHOD_NOT_SUPPORTED' });
      return await answerTrpc(router, { method, path: path.slice('/trpc/'.length), query: parsed, body }, ctx);
    } catch (cause) {
      const error = toHqError(cause);
      if (error.code === 'INTERNAL') log.error('request failed', error.cause ?? error, { requestId });
      if (isTrpc) return refuseTrpc(router, cause instanceof TRPCError ? cause : toTrpcError(error));
      const status = restStatuses[error.code];
      return refusal(status, error.code, error.message, status === 401 ? { 'www-authenticate': 'Bearer' } : {}, error.hint);
    }
  }

  /** Sign-in answers for itself, within what one address may ask of it. */
  async function signIn(handler: Handler, req: IncomingMessage, res: ServerResponse, path: string, requestId: string): Promise<void> {
    const counts = req.method === 'POST' || path === '/sign-in/authorize';
    const seconds = counts ? (signInLimiter?.take(callerOf(req)) ?? 0) : 0;
    if (seconds === 0) return handler(req, res);
    const headers = { 'retry-after': String(seconds), 'content-type': 'text/plain; charset=utf-8' };
    send(res, { status: 429, body: `Too many requests. Try again in ${seconds} s.\n`, headers }, requestId, cors.headersFor(req.headers.origin));
  }

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    const url = req.url ?? '/';
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    try {
      if (hasManyHosts(req)) return send(res, refusal(400, 'BAD_REQUEST', 'The request names more than one host.', { connection: 'close' }), requestId);
      if (options.signIn !== undefined && (path === '/sign-in' || path.startsWith('/sign-in/'))) return await signIn(options.signIn, req, res, path, requestId);
      if (options.outbox !== undefined && (path === '/outbox' || path.startsWith('/outbox/'))) return await options.outbox(req, res);
      const { origin } = req.headers;
      if (req.method === 'OPTIONS')
        return send(res, { status: 204, headers: { allow: 'GET, HEAD, POST, PUT, DELETE, OPTIONS' } }, requestId, cors.preflightFor(origin));
      const result = await answer(req, path, mark < 0 ? '' : url.slice(mark + 1), requestId);
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
  server.maxConnections = limits.connections;
  server.on('clientError', refuseBroken);
  return server;
}

const limiterOf = (rate: RateLimit | null) => (rate === null ? undefined : createRateLimiter(rate, () => performance.now()));

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

/** The token of `Authorization: Bearer …` (RFC 6750 section 2.1). */
function bearer(req: IncomingMessage): string | undefined {
  const { authorization } = req.headers;
  if (authorization === undefined) return undefined;
  return /^bearer +([A-Za-z0-9._~+/=-]+) *$/i.exec(authorization)?.[1] ?? '';
}

/** What is told of it is kept in the audit trail, so its length is not the caller's to choose. */
const userAgentOf = (req: IncomingMessage): string | null => req.headers['user-agent']?.slice(0, 256) ?? null;

/** RFC 9112 section 3.2 asks to refuse it: a proxy before us may have looked at the other one. */
function hasManyHosts({ rawHeaders }: IncomingMessage): boolean {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) if (rawHeaders[at]?.length === 4 && rawHeaders[at]?.toLowerCase() === 'host') hosts++;
  return hosts > 1;
}

/** Whom to count: the address, of IPv6 the /64 that one subscriber has. */
function callerOf(req: IncomingMessage): string {
  const address = req.socket.remoteAddress ?? '';
  return address.includes(':') && !address.startsWith('::ffff:') ? address.split(':').slice(0, 4).join(':') : address;
}
