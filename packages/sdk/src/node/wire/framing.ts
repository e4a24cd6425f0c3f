/** Where the body of a response ends (RFC 9112 §6.3): after a length, after a last chunk, or with the connection. */
import { malformed, maxHeadBytes, type ResponseHead } from './response-head.ts';

export interface Framing {
  /** The body is complete. */
  readonly done: boolean;
  /** A connection that ends now ends the body rightly. */
  readonly endsWithConnection: boolean;
  /** Takes bytes as they come and hands on what is content. @throws Error with code `EPROTO`, also for bytes after the end. */
  take(bytes: Buffer, content: (piece: Buffer) => void): void;
}

class ByLength implements Framing {
  readonly endsWithConnection = false;
  #left: number;

  constructor(length: number) {
    this.#left = length;
  }

  get done(): boolean {
    return this.#left === 0;
  }

  take(bytes: Buffer, content: (piece: Buffer) => void): void {
    if (bytes.length > this.#left) throw malformed('more than its length');
    this.#left -= bytes.length;
    content(bytes);
  }
}

class UntilClosed implements Framing {
  readonly done = false;
  readonly endsWithConnection = true;

  take(bytes: Buffer, content: (piece: Buffer) => void): void {
    content(bytes);
  }
}

class Chunked implements Framing {
  readonly endsWithConnection = false;
  done = false;
  /** Bytes of the chunk that are still to come; none between chunks. */
  #left = 0;
  /** Of a line that has not ended yet. */
  #line = '';
  #reading: 'size' | 'content' | 'after-content' | 'trailers' = 'size';
  #trailerBytes = 0;

  take(bytes: Buffer, content: (piece: Buffer) => void): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.done) throw malformed('more after its last chunk');
      if (this.#reading === 'content') {
        const piece = bytes.subarray(at, at + this.#left);
        at += piece.length;
        this.#left -= piece.length;
        if (this.#left === 0) this.#reading = 'after-content';
        content(piece);
      } else {
        const end = bytes.indexOf(10, at);
        this.#line += bytes.toString('latin1', at, end < 0 ? bytes.length : end + 1);
        if (this.#line.length > maxHeadBytes) throw malformed('an endless line');
        if (end < 0) return;
        at = end + 1;
        this.#endOfLine();
      }
    }
  }

  #endOfLine(): void {
    const line = this.#line.slice(0, -2);
    if (!this.#line.endsWith('\r\n')) throw malformed('a line without its end');
    this.#line = '';
    if (this.#reading === 'size') {
      // What follows the size are extensions, which mean nothing to us.
      const [, size] = /^([\da-f]{1,12})(?:[ \t]*;.*)?$/i.exec(line) ?? [];
      if (size === undefined) throw malformed('no chunk size');
      this.#left = Number.parseInt(size, 16);
      this.#reading = this.#left === 0 ? 'trailers' : 'content';
    } else if (this.#reading === 'after-content') {
      if (line !== '') throw malformed('a chunk longer than its size');
      this.#reading = 'size';
    } else if (line === '') {
      this.done = true;
    } else {
      this.#trailerBytes += line.length;
      if (this.#trailerBytes > maxHeadBytes) throw malformed('endless trailers');
    }
  }
}

/** The framing of the answer to a request with that method. @throws Error with code `EPROTO` where the head leaves it open. */
export function framingOf(method: string, { status, headers }: ResponseHead): Framing {
  if (method === 'HEAD' || status === 204 || status === 304) return new ByLength(0);
  const coding = headers.get('transfer-encoding');
  const length = headers.get('content-length');
  if (coding !== undefined) {
    if (length !== undefined || coding.toLowerCase() !== 'chunked') throw malformed('a framing that can be read in two ways');
    return new Chunked();
  }
  if (length === undefined) {
    // A connection can break at any byte: only of a refusal's text a part is as good as the whole. A listing that ends early would look like deleted files.
    if (status < 300) throw malformed('nothing says how long it is');
    return new UntilClosed();
  }
  if (!/^\d{1,15}$/.test(length)) throw malformed('no length');
  return new ByLength(Number(length));
}
