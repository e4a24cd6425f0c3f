/** The typed client of the API. `@hq/api` is imported by type alone: none of the server comes along. */
import { createTRPCClient, httpBatchLink, retryLink, splitLink, type HTTPBatchLinkOptions, type TRPCClient, type TRPCLink } from '@trpc/client';
import superjson from 'superjson';
import type { AppRouter } from '@hq/api';
import type { Clock } from '@hq/shared/time';
import { toHqError, withHqErrors } from './api-error.ts';
import { isAccessChange, withRequestId } from './request-id.ts';
import { serverFetch } from './server-fetch.ts';

/** Every procedure of the router, with `query` or `mutate` at its end; refusals are `HqError`s. */
export type Api = TRPCClient<AppRouter>;

export interface ApiOptions {
  /** Scheme, host and port. */
  readonly server: string;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** The access token for the next request; undefined to ask without one. */
  readonly accessToken: () => Promise<string | undefined>;
  /** The server refused that token. */
  readonly rejectToken: (accessToken: string) => void;
  /** A number in [0, 1), for the pauses between attempts. */
  readonly random: () => number;
  /** A new id for a change: 16 to 64 letters, digits, "-" or "_", never used before. */
  readonly requestId: () => string;
  /** The server answered to a change of who may do what: sessions from before may be too wide or too narrow now. */
  readonly onAccessChange?: () => void;
}

const attempts = 4;

/** Procedures that need no token: they have to work for someone who is not signed in. */
const publicPaths = new Set(['auth.config', 'auth.refresh']);

/** Queries whose input outgrows an address: asked with POST, which the server takes for any query. */
const longQueries = new Set(['files.access']);

/**
 * A client of that server. A refused token is replaced once and the call repeated, since a refused call did nothing; a query is repeated with growing
 * pauses when the server is briefly unavailable, and so is a change of access, whose request id the server carries out once; any other mutation is not, since
 * it may have been carried out.
 */
export function createApi({ server, fetch, clock, accessToken, rejectToken, random, requestId, onAccessChange }: ApiOptions): Api {
  const reach = serverFetch(server, fetch, clock);
  let lastToken: string | undefined;
  const batches: HTTPBatchLinkOptions<AppRouter['_def']['_config']['$types']> = {
    url: `${server}/trpc`,
    transformer: superjson,
    // tRPC spells absent options as undefined, which fetch takes and its type doesn't.
    fetch: async (input, init) => {
      const response = await reach(input, init as RequestInit);
      const procedures = new URL(String(input)).pathname.slice('/trpc/'.length).split(',');
      if (init?.method === 'POST' && procedures.some(isAccessChange)) onAccessChange?.();
      return response;
    },
    maxItems: 50,
    headers: async ({ opList }) => {
      if (opList.every(({ path }) => publicPaths.has(path))) return {};
      lastToken = await accessToken();
      return lastToken === undefined ? {} : { authorization: `Bearer ${lastToken}` };
    },
  };
  /** Before the attempts are made, so that all of them carry the same id. */
  const identify: TRPCLink<AppRouter> =
    () =>
    ({ op, next }) =>
      next(op.type === 'mutation' && isAccessChange(op.path) ? { ...op, input: withRequestId(op.input, requestId) } : op);
  const client = createTRPCClient<AppRouter>({
    links: [
      identify,
      retryLink({
        retry: ({ op, error, attempts: made }) => {
          const { code, details } = toHqError(error);
          if (code === 'UNAUTHENTICATED' || code === 'EXPIRED') {
            // Our own store says so too when nobody is signed in: then there is no token to replace.
            if (made > 1 || lastToken === undefined || error.data === undefined) return false;
            rejectToken(lastToken);
            return true;
          }
          const passing = code === 'UNAVAILABLE' || code === 'RATE_LIMITED';
          if (!passing || made >= attempts || details?.['sent'] === false) return false;
          return op.type === 'query' || isAccessChange(op.path);
        },
        retryDelayMs: (made) => Math.round(random() * 200 * 2 ** made),
      }),
      splitLink({
        condition: ({ path }) => longQueries.has(path),
        true: httpBatchLink<AppRouter>({ ...batches, methodOverride: 'POST' }),
        false: httpBatchLink<AppRouter>({ ...batches, maxURLLength: 6000 }),
      }),
    ],
  });
  return withHqErrors(client);
}
