/** The redirect's end on this machine (RFC 8252 §7.3): one address on 127.0.0.1, one answer, then gone. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { timingSafeEqual } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { HqError } from '@hq/shared/errors';

const page = (title: string, text: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>` +
  // This server is gone before a browser could fetch an icon.
  `<link rel="icon" href="data:,"><style>:root{color-scheme:light dark}body{font:1.1rem/1.6 system-ui;margin:20vh auto;max-width:30rem;padding:0 1rem}</style>` +
  `<h1>${title}</h1><p>${text}</p><script>setTimeout(() => close(), 1500)</script></html>`;

function answer(response: ServerResponse, status: number, title: string, text: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    connection: 'close',
  });
  response.end(page(title, text));
}

export interface LoopbackRedirect {
  /** Where the issuer has to send the browser. */
  readonly redirectUri: string;
  /**
   * The address the browser came back with, once it carries `state`. Anything else that knocks is answered 400 and changes nothing.
   * @throws HqError `EXPIRED` when `signal` fires first.
   */
  callback(state: string, signal: AbortSignal): Promise<URL>;
  close(): void;
}

function sameState(given: string | null, state: string): boolean {
  const a = Buffer.from(given ?? '');
  const b = Buffer.from(state);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Listens on a free port of 127.0.0.1. */
export async function listenForRedirect(): Promise<LoopbackRedirect> {
  let expected: { state: string; resolve: (url: URL) => void } | undefined;
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const { host = '' } = request.headers;
    const target = `http://${authority}${request.url ?? ''}`;
    const url = host === authority && URL.canParse(target) ? new URL(target) : null;
    if (url === null || request.method !== 'GET' || url.pathname !== '/callback')
      return answer(response, 404, 'Nothing here', 'This address only ends a sign-in.');
    if (expected === undefined || !sameState(url.searchParams.get('state'), expected.state)) {
      return answer(response, 400, 'Not this sign-in', 'This answer belongs to another sign-in. Start again with "hq login".');
    }
    const { resolve } = expected;
    expected = undefined;
    if (url.searchParams.has('error')) answer(response, 200, 'Not signed in', 'Go back to the terminal to see why.');
    else answer(response, 200, 'Signed in', 'You can close this window and go back to the terminal.');
    return resolve(url);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const authority = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = (): void => {
    server.close();
    server.closeIdleConnections();
  };
  return {
    redirectUri: `http://${authority}/callback`,
    callback: async (state, signal) => {
      try {
        return await new Promise<URL>((resolve, reject) => {
          const late = (): void =>
            reject(new HqError('EXPIRED', 'Nobody finished the sign-in in the browser in time.', { hint: 'Start again with "hq login".' }));
          if (signal.aborted) return late();
          signal.addEventListener('abort', late, { once: true });
          expected = { state, resolve };
        });
      } finally {
        close();
      }
    },
    close,
  };
}
