/** A verified request, as services see it. */
import type { IncomingMessage } from 'node:http';
import { evaluate, type Reason } from '../iam/evaluate.ts';
import { requestContext } from '../iam/request-context.ts';
import type { Principal } from '../principals/principal.ts';
import type { Ask, Call } from '../services/service.ts';
import type { WireRequest } from '../sigv4/wire-request.ts';
import { AwsError } from './aws-error.ts';
import type { Form } from './form-body.ts';
import type { ObjectBody } from './object-body.ts';
import { globalKey, type RequestFacts } from './request-facts.ts';

export interface VerifiedCallParts {
  readonly id: string;
  readonly message: IncomingMessage;
  readonly wire: WireRequest;
  readonly body: ObjectBody;
  readonly facts: Omit<RequestFacts, 'header'>;
  readonly form: Form | undefined;
}

export class VerifiedCall implements Call {
  readonly id: string;
  readonly message: IncomingMessage;
  readonly method: string;
  readonly rawPath: string;
  readonly query: ReadonlyMap<string, string>;
  readonly principal: Principal;
  readonly body: AsyncIterable<Uint8Array>;
  readonly bodyLength: number | undefined;
  readonly trailers: ReadonlyMap<string, string>;
  readonly now: number;
  readonly secure: boolean;
  readonly form: Form | undefined;
  readonly #headers: ReadonlyMap<string, string>;
  /** Headers that a presigned URL carries in its query. */
  readonly #hoisted: ReadonlyMap<string, string>;
  readonly #facts: RequestFacts;

  constructor({ id, message, wire, body, facts, form }: VerifiedCallParts) {
    this.form = form;
    this.id = id;
    this.message = message;
    this.method = wire.method;
    this.rawPath = wire.rawPath;
    this.principal = facts.principal;
    this.body = body.body;
    this.bodyLength = body.length;
    this.trailers = body.trailers;
    this.now = facts.now;
    this.secure = facts.tls !== undefined;
    this.#headers = wire.headers;
    [this.query, this.#hoisted] = sortQuery(wire, facts.claim?.carrier === 'query');
    this.#facts = { ...facts, header: (name) => this.header(name) };
  }

  header(name: string): string | undefined {
    const key = name.toLowerCase();
    return this.#headers.get(key) ?? this.#hoisted.get(key);
  }

  ownHeader(name: string): string | undefined {
    return this.#headers.get(name.toLowerCase());
  }

  headerNames(): string[] {
    return [...this.#headers.keys(), ...this.#hoisted.keys()];
  }

  authorize(ask: Ask): void {
    const reason = this.#judge(ask);
    if (reason !== 'allowed') throw new AwsError(403, 'AccessDenied', refusal(this.principal, ask, reason));
  }

  allows(ask: Ask): boolean {
    return this.#judge(ask) === 'allowed';
  }

  #judge({ action, resource, context, resourcePolicy }: Ask): Reason {
    const request = requestContext(context, (key) => globalKey(this.#facts, key));
    return evaluate({ principal: this.principal, action, resource, resourcePolicy, request });
  }
}

/** What the service gets to see of a query, the first value of each name; and the `x-amz-…` parameters of a presigned URL, which are its signature or stand for headers. */
function sortQuery(wire: WireRequest, presigned: boolean): [ReadonlyMap<string, string>, ReadonlyMap<string, string>] {
  const query = new Map<string, string>();
  const hoisted = new Map<string, string>();
  for (const { name, value } of wire.query) {
    const lowered = name.toLowerCase();
    const target = presigned && lowered.startsWith('x-amz-') ? hoisted : query;
    const key = target === hoisted ? lowered : name;
    if (!target.has(key)) target.set(key, value);
  }
  return [query, hoisted];
}

const BECAUSE: Readonly<Record<Exclude<Reason, 'allowed'>, string>> = {
  'explicit-deny': 'with an explicit deny in a policy',
  'no-identity-policy': 'because no identity-based policy allows the action',
  'no-session-policy': 'because no session policy allows the action',
  'no-resource-policy': 'because no resource-based policy allows the action',
};

function refusal(principal: Principal, ask: Ask, reason: Exclude<Reason, 'allowed'>): string {
  if (principal.kind === 'anonymous') return 'Access Denied';
  return `User: ${principal.arn} is not authorized to perform: ${ask.action} on resource: "${ask.resource}" ${BECAUSE[reason]}`;
}
