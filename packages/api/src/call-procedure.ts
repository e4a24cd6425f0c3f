/**
 * Calls a procedure by its name, as tRPC's own caller does: through its middlewares, in order, each with what those before it added. tRPC copies all that it
 * knows of a call several times for each middleware, key by key and through helpers for old engines, which was a third of what a query cost
 * (docs/benchmarks.md). Here the language's own spread does it. Middlewares, parsers and errors stay tRPC's; `test/surface/call-procedure.test.ts` holds this
 * caller to tRPC's.
 */
import { getTRPCErrorFromUnknown, TRPCError } from '@trpc/server';
import type { Context } from './context.ts';
import type { AppRouter } from './index.ts';
import type { ProcedureMeta } from './trpc.ts';

type Type = 'query' | 'mutation';

/** One call. */
export interface Call {
  readonly path: string;
  readonly ctx: Context;
  /** The input as it was sent, read when a parser asks for it. */
  readonly getRawInput: () => Promise<unknown>;
}

/** What a middleware hands on to the next one. */
interface Added {
  readonly ctx?: object;
  readonly input?: unknown;
  readonly getRawInput?: () => Promise<unknown>;
}

interface Step extends Omit<Call, 'ctx'> {
  readonly ctx: object;
  readonly type: Type;
  readonly meta: ProcedureMeta | undefined;
  readonly input: unknown;
  readonly signal: undefined;
  readonly batchIndex: number;
}

type Result = { readonly ok: true; readonly data: unknown } | { readonly ok: false; readonly error: unknown };
type Middleware = (step: Step & { readonly next: (added?: Added) => Promise<Result> }) => Promise<Result>;

/** What a router knows of a procedure. */
export interface Procedure {
  readonly type: Type;
  readonly meta?: ProcedureMeta;
  readonly middlewares: readonly Middleware[];
}

/** The procedure of that full name, for example `files.list`; undefined where there is none. */
export function procedureAt(router: AppRouter, path: string): Procedure | undefined {
  // The type is nested by noun; at run time the map is flat, by full name, and has no prototype. Middlewares are in no public type.
  const procedures = router._def.procedures as unknown as Readonly<Record<string, { readonly _def: Procedure } | undefined>>;
  return procedures[path]?._def;
}

/** The answer. @throws TRPCError, as the procedure's own chain throws it. */
export async function callProcedure({ type, meta, middlewares }: Procedure, call: Call): Promise<unknown> {
  const result = await run(middlewares, 0, { ...call, type, meta, input: undefined, signal: undefined, batchIndex: 0 });
  if (result.ok) return result.data;
  throw result.error;
}

async function run(middlewares: readonly Middleware[], at: number, step: Step): Promise<Result> {
  const middleware = middlewares[at];
  try {
    // The last one is the procedure itself and calls no next.
    if (middleware === undefined) throw new TRPCError({ code: 'INTERNAL_SERVER_ERROR' });
    return await middleware({ ...step, next: (added) => run(middlewares, at + 1, added === undefined ? step : withAdded(step, added)) });
  } catch (cause) {
    return { ok: false, error: getTRPCErrorFromUnknown(cause) };
  }
}

function withAdded(step: Step, added: Added): Step {
  return {
    ...step,
    ctx: added.ctx === undefined ? step.ctx : { ...step.ctx, ...added.ctx },
    input: 'input' in added ? added.input : step.input,
    getRawInput: added.getRawInput ?? step.getRawInput,
  };
}
