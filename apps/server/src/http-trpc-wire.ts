/** tRPC's wire format, as `httpLink` and `httpBatchLink` speak it: what a request asks for, and how answers are packed. */
import { getTRPCErrorFromUnknown, getTRPCErrorShape, TRPCError } from '@trpc/server';
import { getHTTPStatusCode } from '@trpc/server/http';
import type { AppRouter } from '@hq/api';
import type { Context } from '@hq/api/context';
import { toTrpcError } from '@hq/api/error-map';
import { HqError } from '@hq/shared/errors';
import type { Answer } from './http-answer.ts';

/** Calls in one request. */
export const maxBatch = 50;

export interface TrpcRequest {
  readonly method: string;
  /** After the mount point, still percent-encoded: `files.list` or `me.get,orgs.list`. */
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
  /** The text of a POST's body. */
  readonly body: string | undefined;
}

export interface Call {
  readonly path: string;
  /** Still in the transformer's envelope; undefined where nothing was sent. */
  readonly sent: unknown;
}

/** The answer to one call, packed. */
export interface Packed {
  readonly status: number;
  readonly text: string;
  /** Seconds, of a refusal that names them. */
  readonly retryAfter?: number | undefined;
}

/** The calls of a request. @throws TRPCError for what is none. */
export function readCalls(request: TrpcRequest): { readonly isBatch: boolean; readonly calls: readonly Call[] } {
  const isBatch = request.query.get('batch') === '1';
  if (!isBatch) return { isBatch, calls: [{ path: decodePath(request.path), sent: parse(request) }] };
  const paths = pathsIn(request.path);
  if (paths.length > maxBatch) {
    throw toTrpcError(new HqError('BAD_REQUEST', `A request holds at most ${maxBatch} calls.`, { hint: 'Set `maxItems` of the batch link.' }));
  }
  const inputs = parse(request) ?? {};
  if (typeof inputs !== 'object') throw new TRPCError({ code: 'BAD_REQUEST' });
  // The inputs of a batch are an object by index, of which any may be missing.
  const byIndex = inputs as Readonly<Record<number, unknown>>;
  return { isBatch, calls: paths.map((each, index) => ({ path: each, sent: Object.hasOwn(byIndex, index) ? byIndex[index] : undefined })) };
}

/** The calls that a path names, were it a batch. @throws TRPCError for broken percent-encoding. */
export function pathsIn(path: string): readonly string[] {
  return decodePath(path).split(',');
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (cause) {
    throw new TRPCError({ code: 'BAD_REQUEST', cause });
  }
}

function parse(request: TrpcRequest): unknown {
  const text = request.method === 'POST' ? request.body : request.query.get('input');
  if (text === undefined || text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TRPCError({ code: 'PARSE_ERROR', cause });
  }
}

export function packResult(router: AppRouter, data: unknown): Packed {
  return { status: 200, text: JSON.stringify({ result: { data: router._def._config.transformer.output.serialize(data) } }) };
}

/** A failure, in the public shape that the router's error formatter gives it. */
export function packError(router: AppRouter, cause: unknown, path?: string, ctx?: Context): Packed {
  const config = router._def._config;
  const error = getTRPCErrorFromUnknown(cause);
  const shape = getTRPCErrorShape({ config, error, type: 'unknown', path, input: undefined, ctx });
  const retryAfter = shape.data.hq.details?.['retryAfterSeconds'];
  return {
    status: getHTTPStatusCode({ error: shape }),
    text: JSON.stringify({ error: config.transformer.output.serialize(shape) }),
    retryAfter: typeof retryAfter === 'number' ? retryAfter : undefined,
  };
}

/** The whole answer. A batch that ends differently for its calls is a 207 (RFC 4918 section 13), as the client expects. */
export function toAnswer(items: readonly Packed[], isBatch: boolean): Answer {
  const [first] = items;
  const status = first !== undefined && items.every((item) => item.status === first.status) ? first.status : 207;
  const body = items.map(({ text }) => text).join(',');
  return { status, body: isBatch ? `[${body}]` : body, headers: statusHeaders(status, first?.retryAfter) };
}

/** What HTTP asks for beside some statuses. */
function statusHeaders(status: number, retryAfter = 1): Record<string, string> | undefined {
  if (status === 401) return { 'www-authenticate': 'Bearer' };
  if (status === 405) return { allow: 'POST' };
  return status === 429 ? { 'retry-after': String(retryAfter) } : undefined;
}
