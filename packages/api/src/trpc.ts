/** tRPC, initialised once. Everything that a procedure throws leaves here as one of our errors, with its public words and nothing else. */
import { initTRPC } from '@trpc/server';
import superjson, { serialize } from 'superjson';
import type { ErrorCode, ErrorDetails } from '@hq/shared/errors';
import { readInput } from './call-input.ts';
import type { Context } from './context.ts';
import { toHqError, toTrpcError } from './error-map.ts';

/** What a client finds in `error.data.hq`. */
export interface PublicError {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: ErrorDetails | undefined;
}

/** What the surface of a procedure says about access; the snapshot of the surface prints it. */
export interface ProcedureMeta {
  /** What a caller needs, in words: `public`, `signed in`, `member`, or the level on each path that the input names. */
  readonly needs?: string;
  /** With what the chain before the operation may refuse. */
  readonly refusals?: readonly ErrorCode[];
  /** With what the operation itself may refuse beside that. */
  readonly errors?: readonly ErrorCode[];
}

const t = initTRPC
  .context<Context>()
  .meta<ProcedureMeta>()
  .create({
    // Clients speak superjson. What they send is read by us; superjson itself makes answers only.
    transformer: { input: { serialize, deserialize: readInput }, output: superjson },
    isDev: false,
    errorFormatter({ shape, error }) {
      const { code, message, hint, details } = toHqError(error);
      const hq: PublicError = { code, hint, details };
      return { code: shape.code, message, data: { code: shape.data.code, httpStatus: shape.data.httpStatus, path: shape.data.path, hq } };
    },
  });

export const { router, createCallerFactory } = t;

/** The beginning of every procedure: a failure is translated once, and what is a defect of ours is logged with its cause. */
export const base = t.procedure.use(async ({ ctx, path, next }) => {
  const result = await next();
  if (result.ok) return result;
  const error = toHqError(result.error);
  if (error.code === 'INTERNAL') ctx.ports.log.error('request failed', error.cause ?? error, { procedure: path, requestId: ctx.request.id });
  return { ...result, error: toTrpcError(error) };
});
