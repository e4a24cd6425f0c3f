/** `fetch` towards the server, with failures that say what to do: a server that isn't there, and a clock that is off. */
import { HqError } from '@hq/shared/errors';
import type { Clock } from '@hq/shared/time';

/** A token's times and a signature's allow about this much (in seconds) before they are refused. */
const bearableSkewSeconds = 300;

/** How far our clock is ahead of the server's, in seconds; undefined when the answer names no time. */
export function skewOf(response: Response, clock: Clock): number | undefined {
  const date = Date.parse(response.headers.get('date') ?? '');
  return Number.isNaN(date) ? undefined : clock() - Math.floor(date / 1000);
}

/** The refusal for a clock that is off by that many seconds, or undefined when it is near enough. */
export function clockSkewError(skewSeconds: number | undefined): HqError | undefined {
  if (skewSeconds === undefined || Math.abs(skewSeconds) <= bearableSkewSeconds) return undefined;
  const minutes = Math.round(Math.abs(skewSeconds) / 60);
  return new HqError('CLOCK_SKEW', `This computer's clock is ${minutes} minutes ${skewSeconds > 0 ? 'ahead of' : 'behind'} the server's.`, {
    hint: 'Set the clock, then try again.',
    details: { skewSeconds },
  });
}

/** The code of a failed connection, for example `ECONNREFUSED`; empty when there is none. */
export function connectionCode(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : undefined;
  const { code } = (cause ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}

/**
 * A `fetch` for one server.
 * @throws HqError `UNAVAILABLE` when nobody answers at all; `CLOCK_SKEW` when the server refuses us and the two clocks are far apart, since that is then why.
 */
export function serverFetch(server: string, fetchIt: typeof fetch, clock: Clock): typeof fetch {
  return async (input, init) => {
    let response: Response;
    try {
      response = await fetchIt(input, init);
    } catch (error) {
      if (init?.signal?.aborted === true && (error as Error).name === 'AbortError') throw error;
      const refused = connectionCode(error) === 'ECONNREFUSED';
      throw new HqError('UNAVAILABLE', refused ? `No server answers at ${server}.` : `The connection to ${server} failed.`, {
        hint: 'Start it with "npm start", or set HQ_API to where it is.',
        details: { sent: !refused },
        cause: error,
      });
    }
    if (response.status === 401 || response.status === 403) {
      const skewed = clockSkewError(skewOf(response, clock));
      if (skewed !== undefined) {
        await response.body?.cancel();
        throw skewed;
      }
    }
    return response;
  };
}
