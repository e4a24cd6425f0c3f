/** From a raw request to a call with a principal and a body that keeps its promises. */
import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { Principal } from '../principals/principal.ts';
import type { Registry } from '../principals/registry.ts';
import type { Call } from '../services/service.ts';
import type { Claim } from '../sigv4/claim.ts';
import { readFormClaim } from '../sigv4/form-claim.ts';
import { readPayload } from '../sigv4/payload.ts';
import { SigningKeys } from '../sigv4/signing-key.ts';
import { checkScopeAndTime, type Verified, verifyFormSignature, verifySignature } from '../sigv4/verify.ts';
import type { WireRequest } from '../sigv4/wire-request.ts';
import { AwsError } from './aws-error.ts';
import { type Form, readForm } from './form-body.ts';
import { formHeaders } from './form-headers.ts';
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
      if (isForm(incoming.wire)) return this.#form(incoming);
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

  /** A form carries its signature inside, so it is read up to its file first: 20 KiB at most. */
  async #form(incoming: Incoming): Promise<Call> {
    const { message, raw, wire, now } = incoming;
    if (!wire.headers.has('content-length')) throw new AwsError(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
    const impatience = setTimeout(() => message.destroy(), FORM_PATIENCE);
    const form = await readForm(raw, wire.headers.get('content-type') ?? '').finally(() => clearTimeout(impatience));
    const claim = readFormClaim(form.fields);
    const headers = formHeaders(wire.headers, form.fields);
    const body = { body: form.file, length: undefined, trailers: new Map<string, string>() };
    let principal: Principal = { kind: 'anonymous' };
    if (claim !== undefined) {
      if (claim.service !== 's3') throw new AwsError(400, 'InvalidArgument', 'X-Amz-Credential must be for the service "s3".');
      checkScopeAndTime(claim, this.#options.region, now);
      const holder = this.#options.registry.find(claim.accessKeyId, claim.token, now);
      verifyFormSignature(claim, holder.secret, this.#keys);
      principal = holder.principal;
    }
    return this.#call({ ...incoming, claim, wire: { ...wire, headers } }, principal, body, form);
  }

  async #smallBody({ message, raw, wire }: Incoming, claim: Claim, secret: string): Promise<ObjectBody> {
    const bytes = await collectSmallBody(message, raw);
    verifySignature(wire, claim, secret, hash('sha256', bytes, 'hex'), this.#keys);
    return { body: once(bytes), length: bytes.length, trailers: new Map() };
  }

  #call({ id, message, wire, claim, service, now }: Incoming, principal: Principal, body: ObjectBody, form?: Form): Call {
    const { region, accountId } = this.#options;
    const { socket } = message;
    const tls = socket instanceof TLSSocket ? (socket.getProtocol() ?? 'unknown') : undefined;
    const facts = { service, principal, claim, region, accountId, remoteAddress: socket.remoteAddress, tls, now };
    return new VerifiedCall({ id, message, wire, body, facts, form });
  }
}

/** How long the fields of a form may take to come, in milliseconds; whoever sends them has not proved anything yet. */
const FORM_PATIENCE = 30_000;

function isForm({ method, query, headers }: WireRequest): boolean {
  return method === 'POST' && query.length === 0 && /^multipart\/form-data\b/i.test(headers.get('content-type') ?? '');
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
