/**
 * From our closed list of codes to what each transport says. The tables are exhaustive by `satisfies`: a new code does not compile until it has an answer here.
 */
import type { TRPC_ERROR_CODE_KEY } from '@trpc/server/rpc';
import { TRPCError } from '@trpc/server';
import { isHqError, HqError, type ErrorCode } from '@hq/shared/errors';
import * as z from 'zod';

/** The tRPC code of each of ours. */
export const trpcCodes = {
  BAD_REQUEST: 'BAD_REQUEST',
  INVALID_PATH: 'BAD_REQUEST',
  UNAUTHENTICATED: 'UNAUTHORIZED',
  EXPIRED: 'UNAUTHORIZED',
  FORBIDDEN: 'FORBIDDEN',
  NOT_FOUND: 'NOT_FOUND',
  CONFLICT: 'CONFLICT',
  PRECONDITION_FAILED: 'PRECONDITION_FAILED',
  TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  SCOPE_TOO_LARGE: 'UNPROCESSABLE_CONTENT',
  EMPTY_SCOPE: 'FORBIDDEN',
  LAST_ADMIN: 'CONFLICT',
  RATE_LIMITED: 'TOO_MANY_REQUESTS',
  CLOCK_SKEW: 'SERVICE_UNAVAILABLE',
  STORAGE_FULL: 'SERVICE_UNAVAILABLE',
  UNAVAILABLE: 'SERVICE_UNAVAILABLE',
  INTERNAL: 'INTERNAL_SERVER_ERROR',
} as const satisfies Record<ErrorCode, TRPC_ERROR_CODE_KEY>;

/** The HTTP status of each code on the REST routes, which promise to use no other. */
export const restStatuses = {
  BAD_REQUEST: 400,
  INVALID_PATH: 400,
  UNAUTHENTICATED: 401,
  EXPIRED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  PRECONDITION_FAILED: 409,
  TOO_LARGE: 413,
  SCOPE_TOO_LARGE: 409,
  EMPTY_SCOPE: 403,
  LAST_ADMIN: 409,
  RATE_LIMITED: 429,
  CLOCK_SKEW: 500,
  STORAGE_FULL: 500,
  UNAVAILABLE: 500,
  INTERNAL: 500,
} as const satisfies Record<ErrorCode, 400 | 401 | 403 | 404 | 409 | 413 | 429 | 500>;

/** What tRPC itself refuses, in our words. Its messages repeat what was sent, so they are not passed on. */
const refusedByTrpc: Partial<Record<TRPC_ERROR_CODE_KEY, readonly [code: ErrorCode, message: string, hint: string]>> = {
  PARSE_ERROR: ['BAD_REQUEST', 'The request is not valid JSON.', 'Send {"json": …}, encoded once.'],
  BAD_REQUEST: ['BAD_REQUEST', 'The request can not be read.', 'Send what the procedure takes as {"json": …}.'],
  NOT_FOUND: ['NOT_FOUND', 'There is no such procedure.', 'Perhaps this client is newer or older than the server.'],
  METHOD_NOT_SUPPORTED: ['BAD_REQUEST', 'This procedure is called with another HTTP method.', 'GET asks, POST changes.'],
  UNSUPPORTED_MEDIA_TYPE: ['BAD_REQUEST', 'The body has to be application/json.', 'Send the header "Content-Type: application/json".'],
  PAYLOAD_TOO_LARGE: ['TOO_LARGE', 'The request is too large.', 'Send larger files straight to storage: credentials.issue gives a session for it.'],
};

/** One refusal for a refused input: the code, the hint and the reason that a field asked for (a path, a size), otherwise `BAD_REQUEST`. */
function fromIssues(error: z.core.$ZodError): HqError {
  const lines = error.issues.slice(0, 3).map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`));
  const asked = error.issues.map((issue) => (issue.code === 'custom' ? issue.params : undefined)).find((params) => params?.['code'] !== undefined);
  const { code, hint, reason } = asked ?? {};
  return new HqError(code === 'INVALID_PATH' || code === 'TOO_LARGE' ? code : 'BAD_REQUEST', lines.join(' '), {
    hint: typeof hint === 'string' ? hint : 'Correct what is named here and send it again.',
    details: {
      fields: [...new Set(error.issues.map(({ path }) => path.join('.')))].slice(0, 10),
      ...(typeof reason === 'string' ? { reason } : {}),
    },
  });
}

/**
 * Any failure as one of ours. What has no public words becomes an `INTERNAL` that says nothing and keeps the failure as its `cause`, for the log.
 */
export function toHqError(error: unknown): HqError {
  if (isHqError(error)) return error;
  if (error instanceof TRPCError) {
    if (isHqError(error.cause)) return error.cause;
    if (error.code === 'BAD_REQUEST' && error.cause instanceof z.core.$ZodError) return fromIssues(error.cause);
    const refused = refusedByTrpc[error.code];
    if (refused !== undefined) return new HqError(refused[0], refused[1], { hint: refused[2], cause: error });
  }
  return new HqError('INTERNAL', 'Something went wrong on our side. It has been recorded.', {
    hint: 'Try again; if it stays, report the request id.',
    cause: error,
  });
}

/** One of ours as tRPC throws it; the public error stays its `cause`. */
export function toTrpcError(error: HqError): TRPCError {
  return new TRPCError({ code: trpcCodes[error.code], message: error.message, cause: error });
}
