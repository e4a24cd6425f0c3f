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
  let wake: (() => void) | undefined;
  const listener = (): void => wake?.();
  const events = ['readable', 'end', 'close', 'error', 'aborted'] as const;
  for (const event of events) message.on(event, listener);
  try {
    for (;;) {
      const piece = message.read() as Buffer | null;
      if (piece !== null) yield piece;
      else if (message.readableEnded) return;
      else if (message.destroyed || message.errored) throw incompleteBody();
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    for (const event of events) message.off(event, listener);
    if (!message.readableEnded) message.resume();
  }
}
