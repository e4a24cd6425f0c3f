/** A transport that lets the world change between signing a request and sending it. */
import { nodeTransport } from '../../src/node/http-transport.ts';
import type { Transport } from '../../src/transfer/transport.ts';

/** Calls `before` ahead of each request. */
export function lateTransport(before: () => void): Transport {
  const real = nodeTransport();
  return {
    send: (request) => {
      before();
      return real.send(request);
    },
    close: () => real.close(),
  };
}
