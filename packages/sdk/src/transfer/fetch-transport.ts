/** Storage over `fetch`: what a browser has. */
import type { Transport, WireResponse } from './transport.ts';

/** A transport over `fetch`, or what stands in for it. */
export function fetchTransport(fetchIt: typeof fetch = globalThis.fetch): Transport {
  return {
    send: async ({ method, origin, target, headers, body, signal }) => {
      // A browser sets `host` and `content-length` itself and refuses to be told.
      const { host: _host, 'content-length': _length, ...rest } = headers;
      try {
        const response = await fetchIt(origin + target, {
          method,
          headers: rest,
          redirect: 'error',
          ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
          ...(signal === undefined ? {} : { signal }),
        });
        return fromFetch(response);
      } catch (error) {
        if (signal?.aborted === true) throw error;
        // A browser says no more than "failed to fetch".
        throw Object.assign(new Error('the request did not get through', { cause: error }), { code: 'EFETCH' });
      }
    },
    close: () => undefined,
  };
}

async function* chunksOf(response: Response): AsyncIterable<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel();
  }
}

function fromFetch(response: Response): WireResponse {
  return {
    status: response.status,
    header: (name) => response.headers.get(name) ?? undefined,
    headersAfter: (prefix) => {
      const found: Record<string, string> = {};
      response.headers.forEach((value, name) => {
        if (name.startsWith(prefix)) found[name.slice(prefix.length)] = value;
      });
      return found;
    },
    body: chunksOf(response),
    text: () => response.text(),
    discard: async () => void (await response.arrayBuffer()),
  };
}
