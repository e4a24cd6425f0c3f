/**
 * AWS's JSON 1.1 protocol, which KMS and SSM speak: the operation is named by `x-amz-target`, input and output are one JSON object, and an error is
 * `{"__type", "message"}`. https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
import type { ServerResponse } from 'node:http';
import * as z from 'zod';
import { AwsError } from '../http/aws-error.ts';
import type { Call, Service } from './service.ts';

/** One verb: it validates its input, authorises, acts, and gives the members of its answer. */
export type Operation = (call: Call, input: unknown) => object | Promise<object>;

/** Verbs by their names in `x-amz-target`. */
export type Operations = Readonly<Record<string, Operation>>;

/** Joins a schema and the verb behind it. Members that the schema does not know are ignored, as AWS does. */
export function operation<S extends z.ZodType>(schema: S, run: (call: Call, input: z.output<S>) => object | Promise<object>): Operation {
  return (call, raw) => {
    const parsed = schema.safeParse(raw);
    if (!parsed.success) throw validation(explain(parsed.error));
    return run(call, parsed.data);
  };
}

/** `ValidationException`, what both services answer to input that breaks a constraint. */
export function validation(message: string): AwsError {
  return new AwsError(400, 'ValidationException', message);
}

/** Bytes as base64 text, between `min` and `max` bytes long. */
export function blob(min: number, max: number): z.ZodType<Buffer> {
  const text = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;
  return z
    .string()
    .regex(text, 'must be base64')
    .transform((value) => Buffer.from(value, 'base64'))
    .refine((bytes) => bytes.length >= min && bytes.length <= max, `must be ${min} to ${max} bytes long`);
}

export interface JsonService {
  readonly name: 'kms' | 'ssm';
  /** What precedes the verb in `x-amz-target`, for example `TrentService`. */
  readonly target: string;
  /** The name of the service's 500. */
  readonly internalError: string;
  readonly operations: Operations;
  /** The largest request body, in bytes. */
  readonly maxBody: number;
}

/** The two wire functions of a `Service` that speaks JSON 1.1. */
export function jsonProtocol(service: JsonService): Pick<Service, 'handle' | 'fail'> {
  const operations = new Map(Object.entries(service.operations));
  return {
    async handle(call, response) {
      const [target, verb] = (call.header('x-amz-target') ?? '').split('.');
      const run = target === service.target && verb !== undefined ? operations.get(verb) : undefined;
      const body = await readBody(call, service.maxBody);
      if (call.method !== 'POST' || run === undefined) throw new AwsError(400, 'UnknownOperationException', 'The operation is not known here.');
      send(response, 200, call.id, await run(call, parseObject(body)));
    },
    fail(error, requestId, response) {
      const { status, code } = inJsonWords(error, service.internalError);
      send(response, status, requestId, { __type: code, message: error.message, ...error.fields });
    },
  };
}

async function readBody(call: Call, limit: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of call.body) {
    size += part.length;
    if (size > limit) throw new AwsError(413, 'RequestEntityTooLargeException', `The request is larger than ${limit} bytes.`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function parseObject(body: Buffer): unknown {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new AwsError(400, 'SerializationException', 'The request is not JSON in UTF-8.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new AwsError(400, 'SerializationException', 'The request is not an object.');
  return value;
}

function explain(error: z.ZodError): string {
  const lines = error.issues.slice(0, 5).map((issue) => {
    const at = issue.path.join('.');
    return `Value at '${at === '' ? 'input' : at}' failed to satisfy constraint: ${issue.message}`;
  });
  return `${error.issues.length} validation error${error.issues.length === 1 ? '' : 's'} detected: ${lines.join('; ')}`;
}

/** The front and the evaluator speak S3's words; these are the same refusals in the words of the JSON services. */
const jsonWords = new Map([
  ['AccessDenied', 'AccessDeniedException'],
  ['SignatureDoesNotMatch', 'InvalidSignatureException'],
  ['RequestTimeTooSkewed', 'InvalidSignatureException'],
  ['XAmzContentSHA256Mismatch', 'InvalidSignatureException'],
  ['AuthorizationHeaderMalformed', 'IncompleteSignatureException'],
  ['MissingSecurityHeader', 'IncompleteSignatureException'],
  ['InvalidAccessKeyId', 'UnrecognizedClientException'],
  ['InvalidToken', 'UnrecognizedClientException'],
  ['ExpiredToken', 'ExpiredTokenException'],
  ['InvalidRequest', 'ValidationException'],
  ['IncompleteBody', 'SerializationException'],
]);

function inJsonWords(error: { status: number; code: string }, internalError: string): { status: number; code: string } {
  if (error.status >= 500) return { status: error.status, code: internalError };
  return { status: error.status === 413 ? 413 : 400, code: jsonWords.get(error.code) ?? error.code };
}

function send(response: ServerResponse, status: number, requestId: string, body: object): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'content-length': bytes.length, 'x-amzn-requestid': requestId });
  response.end(bytes);
}
