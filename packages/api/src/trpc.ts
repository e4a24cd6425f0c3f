/** tRPC, initialised once. Everything that a procedure throws leaves here as one of our errors, with its public words and nothing else. */
import { initTRPC } from '@trpc/server';
import { serialize } from 'superjson';
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
    // Clients speak superjson. Its envelope is read and made by us: every answer is plain JSON by its schema (`test/surface` sees to it), so that
    // superjson's walk through it would find nothing to note.
    transformer: { input: { serialize, deserialize: readInput }, output: { serialize: (json: unknown) => ({ json }), deserialize: readInput } },
    isDev: false,
    errorFormatter({ shape, error }) {
      const { code, message, hint, details } = toHqError(error);
      const hq: PublicError = { code, hint, details };
      return { code: shape.code, message, data: { code: shape.data.code, httpStatus: shape.data.httpStatus, path: shape.data.path, hq } };
    },
  });

export const { router, createCallerFactory } = t;

/** A procedure with nothing before it: only for the chains in `procedures/`, which translate what fails in them. */
export const { procedure } = t;

type Outcome = { readonly ok: true } | { readonly ok: false; readonly error: unknown };

/** Runs the rest of a procedure. A failure is translated once, here, and what is a defect of ours is logged with its cause. @throws TRPCError. */
export async function translated<Result extends Outcome>(
  { ctx, path }: { readonly ctx: Context; readonly path: string },
  rest: () => Promise<Result>,
): Promise<Result> {
  let failure: unknown;
  try {
    const result = await rest();
    if (result.ok) return result;
    failure = result.error;
  } catch (thrown) {
    failure = thrown;
  }
  const error = toHqError(failure);
  if (error.code === 'INTERNAL') ctx.ports.log.error('request failed', error.cause ?? error, { procedure: path, requestId: ctx.request.id });
  throw toTrpcError(error);
}
