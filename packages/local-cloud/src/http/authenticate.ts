/** From a raw request to a call with a principal and a body that keeps its promises. */
import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { Principal } from '../principals/principal.ts';
import type { Registry } from '../principals/registry.ts';
import type { Call } from '../services/service.ts';
import type { Claim } from '../sigv4/claim.ts';
import { readPayload } from '../sigv4/payload.ts';
import { SigningKeys } from '../sigv4/signing-key.ts';
import { checkScopeAndTime, type Verified, verifySignature } from '../sigv4/verify.ts';
import type { WireRequest } from '../sigv4/wire-request.ts';
import { AwsError } from './aws-error.ts';
import { type ObjectBody, objectBody } from './object-body.ts';
import type { ServiceName } from './route.ts';
import { collectSmallBody } from './small-body.ts';
import { VerifiedCall } from './verified-call.ts';

export interface Incoming {
  readonly id: string;
  readonly message: IncomingMessage;
  readonly wire: WireRequest;
  readonly claim: Claim | undefined;
  readonly service: ServiceName;
  /** The body's bytes; nothing is read before they are asked for. */
  readonly raw: AsyncIterable<Buffer>;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface AuthenticatorOptions {
  readonly registry: Registry;
  readonly region: string;
  readonly accountId: string;
}

export class Authenticator {
  readonly #options: AuthenticatorOptions;
  readonly #keys = new SigningKeys();

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
  }

  /** Verifies who sent a request. @throws AwsError in S3's words; each service says it in its own. */
  async authenticate(incoming: Incoming): Promise<Call> {
    const { claim, service } = incoming;
    if (!claim) {
      if (service !== 's3') throw new AwsError(403, 'MissingAuthenticationToken', 'Request is missing Authentication Token');
      return this.#call(incoming, { kind: 'anonymous' }, this.#anonymousBody(incoming));
    }
    checkScopeAndTime(claim, this.#options.region, incoming.now);
    const { principal, secret } = this.#options.registry.find(claim.accessKeyId, claim.token, incoming.now);
    const body = await (service === 's3' ? this.#objectBody(incoming, claim, secret) : this.#smallBody(incoming, claim, secret));
    return this.#call(incoming, principal, body);
  }

  #anonymousBody({ raw, wire }: Incoming): ObjectBody {
    return objectBody(raw, readPayload(wire.headers.get('x-amz-content-sha256') ?? 'UNSIGNED-PAYLOAD'), wire.headers, undefined);
  }

  #objectBody({ raw, wire }: Incoming, claim: Claim, secret: string): ObjectBody {
    const promised = promisedHash(wire, claim);
    const payload = readPayload(promised);
    const verified: Verified = verifySignature(wire, claim, secret, promised, this.#keys);
    return objectBody(raw, payload, wire.headers, verified);
  }

  async #smallBody({ message, raw, wire }: Incoming, claim: Claim, secret: string): Promise<ObjectBody> {
    const bytes = await collectSmallBody(message, raw);
    verifySignature(wire, claim, secret, hash('sha256', bytes, 'hex'), this.#keys);
    return { body: once(bytes), length: bytes.length, trailers: new Map() };
  }

  #call({ id, message, wire, claim, service, now }: Incoming, principal: Principal, body: ObjectBody): Call {
    const { region, accountId } = this.#options;
    const { socket } = message;
    const tls = socket instanceof TLSSocket ? (socket.getProtocol() ?? 'unknown') : undefined;
    const facts = { service, principal, claim, region, accountId, remoteAddress: socket.remoteAddress, tls, now };
    return new VerifiedCall({ id, message, wire, body, facts });
  }
}

function promisedHash(wire: WireRequest, claim: Claim): string {
  const header = wire.headers.get('x-amz-content-sha256');
  if (header !== undefined) return header;
  if (claim.carrier === 'header') throw new AwsError(400, 'InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
  return wire.query.find(({ name }) => name === 'X-Amz-Content-Sha256')?.value ?? 'UNSIGNED-PAYLOAD';
}

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}
