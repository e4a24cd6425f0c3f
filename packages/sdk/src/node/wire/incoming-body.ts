/** A body between the connection that brings it and whoever reads it. Little waits in memory: a slow reader makes the connection wait. */

import { malformed } from './response-head.ts';

/** What the body may ask of its connection. */
export interface Flow {
  pause(): void;
  resume(): void;
  /** Nobody wants the rest. */
  abandon(): void;
}

/** How many bytes may wait for the reader. */
const highWater = 262_144;

/** The most that is read as text: four times the longest page of a listing. */
const maxTextBytes = 16_777_216;

export class IncomingBody implements AsyncIterable<Uint8Array> {
  readonly #flow: Flow;
  #pieces: Buffer[] = [];
  #waiting = 0;
  #state: 'coming' | 'ended' | Error = 'coming';
  #unwanted = false;
  #wake: (() => void) | undefined;

  constructor(flow: Flow) {
    this.#flow = flow;
  }

  push(piece: Buffer): void {
    if (this.#unwanted || piece.length === 0) return;
    this.#pieces.push(piece);
    this.#waiting += piece.length;
    if (this.#waiting > highWater) this.#flow.pause();
    this.#wake?.();
  }

  /** All has come, or never will. */
  end(failure?: Error): void {
    if (this.#state !== 'coming') return;
    this.#state = failure ?? 'ended';
    this.#wake?.();
  }

  async #more(): Promise<void> {
    await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#wake = undefined;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (;;) {
        const piece = this.#pieces.shift();
        if (piece !== undefined) {
          this.#waiting -= piece.length;
          yield piece;
        } else if (this.#state === 'coming') {
          this.#flow.resume();
          await this.#more();
        } else if (this.#state === 'ended') return;
        else throw this.#state;
      }
    } finally {
      if (this.#state === 'coming') this.#flow.abandon();
    }
  }

  /** The whole as UTF-8. Fails for more than any answer in XML can be, instead of filling the memory with it. */
  async text(): Promise<string> {
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    for await (const piece of this) {
      bytes += piece.length;
      if (bytes > maxTextBytes) throw malformed('an endless text');
      pieces.push(piece);
    }
    return Buffer.concat(pieces).toString('utf8');
  }

  /** Lets it run out unread. */
  async discard(): Promise<void> {
    this.#unwanted = true;
    this.#pieces = [];
    while (this.#state === 'coming') {
      this.#flow.resume();
      await this.#more();
    }
    if (this.#state !== 'ended') throw this.#state;
  }
}
