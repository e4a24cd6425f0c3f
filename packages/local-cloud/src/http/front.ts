/** The one way in: takes a request apart, finds the service, verifies the caller, hands over, and turns whatever goes wrong into the service's own error. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '../log.ts';
import type { Service } from '../services/service.ts';
import { type Claim, readClaim } from '../sigv4/claim.ts';
import { readWireRequest, type WireRequest } from '../sigv4/wire-request.ts';
import { type Authenticator, type Incoming } from './authenticate.ts';
import { AwsError } from './aws-error.ts';
import { readMessage } from './message-body.ts';
import { guessService, type ServiceName } from './route.ts';

export interface FrontOptions {
  readonly services: ReadonlyMap<ServiceName, Service>;
  readonly authenticator: Authenticator;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly log: Log;
}

export type Front = (message: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Makes the listener. It settles when the request is done with, and never rejects. */
export function createFront(options: FrontOptions): Front {
  const nextId = requestIds();
  const date = dates(options.clock);
  return async (message, response) => {
    const id = nextId();
    response.setHeader('x-amz-request-id', id);
    // The clock that judges signatures, which clients set theirs by.
    response.setHeader('date', date());
    let name: ServiceName = 's3';
    let raw: ReturnType<typeof readMessage> | undefined;
    try {
      const wire = readWireRequest(message);
      name = guessService(wire);
      if (!wire.headers.has('host')) throw new AwsError(400, 'InvalidRequest', 'The request needs a Host header.');
      // A browser's preflight carries no credentials and gives none.
      const claim = wire.method === 'OPTIONS' ? undefined : readClaim(wire);
      name = claim ? scopedService(claim, name) : name;
      raw = readMessage(message, () => continueIfAsked(wire, response));
      const incoming: Incoming = { id, message, wire, claim, service: name, raw, now: options.clock() };
      await service(options, name).handle(await options.authenticator.authenticate(incoming), response);
    } catch (error) {
      refuse(error, { options, name, id, message, response });
    }
    // A body that was begun and is not wanted any more is let go, or it would hold the connection.
    void raw?.return();
    if (!message.complete) message.resume();
  };
}

/** The `Date` header, spelled once a second. */
function dates(clock: () => number): () => string {
  let second = -1;
  let text = '';
  return () => {
    const now = Math.floor(clock() / 1000);
    if (now !== second) {
      second = now;
      text = new Date(now * 1000).toUTCString();
    }
    return text;
  };
}

function service({ services }: FrontOptions, name: ServiceName): Service {
  const found = services.get(name);
  if (!found) throw new Error(`there is no service ${name}`);
  return found;
}

function scopedService(claim: Claim, guess: ServiceName): ServiceName {
  const { service: scoped } = claim;
  if (scoped === 's3' || scoped === 'sts' || scoped === 'kms' || scoped === 'ssm') return scoped;
  const code = claim.carrier === 'header' ? 'AuthorizationHeaderMalformed' : 'AuthorizationQueryParametersError';
  throw new AwsError(400, code, `The authorization header is malformed; incorrect service "${scoped}". This endpoint belongs to "${guess}".`);
}

/** A client that waits for `100 Continue` gets it only once its signature is verified and someone wants the body. */
function continueIfAsked(wire: WireRequest, response: ServerResponse): void {
  if (wire.headers.get('expect')?.toLowerCase() === '100-continue' && !response.headersSent) response.writeContinue();
}

interface Failure {
  readonly options: FrontOptions;
  readonly name: ServiceName;
  readonly id: string;
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
}

function refuse(error: unknown, { options, name, id, message, response }: Failure): void {
  const known = error instanceof AwsError ? error : undefined;
  if (!known) options.log('error', 'a request failed', { id, service: name, method: message.method, error: describe(error) });
  if (response.headersSent || response.destroyed) {
    // The client has half an answer; only a broken connection tells it so.
    response.destroy();
    return;
  }
  const { status, code, fields, message: text } = known ?? new AwsError(500, 'InternalError', 'We encountered an internal error. Please try again.');
  // Whoever was promised 100 Continue and gets a refusal may or may not send the body: the connection cannot be used again.
  if (message.headers.expect !== undefined && !message.complete) response.setHeader('connection', 'close');
  try {
    service(options, name).fail({ status, code, message: text, fields }, id, response, message);
  } catch (failure) {
    options.log('error', 'an error could not be written', { id, service: name, error: describe(failure) });
    response.destroy();
  }
}

/** The stack says where; the message of an unknown error stays, for it is our own code's or Node's. */
function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Sixteen capitals and digits, as S3's: a random start, then counted on. */
function requestIds(): () => string {
  const start = randomBytes(5).toString('hex').toUpperCase();
  let count = 0;
  return () => {
    count = (count + 1) % 0x1000000;
    return start + count.toString(16).toUpperCase().padStart(6, '0');
  };
}
