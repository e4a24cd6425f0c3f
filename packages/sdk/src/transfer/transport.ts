/** How requests reach storage: over `node:http` with connections kept alive (`node/http-transport.ts`), or `fetch` (`fetch-transport.ts`). */

export interface WireRequest {
  readonly method: string;
  /** `http://127.0.0.1:8788`: scheme, host and port, no path. */
  readonly origin: string;
  /** Path and query, encoded as they are signed. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface WireResponse {
  readonly status: number;
  /** By lower-case name. */
  header(name: string): string | undefined;
  /** All headers that start with the prefix, by the rest of their names. */
  headersAfter(prefix: string): Record<string, string>;
  /** Read it, or call `text` or `discard`: an unread body holds its connection. */
  readonly body: AsyncIterable<Uint8Array>;
  text(): Promise<string>;
  discard(): Promise<void>;
}

/** Sends one request and answers when the headers are there. A failure of the connection is thrown as it is. */
export interface Transport {
  send(request: WireRequest): Promise<WireResponse>;
  /** Closes idle connections, so that a program can end. */
  close(): void;
}
