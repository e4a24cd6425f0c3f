/** The connections to one origin: at most so many, the one used last first, so that the others can grow old and be closed. */
import { connect, isIP } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import type { WireRequest, WireResponse } from '../../transfer/transport.ts';
import { aborted, Connection } from './connection.ts';
import { requestBytes } from './request-bytes.ts';

/** A request that found all connections busy. */
interface Waiter {
  wake(): void;
  fail(error: Error): void;
}

export class Pool {
  readonly #connect: () => Connection;
  readonly #most: number;
  readonly #all = new Set<Connection>();
  readonly #free: Connection[] = [];
  readonly #waiting: Waiter[] = [];
  #closed = false;

  constructor(origin: string, most: number) {
    this.#most = most;
    const url = new URL(origin);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const secure = url.protocol === 'https:';
    const port = Number(url.port || (secure ? 443 : 80));
    // A certificate names hosts, not addresses.
    const servername = isIP(host) === 0 ? { servername: host } : {};
    let session: Buffer | undefined;
    this.#connect = () => {
      // A second handshake with the same server may be a short one.
      const resumed = session === undefined ? {} : { session };
      const socket = secure ? connectSecurely({ host, port, ALPNProtocols: ['http/1.1'], ...servername, ...resumed }) : connect({ host, port });
      if (secure) {
        socket.on('session', (ticket: Buffer) => (session = ticket));
        // Not a byte of a request leaves before the server's certificate was verified.
        socket.cork();
        socket.once('secureConnect', () => socket.uncork());
      }
      return new Connection(
        socket,
        (connection) => {
          this.#free.push(connection);
          this.#serveNext();
        },
        (connection) => {
          this.#all.delete(connection);
          this.#serveNext();
        },
      );
    };
  }

  #serveNext(): void {
    this.#waiting.shift()?.wake();
  }

  /** One that can carry a request now, or nothing where all are busy. */
  #take(): Connection | undefined {
    for (let free = this.#free.pop(); free !== undefined; free = this.#free.pop()) {
      if (free.usable) return free;
      free.destroy();
      this.#all.delete(free);
    }
    if (this.#all.size >= this.#most) return undefined;
    const fresh = this.#connect();
    this.#all.add(fresh);
    return fresh;
  }

  /** @throws TypeError for a request that can't be written; the connection's error, or an `AbortError`. */
  async send(request: WireRequest): Promise<WireResponse> {
    const bytes = requestBytes(request);
    for (;;) {
      if (this.#closed) throw closed();
      if (request.signal?.aborted === true) {
        // Woken and no longer in need: the connection is the next one's.
        this.#serveNext();
        throw aborted(request.signal);
      }
      const connection = this.#take();
      if (connection !== undefined) return connection.send(request, bytes);
      await this.#freed(request.signal);
    }
  }

  /** Until a connection is free; an abort or the pool's end is told at once. */
  #freed(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        const at = this.#waiting.indexOf(waiter);
        if (at >= 0) this.#waiting.splice(at, 1);
        if (signal !== undefined) waiter.fail(aborted(signal));
      };
      const leave = (): void => signal?.removeEventListener('abort', onAbort);
      const waiter: Waiter = {
        wake: () => {
          leave();
          resolve();
        },
        fail: (error) => {
          leave();
          reject(error);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(waiter);
    });
  }

  /** Closes all of them, also those that are in use; who waits is told, and nothing is sent any more. */
  destroy(): void {
    this.#closed = true;
    for (const waiter of this.#waiting.splice(0)) waiter.fail(closed());
    for (const connection of this.#all) connection.destroy();
  }
}

function closed(): Error {
  return Object.assign(new Error('The connections to storage were closed.'), { code: 'ECONNABORTED' });
}
