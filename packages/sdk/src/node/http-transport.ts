/**
 * Storage over connections of our own. `fetch` costs about three times as much CPU a request as `node:http` (Request, Headers, web streams), and `node:http` twice
 * as much as this (streams, an agent and a dozen listeners for each), which for thousands of small files is most of the work.
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
