/**
 * Storage over connections of our own. Through `node:http` each request costs about 110 µs of CPU more (streams, an agent and a dozen listeners each time), and
 * through `fetch` a multiple of that: for thousands of small files most of the work. docs/decisions/0012-own-connections-to-storage.md
 */
import type { Transport } from '../transfer/transport.ts';
import { Pool } from './wire/pool.ts';

export interface NodeTransportOptions {
  /** The most connections to one origin at a time. */
  readonly connections?: number;
}

/** A transport over TCP and TLS. */
export function nodeTransport({ connections = 64 }: NodeTransportOptions = {}): Transport {
  const pools = new Map<string, Pool>();
  return {
    send: (request) => {
      let pool = pools.get(request.origin);
      if (pool === undefined) pools.set(request.origin, (pool = new Pool(request.origin, connections)));
      return pool.send(request);
    },
    close: () => {
      for (const pool of pools.values()) pool.destroy();
      pools.clear();
    },
  };
}
