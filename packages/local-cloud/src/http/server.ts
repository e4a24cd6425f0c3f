/** The HTTP server around the front: limits on what a stranger can hold open, and an end that finishes what was begun. */
import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Front } from './front.ts';

export interface ServerSettings {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
}

export interface RunningServer {
  readonly port: number;
  /** Takes no more requests, lets running ones end for up to 10 s, and settles when none runs. */
  close(): Promise<void>;
}

/** A session token and a 1,024-byte key in a presigned URL, percent-encoded, fit in; much more does not. */
const MAX_HEADER_BYTES = 32 * 1024;
const HEADERS_TIMEOUT = 20_000;
/** For a connection on which nothing moves, within a request or between two. */
const IDLE_TIMEOUT = 75_000;
/** How long the rest of a body may take that nobody wants any more. */
const DRAIN_TIMEOUT = 30_000;
const CLOSE_TIMEOUT = 10_000;
const MAX_CONNECTIONS = 4096;

/** Listens. @throws Error with Node's code, for example `EADDRINUSE`. */
export async function startServer(front: Front, { host, port, tls }: ServerSettings): Promise<RunningServer> {
  const running = new Set<Promise<void>>();
  const options: ServerOptions = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HEADERS_TIMEOUT,
    // A large upload takes what it takes; what may not happen is that nothing moves.
    requestTimeout: 0,
    connectionsCheckingInterval: 5_000,
    keepAliveTimeout: IDLE_TIMEOUT,
    requireHostHeader: false,
  };
  const server = tls ? createTlsServer({ ...options, ...tls, minVersion: 'TLSv1.2', handshakeTimeout: HEADERS_TIMEOUT }) : createServer(options);
  let closing = false;
  const listener = (message: IncomingMessage, response: ServerResponse): void => {
    if (closing) response.setHeader('connection', 'close');
    response.once('finish', () => drain(message));
    const work = front(message, response).finally(() => {
      running.delete(work);
      if (closing) server.closeIdleConnections();
    });
    running.add(work);
  };
  server.on('request', listener).on('checkContinue', listener).on('checkExpectation', listener);
  server.on('clientError', refuseUnreadable);
  server.timeout = IDLE_TIMEOUT;
  server.maxConnections = MAX_CONNECTIONS;
  await listen(server, host, port);
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      closing = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const deadline = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT);
      await closed;
      clearTimeout(deadline);
      await Promise.allSettled(running);
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function drain(message: IncomingMessage): void {
  if (message.complete) return;
  const timer = setTimeout(() => message.socket.destroy(), DRAIN_TIMEOUT).unref();
  message.once('close', () => clearTimeout(timer)).resume();
}

/** What is not HTTP never reaches the front. */
function refuseUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [status, code] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? ['431 Request Header Fields Too Large', 'RequestHeaderSectionTooLarge']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? ['408 Request Timeout', 'RequestTimeout']
        : ['400 Bad Request', 'BadRequest'];
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>The request is not well-formed HTTP, too large or too slow.</Message></Error>`;
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/xml\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}
