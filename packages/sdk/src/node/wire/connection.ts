/** One connection that carries requests one after the other. */
import type { Socket } from 'node:net';
import type { WireRequest, WireResponse } from '../../transfer/transport.ts';
import { framingOf, type Framing } from './framing.ts';
import { IncomingBody, type Flow } from './incoming-body.ts';
import { malformed, maxHeadBytes, parseHead, type ResponseHead } from './response-head.ts';

/** How long (in milliseconds) a connection may stay silent while an answer is due. */
const silenceMs = 60_000;
/** How long (in milliseconds) one is kept that has nothing to do, unless the server said otherwise. */
const idleMs = 4_000;
const headEnd = Buffer.from('\r\n\r\n');
const nothing = Buffer.alloc(0);

interface Exchange {
  readonly request: WireRequest;
  readonly resolve: (response: WireResponse) => void;
  readonly reject: (error: Error) => void;
  readonly onAbort: (() => void) | undefined;
}

const broken = (code: string, message: string): Error => Object.assign(new Error(message), { code });

/** What a request ends in whose caller no longer wants it. */
export function aborted(signal: AbortSignal): Error {
  const error = new Error('The request was stopped.', { cause: signal.reason });
  error.name = 'AbortError';
  return error;
}

/** A server sends one or two of them, if any. */
const maxInterim = 10;

export class Connection {
  readonly #socket: Socket;
  readonly #onFree: (connection: Connection) => void;
  /** For the body that is under way: one that has ended asks for nothing any more. */
  readonly #flow: Flow = {
    pause: () => void this.#socket.pause(),
    resume: () => void this.#socket.resume(),
    abandon: () => this.#fail(broken('ECONNABORTED', 'Nobody read the answer to its end.')),
  };
  #exchange: Exchange | undefined;
  /** Interim answers (1xx) to the request under way. */
  #interim = 0;
  #unparsed: Buffer = nothing;
  #framing: Framing | undefined;
  #body: IncomingBody | undefined;
  #keepsAlive = true;
  /** When it counts as too old to be used again; the server may be closing it at that moment. */
  #staleAt = Number.POSITIVE_INFINITY;

  /** @param onFree is told when the connection can carry another request. @param onGone when it never will. */
  constructor(socket: Socket, onFree: (connection: Connection) => void, onGone: (connection: Connection) => void) {
    this.#socket = socket;
    this.#onFree = onFree;
    socket.setNoDelay(true);
    socket.setTimeout(silenceMs, () => this.#fail(broken('ETIMEDOUT', 'Storage was silent for too long.')));
    socket.on('data', (bytes: Buffer) => this.#read(bytes));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => {
      if (this.#framing?.endsWithConnection === true) this.#finish();
      this.#fail(broken('ECONNRESET', 'Storage closed the connection before its answer was complete.'));
      onGone(this);
    });
  }

  /** False for one that was idle for so long that the server may have let go of it. */
  get usable(): boolean {
    return !this.#socket.destroyed && Date.now() < this.#staleAt;
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Sends the request, which is `bytes` on the wire. The answer comes with its head; what breaks later breaks its body. */
  send(request: WireRequest, bytes: readonly Uint8Array[]): Promise<WireResponse> {
    return new Promise((resolve, reject) => {
      const { signal } = request;
      const onAbort = signal === undefined ? undefined : () => this.#fail(aborted(signal));
      if (onAbort !== undefined) signal?.addEventListener('abort', onAbort, { once: true });
      this.#exchange = { request, resolve, reject, onAbort };
      this.#socket.ref();
      for (const part of bytes) this.#socket.write(part);
    });
  }

  #read(bytes: Buffer): void {
    try {
      if (this.#exchange === undefined) throw malformed('nobody asked for it');
      if (this.#framing === undefined) this.#readHead(this.#unparsed.length === 0 ? bytes : Buffer.concat([this.#unparsed, bytes]));
      else this.#readBody(this.#framing, bytes);
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  #readHead(bytes: Buffer): void {
    const end = bytes.indexOf(headEnd);
    if (end > maxHeadBytes || (end < 0 && bytes.length > maxHeadBytes)) throw malformed('an endless head');
    this.#unparsed = end < 0 ? bytes : nothing;
    const exchange = this.#exchange;
    if (end < 0 || exchange === undefined) return;
    const head = parseHead(bytes.toString('latin1', 0, end));
    const rest = bytes.subarray(end + headEnd.length);
    // An interim answer; the one that counts follows.
    if (head.status === 101) throw malformed('another protocol');
    if (head.status < 200) {
      if (++this.#interim > maxInterim) throw malformed('interim answers without end');
      return this.#readHead(rest);
    }
    this.#interim = 0;
    const framing = framingOf(exchange.request.method, head);
    const body = new IncomingBody(this.#flow);
    this.#framing = framing;
    this.#body = body;
    this.#noteKeepAlive(head);
    exchange.resolve(answer(head, body));
    this.#readBody(framing, rest);
  }

  #readBody(framing: Framing, bytes: Buffer): void {
    if (bytes.length > 0) framing.take(bytes, (piece) => this.#body?.push(piece));
    if (framing.done) this.#finish();
  }

  #noteKeepAlive({ keepsAlive, headers }: ResponseHead): void {
    this.#keepsAlive = keepsAlive;
    const seconds = /timeout=(\d{1,5})/i.exec(headers.get('keep-alive') ?? '')?.[1];
    // A second early: the server's clock began to run before ours.
    this.#staleAt = Date.now() + (seconds === undefined ? idleMs : Math.max(0, Number(seconds) * 1000 - 1000));
  }

  #leaveExchange(): { exchange: Exchange | undefined; body: IncomingBody | undefined } {
    const [exchange, body] = [this.#exchange, this.#body];
    this.#exchange = undefined;
    this.#body = undefined;
    this.#framing = undefined;
    if (exchange?.onAbort !== undefined) exchange.request.signal?.removeEventListener('abort', exchange.onAbort);
    return { exchange, body };
  }

  #finish(): void {
    this.#leaveExchange().body?.end();
    // An answer that came before all of the request was sent: the rest of it would be read as another request.
    if (!this.#keepsAlive || this.#socket.destroyed || this.#socket.writableLength > 0) return this.destroy();
    this.#socket.resume();
    this.#socket.unref();
    return this.#onFree(this);
  }

  /** Ends what is under way, and the connection with it. */
  #fail(error: Error): void {
    const { exchange, body } = this.#leaveExchange();
    this.destroy();
    body?.end(error);
    // After its head it was resolved, and this does nothing.
    exchange?.reject(error);
  }
}

function answer({ status, headers }: ResponseHead, body: IncomingBody): WireResponse {
  return {
    status,
    header: (name) => headers.get(name),
    headersAfter: (prefix) => {
      const found: Record<string, string> = {};
      for (const [name, value] of headers) {
        // What S3 clients send beyond ASCII is UTF-8.
        if (name.startsWith(prefix)) found[name.slice(prefix.length)] = Buffer.from(value, 'latin1').toString('utf8');
      }
      return found;
    },
    body,
    text: () => body.text(),
    discard: () => body.discard(),
  };
}
