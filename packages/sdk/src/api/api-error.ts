/** What the API refused, as the error it was there: the code from the closed list, the public message, and the hint. */
import { TRPCClientError } from '@trpc/client';
import { errorCodes, HqError, isHqError, type ErrorDetails } from '@hq/shared/errors';

/** Where a server that is not ours (a proxy, a login page) answered, all we have is the status. */
function fromStatus(status: number | undefined, cause: unknown): HqError {
  if (status === 401) return new HqError('UNAUTHENTICATED', 'The server does not know who you are.', { hint: 'Sign in with "hq login".', cause });
  if (status === 413) return new HqError('TOO_LARGE', 'The request is too large.', { cause });
  if (status === 429) return new HqError('RATE_LIMITED', 'The server asks us to slow down.', { hint: 'Try again in a minute.', cause });
  return new HqError('UNAVAILABLE', "The server gave an answer that is not the API's.", { hint: 'Check HQ_API: is it the address of an HQ server?', cause });
}

/** Any failure of a call as one of ours. */
export function toHqError(error: unknown): HqError {
  if (isHqError(error)) return error;
  if (!(error instanceof TRPCClientError)) return fromStatus(undefined, error);
  if (isHqError(error.cause)) return error.cause;
  const data = (error.data ?? {}) as { hq?: { code?: unknown; hint?: unknown; details?: unknown }; httpStatus?: number };
  const code = errorCodes.find((known) => known === data.hq?.code);
  if (code === undefined) return fromStatus(data.httpStatus ?? (error.meta?.['response'] as Response | undefined)?.status, error);
  const { hint, details } = data.hq ?? {};
  return new HqError(code, error.message, {
    ...(typeof hint === 'string' ? { hint } : {}),
    ...(typeof details === 'object' && details !== null ? { details: details as ErrorDetails } : {}),
    cause: error,
  });
}

/**
 * The same client, whose promises reject with `HqError`. A call is found by where it ends (`query`, `mutate`), so the client's type is kept as it is.
 */
export function withHqErrors<T extends object>(client: T): T {
  return new Proxy(client, {
    get: (target, name, receiver) => {
      const value: unknown = Reflect.get(target, name, receiver);
      return (typeof value === 'object' && value !== null) || typeof value === 'function' ? withHqErrors(value) : value;
    },
    apply: (target, self, args) => {
      const result: unknown = Reflect.apply(target as (...args: unknown[]) => unknown, self, args);
      if (!(result instanceof Promise)) return result;
      return result.catch((error: unknown) => {
        throw toHqError(error);
      });
    },
  });
}
