/** The bytes of a request's body, pulled one piece at a time so that a slow disk holds back a fast client. */
import type { IncomingMessage } from 'node:http';
import { AwsError } from './aws-error.ts';

/** What a body that ended early is called. */
export const incompleteBody = (): AwsError =>
  new AwsError(400, 'IncompleteBody', 'You did not provide the number of bytes specified by the Content-Length HTTP header.');

/**
 * Yields the body as it arrives. May be consumed once.
 * @param onStart called before the first piece is waited for, for example to send `100 Continue`
 * @throws AwsError 400 `IncompleteBody` where the connection ends before the body does.
 */
export async function* readMessage(message: IncomingMessage, onStart: () => void): AsyncGenerator<Buffer, void, undefined> {
  onStart();
  let arrivals: Arrivals | undefined;
  try {
    for (;;) {
      const piece = message.read() as Buffer | null;
      if (piece !== null) yield piece;
      else if (message.readableEnded) return;
      else if (message.destroyed || message.errored) throw incompleteBody();
      // All of it has come and was read; the event that says so is a turn of the loop away. This is how most small bodies end.
      else if (message.complete && message.readableLength === 0) return;
      else {
        arrivals ??= new Arrivals(message);
        await arrivals.next();
      }
    }
  } finally {
    arrivals?.stop();
    if (!message.readableEnded) message.resume();
  }
}

const EVENTS = ['readable', 'end', 'close', 'error', 'aborted'] as const;

/** Waits until there may be something new to read. */
class Arrivals {
  readonly #message: IncomingMessage;
  readonly #listener = (): void => this.#wake?.();
  #wake: (() => void) | undefined;

  constructor(message: IncomingMessage) {
    this.#message = message;
    for (const event of EVENTS) message.on(event, this.#listener);
  }

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  stop(): void {
    for (const event of EVENTS) this.#message.off(event, this.#listener);
  }
}
