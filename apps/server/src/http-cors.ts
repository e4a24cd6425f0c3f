/** Which web pages of other origins may read our answers: those that the deployment names, and no others. Tokens travel in a header, never in a cookie. */
export interface Cors {
  /** Headers for an answer to this origin; none for an origin that is not named. */
  headersFor(origin: string | undefined): Readonly<Record<string, string>> | undefined;
  /** Headers for a preflight (Fetch standard, section 3.3). */
  preflightFor(origin: string | undefined): Readonly<Record<string, string>> | undefined;
}

/** @param origins For example `https://hq.example.com`; compared as they are. */
export function createCors(origins: readonly string[]): Cors {
  const allowed = new Set(origins);
  // Which origin is allowed changes the answer, so caches have to know; without any configured origin nothing varies.
  const vary = allowed.size === 0 ? undefined : { vary: 'Origin' };
  const headersFor = (origin: string | undefined) =>
    origin !== undefined && allowed.has(origin)
      ? {
          'access-control-allow-origin': origin,
          'access-control-expose-headers': 'retry-after, x-request-id, date',
          'cross-origin-resource-policy': 'cross-origin',
          vary: 'Origin',
        }
      : vary;
  return {
    headersFor,
    preflightFor: (origin) =>
      origin !== undefined && allowed.has(origin)
        ? {
            ...headersFor(origin),
            'access-control-allow-headers': 'authorization, content-type, trpc-accept',
            'access-control-allow-methods': 'GET, POST, PUT, DELETE',
            'access-control-max-age': '600',
          }
        : vary,
  };
}
