/**
 * tRPC over HTTP, spoken on `node:http` itself. The adapters that come with tRPC build a `Request`, `Headers`, web streams and an `AbortController` for each
 * call, which costs several times the call (docs/benchmarks.md). This one reads the wire format and calls the procedure; errors, transformer and status are
 * tRPC's own functions.
 */
import { callTRPCProcedure, TRPCError } from '@trpc/server';
import type { AppRouter } from '@hq/api';
import type { Context } from '@hq/api/context';
import { toTrpcError } from '@hq/api/error-map';
import { HqError } from '@hq/shared/errors';
import type { Answer } from './http-answer.ts';
import { packError, packResult, readCalls, toAnswer, type Call, type Packed, type TrpcRequest } from './http-trpc-wire.ts';

/** Calls of one batch that run at the same time: each may hold the content of a file. */
const atOnce = 10;
/** Characters of answers after which a batch starts no further call: three of the largest files. */
const maxAnswer = 20_000_000;

/** Answers one request with one call or a batch. Never throws. */
export async function answerTrpc(router: AppRouter, request: TrpcRequest, context: Context): Promise<Answer> {
  try {
    const { isBatch, calls } = readCalls(request);
    const run = (call: Call, index: number) => answerCall(router, request.method, context, call, index);
    return toAnswer(await runAll(calls, run, (path) => packError(router, tooMuch(), path, context)), isBatch);
  } catch (cause) {
    return toAnswer([packError(router, cause, undefined, context)], false);
  }
}

/** An error before any procedure (a body over the limit, a wrong content type), in tRPC's shape. */
export function refuseTrpc(router: AppRouter, cause: unknown): Answer {
  return toAnswer([packError(router, cause)], false);
}

async function answerCall(router: AppRouter, method: string, ctx: Context, { path, sent }: Call, batchIndex: number): Promise<Packed> {
  // The type is nested by noun; at run time the map is flat, by full name, and has no prototype.
  const procedures = router._def.procedures as unknown as Readonly<Record<string, { readonly _def: { readonly type: 'query' | 'mutation' } } | undefined>>;
  try {
    const type = procedures[path]?._def.type;
    if (type === undefined) throw new TRPCError({ code: 'NOT_FOUND' });
    // A query may also be POSTed, for inputs that outgrow an address; a GET never changes anything.
    if (type === 'mutation' && method !== 'POST') throw new TRPCError({ code: 'METHOD_NOT_SUPPORTED' });
    const input = unwrap(router, sent);
    return packResult(router, await callTRPCProcedure({ router, path, type, ctx, batchIndex, signal: undefined, getRawInput: async () => input }));
  } catch (cause) {
    return packError(router, cause, path, ctx);
  }
}

function unwrap(router: AppRouter, sent: unknown): unknown {
  try {
    return sent === undefined ? undefined : router._def._config.transformer.input.deserialize(sent);
  } catch (cause) {
    throw new TRPCError({ code: 'BAD_REQUEST', cause });
  }
}

/** Runs the calls, a few at the same time, and stops starting them when their answers have grown too large. Answers stand where their calls stand. */
async function runAll(calls: readonly Call[], run: (call: Call, index: number) => Promise<Packed>, refuse: (path: string) => Packed): Promise<Packed[]> {
  const waiting = calls.entries();
  const answers: Packed[] = [];
  let size = 0;
  async function work(): Promise<void> {
    for (const [index, call] of waiting) {
      const answer = size > maxAnswer ? refuse(call.path) : await run(call, index);
      size += answer.text.length;
      answers[index] = answer;
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, calls.length) }, work));
  return answers;
}

function tooMuch(): TRPCError {
  return toTrpcError(new HqError('TOO_LARGE', 'The answers of this batch are too large together.', { hint: 'Ask for fewer files in one request.' }));
}
