/** The HTTP door over the API under test, on a port of its own. */
import type { AddressInfo } from 'node:net';
import { appRouter } from '@hq/api';
import { startApi } from '@hq/api/test-support/api-under-test';
import { createHttpServer, type HttpOptions } from '../src/http.ts';

export type ServerUnderTest = Awaited<ReturnType<typeof startServer>>;

export async function startServer(options: Partial<HttpOptions> = {}) {
  const api = await startApi();
  const server = createHttpServer({
    router: appRouter,
    context: (request) => ({ ports: api.ports, request }),
    log: api.ports.log,
    ...options,
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on a port has an address with one.
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    api,
    server,
    port,
    url,
    /** One request as that person; `token: null` for none. */
    fetch(path: string, init: Omit<RequestInit, 'body'> & { readonly token?: string | null; readonly json?: unknown; readonly body?: string } = {}) {
      const { token = 'ada', json, body, headers, ...rest } = init;
      return fetch(url + path, {
        ...rest,
        headers: {
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(json === undefined && body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(headers as Record<string, string> | undefined),
        },
        ...(json === undefined ? (body === undefined ? {} : { body }) : { body: JSON.stringify(json) }),
      });
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await api.close();
    },
  };
}
