/**
 * tRPC over HTTP, spoken on `node:http` itself. The adapters that come with tRPC build a `Request`, `Headers`, web streams and an `AbortController` for each
 * call, which costs several times the call (docs/benchmarks.md). This one reads the wire format and calls the procedure; errors, transformer and status are
 * tRPC's own functions.
 */
import { TRPCError } from '@trpc/server';
import type { AppRouter } from '@hq/api';
import { callProcedure, procedureAt } from '@hq/api/call-procedure';
import type { Context } from '@hq/api/context';
import { toTrpcError } from '@hq/api/error-map';
import { HqError } from '@hq/shared/errors';
import type { Answer } from './http-answer.ts';
import { packError, packResult, pathsIn, readCalls, toAnswer, type Call, type Packed, type TrpcRequest } from './http-trpc-wire.ts';

/** Calls of one batch that run at the same time: each may hold the content of a file. */
const atOnce = 10;
/** Characters of answers after which a batch starts no further call: three of the largest files. */
const maxAnswer = 20_000_000;

/** Answers one request with one call or a batch. Never throws. */
export async function answerTrpc(router: AppRouter, request: TrpcRequest, context: Context): Promise<Answer> {
  try {
    const { isBatch, calls } = readCalls(request);
    const run = (call: Call) => answerCall(router, request.method, context, call);
    return toAnswer(await runAll(calls, run, (path) => packError(router, tooMuch(), path, context)), isBatch);
  } catch (cause) {
    return toAnswer([packError(router, cause, undefined, context)], false);
  }
}

/** An error before any procedure (a body over the limit, a wrong content type), in tRPC's shape. */
export function refuseTrpc(router: AppRouter, cause: unknown): Answer {
  return toAnswer([packError(router, cause)], false);
}

/** True where some call of the request is for anybody, with or without a sign-in. */
export function isOpen(router: AppRouter, path: string): boolean {
  return pathsIn(path).some((each) => procedureAt(router, each)?.meta?.needs === 'nothing');
}

async function answerCall(router: AppRouter, method: string, ctx: Context, { path, sent }: Call): Promise<Packed> {
  try {
    const procedure = procedureAt(router, path);
    if (procedure === undefined) throw new TRPCError({ code: 'NOT_FOUND' });
    // A query may also be POSTed, for inputs that outgrow an address; a GET never changes anything.
    if (procedure.type === 'mutation' && method !== 'POST') throw new TRPCError({ code: 'METHOD_NOT_SUPPORTED' });
    // Read when the procedure asks for it, which is after it knows who calls; and once, because each of its schemas asks.
    let input: Promise<unknown> | undefined;
    const getRawInput = () => (input ??= unwrap(router, sent));
    return packResult(router, await callProcedure(procedure, { path, ctx, getRawInput }));
  } catch (cause) {
    return packError(router, cause, path, ctx);
  }
}

async function unwrap(router: AppRouter, sent: unknown): Promise<unknown> {
  return sent === undefined ? undefined : router._def._config.transformer.input.deserialize(sent);
}

/** Runs the calls, a few at the same time, and stops starting them when their answers have grown too large. Answers stand where their calls stand. */
async function runAll(calls: readonly Call[], run: (call: Call) => Promise<Packed>, refuse: (path: string) => Packed): Promise<Packed[]> {
  const waiting = calls.entries();
  const answers: Packed[] = [];
  let size = 0;
  async function work(): Promise<void> {
    for (const [index, call] of waiting) {
      const answer = size > maxAnswer ? refuse(call.path) : await run(call);
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
