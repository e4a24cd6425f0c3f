/**
 * tRPC over HTTP, spoken on `node:http` itself. The adapters that come with tRPC build a `Request`, `Headers`, web streams and an `AbortController` for each
 * call, which costs several times the call (docs/benchmarks.md). This one reads the wire format of `httpLink` and `httpBatchLink` and calls the procedure;
 * errors, transformer and status are tRPC's own functions.
 */
import { callTRPCProcedure, getTRPCErrorFromUnknown, getTRPCErrorShape, TRPCError } from '@trpc/server';
import { getHTTPStatusCode } from '@trpc/server/http';
import type { Context } from '@hq/api/context';
import { toTrpcError } from '@hq/api/error-map';
import { HqError } from '@hq/shared/errors';
import type { AppRouter } from '@hq/api';
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

type Wire = { readonly result: { readonly data: unknown } } | { readonly error: ReturnType<typeof getTRPCErrorShape> };

/** The inputs of a request, one a call. */
function parseInputs(request: TrpcRequest, isBatch: boolean, count: number): unknown[] {
  const text = request.method === 'GET' || request.method === 'HEAD' ? request.query.get('input') : request.body;
  if (text === undefined || text === '') return Array.from({ length: count });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new TRPCError({ code: 'PARSE_ERROR', cause });
  }
  if (!isBatch) return [parsed];
  if (typeof parsed !== 'object' || parsed === null) throw new TRPCError({ code: 'BAD_REQUEST' });
  const inputs = parsed as Readonly<Record<number, unknown>>;
  return Array.from({ length: count }, (_, index) => (Object.hasOwn(inputs, index) ? inputs[index] : undefined));
}

/** Answers one request with one call or a batch. Never throws. */
export async function answerTrpc(router: AppRouter, request: TrpcRequest, context: Context): Promise<Answer> {
  const config = router._def._config;
  // The type is nested by noun; at run time the map is flat, by full name, and has no prototype.
  const procedures = router._def.procedures as unknown as Readonly<Record<string, { readonly _def: { readonly type: 'query' | 'mutation' } } | undefined>>;
  const failed = (cause: unknown, path: string | undefined, input: unknown): Wire => {
    const error = getTRPCErrorFromUnknown(cause);
    return { error: getTRPCErrorShape({ config, error, type: 'unknown', path, input, ctx: context }) };
  };

  async function call(path: string, index: number, sent: unknown): Promise<Wire> {
    const procedure = procedures[path];
    try {
      if (procedure === undefined) throw new TRPCError({ code: 'NOT_FOUND' });
      const { type } = procedure._def;
      // A query may also be POSTed, for inputs that outgrow an address; a GET never changes anything.
      if (type === 'mutation' && request.method !== 'POST') throw new TRPCError({ code: 'METHOD_NOT_SUPPORTED' });
      let input: unknown;
      try {
        input = sent === undefined ? undefined : config.transformer.input.deserialize(sent);
      } catch (cause) {
        throw new TRPCError({ code: 'BAD_REQUEST', cause });
      }
      const data: unknown = await callTRPCProcedure({ router, path, type, ctx: context, batchIndex: index, signal: undefined, getRawInput: async () => input });
      return { result: { data } };
    } catch (cause) {
      return failed(cause, path, undefined);
    }
  }

  let wire: Wire | Wire[];
  try {
    const isBatch = request.query.get('batch') === '1';
    const path = decodePath(request.path);
    const paths = isBatch ? path.split(',') : [path];
    if (paths.length > maxBatch)
      throw toTrpcError(new HqError('BAD_REQUEST', `A request holds at most ${maxBatch} calls.`, { hint: 'Set `maxItems` of the batch link.' }));
    const inputs = parseInputs(request, isBatch, paths.length);
    wire = isBatch ? await Promise.all(paths.map((name, index) => call(name, index, inputs[index]))) : await call(path, 0, inputs[0]);
  } catch (cause) {
    wire = failed(cause, undefined, undefined);
  }
  return toAnswer(config.transformer.output, wire);
}

/** An error before any procedure (a body over the limit, a wrong content type), in tRPC's shape. */
export function refuseTrpc(router: AppRouter, cause: unknown): Answer {
  const config = router._def._config;
  const error = getTRPCErrorFromUnknown(cause);
  return toAnswer(config.transformer.output, {
    error: getTRPCErrorShape({ config, error, type: 'unknown', path: undefined, input: undefined, ctx: undefined }),
  });
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (cause) {
    throw new TRPCError({ code: 'BAD_REQUEST', cause });
  }
}

function toAnswer(transformer: { serialize(value: unknown): unknown }, wire: Wire | Wire[]): Answer {
  // Read before the transformer wraps it. A batch that ends differently for its calls is a 207 (RFC 4918 section 13), as the client expects.
  const status = getHTTPStatusCode(wire);
  const pack = (item: Wire) => ('error' in item ? { error: transformer.serialize(item.error) } : { result: { data: transformer.serialize(item.result.data) } });
  return { status, body: JSON.stringify(Array.isArray(wire) ? wire.map(pack) : pack(wire)), headers: statusHeaders(status, wire) };
}

/** What HTTP asks for beside some statuses. */
function statusHeaders(status: number, wire: Wire | Wire[]): Record<string, string> | undefined {
  if (status === 401) return { 'www-authenticate': 'Bearer' };
  if (status === 405) return { allow: 'POST' };
  if (status !== 429) return undefined;
  const first = Array.isArray(wire) ? wire[0] : wire;
  const data = first !== undefined && 'error' in first ? (first.error.data as { hq?: { details?: { retryAfterSeconds?: number } } }) : undefined;
  return { 'retry-after': String(data?.hq?.details?.retryAfterSeconds ?? 1) };
}
