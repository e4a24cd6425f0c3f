/**
 * One request to storage, carried through: the right session for the path, signed, sent, and tried again where that can help. All requests here may be
 * repeated: what a repetition could get wrong (a conditional write whose first answer was lost, and which now finds itself) is told by `Refusal.repeated`.
 */
import { HqError } from '@hq/shared/errors';
import type { Path } from '@hq/shared/path';
import type { Clock } from '@hq/shared/time';
import type { Hashing } from './hashing.ts';
import type { Pace } from './pace.ts';
import { isBrokenConnection, isExpiredSession, isPassing, readRefusal, Refusal, toHqError } from './refusal.ts';
import type { Access, Grant, Lease } from './sessions.ts';
import { canonicalQuery, createSigner, emptyPayloadHash, encodeKey, type Signer } from './sigv4.ts';
import type { Transport, WireResponse } from './transport.ts';

export interface StoragePorts {
  readonly transport: Transport;
  readonly hashing: Hashing;
  readonly clock: Clock;
  readonly pace: Pace;
}

export interface StorageRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** The object; for a listing the folder. */
  readonly path: Path;
  readonly access: Access;
  /** The bucket itself is asked, not an object in it. */
  readonly onBucket?: boolean;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** In hex; computed when absent. */
  readonly payloadHash?: string;
  readonly signal?: AbortSignal | undefined;
}

export interface Storage {
  /** @throws Refusal as storage gave it, once trying again is of no use; HqError `UNAVAILABLE` when storage can't be reached. */
  send(request: StorageRequest, lease: () => Promise<Lease>): Promise<WireResponse>;
}

const attempts = 6;

interface Place {
  readonly origin: string;
  readonly host: string;
  /** Before the key: the bucket, where it is not in the host's name. */
  readonly base: string;
  readonly signer: Signer;
}

/** The bucket's address: path style on an endpoint of one's own, the bucket in the host's name on AWS. */
function placeOf(grant: Grant, hashing: Hashing): Place {
  const signer = createSigner(grant.region, hashing);
  if (grant.endpoint === null) {
    const host = `${grant.bucket}.s3.${grant.region}.amazonaws.com`;
    return { origin: `https://${host}`, host, base: '', signer };
  }
  const { origin, host } = new URL(grant.endpoint);
  return { origin, host, base: `/${grant.bucket}`, signer };
}

/** Storage as one person reaches it. */
export function createStorage({ transport, hashing, clock, pace }: StoragePorts): Storage {
  const places = new Map<string, Place>();
  const locate = (grant: Grant): Place => {
    const name = `${grant.endpoint} ${grant.bucket}`;
    let place = places.get(name);
    if (place === undefined) places.set(name, (place = placeOf(grant, hashing)));
    return place;
  };

  const once = (request: StorageRequest, { grant, session }: Lease): Promise<WireResponse> => {
    const { origin, host, base, signer } = locate(grant);
    const path = request.onBucket === true ? base || '/' : `${base}/${encodeKey(grant.keyPrefix + request.path)}`;
    const query = request.query === undefined ? '' : canonicalQuery(request.query);
    const headers: Record<string, string> = { host, ...request.headers };
    const { method, body } = request;
    if (body !== undefined) headers['content-length'] = String(body.length);
    const payloadHash = request.payloadHash ?? (body === undefined ? emptyPayloadHash : hashing.sha256(body));
    signer.sign({ method, path, query, headers, payloadHash }, session.credentials, clock());
    return transport.send({ method, origin, target: query === '' ? path : `${path}?${query}`, headers, body, signal: request.signal });
  };

  return {
    send: async (request, lease) => {
      let repeated = false;
      let renewals = 0;
      for (let attempt = 1; ; attempt++) {
        if (pace.clear !== undefined) await pace.clear;
        const leased = await lease();
        try {
          const response = await once(request, leased);
          if (response.status < 300) return response;
          throw await readRefusal(response, repeated);
        } catch (error) {
          if (error instanceof Refusal) {
            if (isExpiredSession(error) && renewals++ < 2) {
              leased.drop();
              continue;
            }
            if (!isPassing(error) || attempt >= attempts) throw error;
            repeated ||= error.status >= 500;
            await pace.pause(attempt, error.status === 429 || error.status === 503);
          } else if (isBrokenConnection(error)) {
            if (attempt >= attempts) {
              throw new HqError('UNAVAILABLE', 'Storage can not be reached.', {
                hint: 'Check the network and that the server is running ("npm start").',
                cause: error,
              });
            }
            repeated = true;
            await pace.pause(attempt, false);
          } else {
            throw error;
          }
        }
      }
    },
  };
}

/** Turns a refusal of storage into an error for people; anything else is thrown as it is. */
export function explain(error: unknown, path: string): never {
  throw error instanceof Refusal ? toHqError(error, path === '' ? '/' : path) : error;
}

/** The same for what is asked bit by bit. */
export async function* explainEach<T>(items: AsyncIterable<T>, path: string): AsyncGenerator<T> {
  try {
    yield* items;
  } catch (error) {
    explain(error, path);
  }
}
