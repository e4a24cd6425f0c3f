/** Lines and counted runs out of a stream of pieces, without copying what is passed on. */
import { AwsError } from '../http/aws-error.ts';
import { incompleteBody } from '../http/message-body.ts';

const EMPTY: Uint8Array = new Uint8Array(0);
const LF = 10;
const CR = 13;

export class ByteSource {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #rest = EMPTY;

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** Up to the next CRLF, which is taken and not returned, as Latin-1. @throws AwsError 400 for one that is longer than `limit` bytes or ends in LF alone. */
  async line(limit: number): Promise<string> {
    let text = '';
    for (;;) {
      if (this.#rest.length === 0) await this.#more();
      const at = this.#rest.indexOf(LF);
      const taken = at === -1 ? this.#rest : this.#rest.subarray(0, at + 1);
      if (text.length + taken.length > limit + 2) throw badFraming('a line of the framing is too long.');
      text += Buffer.from(taken.buffer, taken.byteOffset, taken.length).toString('latin1');
      this.#rest = this.#rest.subarray(taken.length);
      if (at === -1) continue;
      if (text.charCodeAt(text.length - 2) !== CR) throw badFraming('a line of the framing must end in CRLF.');
      return text.slice(0, -2);
    }
  }

  /** The next piece of at most `most` bytes, which must be more than none. */
  async take(most: number): Promise<Uint8Array> {
    if (this.#rest.length === 0) await this.#more();
    const taken = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(taken.length);
    return taken;
  }

  /** True if nothing follows. */
  async ended(): Promise<boolean> {
    if (this.#rest.length > 0) return false;
    const next = await this.#pieces.next();
    if (!next.done) this.#rest = next.value;
    return next.done === true;
  }

  /** Gives the stream back. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  async #more(): Promise<void> {
    const next = await this.#pieces.next();
    if (next.done) throw incompleteBody();
    this.#rest = next.value;
  }
}

/** A refusal of the framing of an `aws-chunked` body. */
export function badFraming(what: string): AwsError {
  return new AwsError(400, 'InvalidRequest', `The aws-chunked body is malformed: ${what}`);
}
