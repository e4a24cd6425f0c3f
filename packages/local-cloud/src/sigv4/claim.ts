/** What a request says about its signature, read but not yet believed. */
import { AwsError } from '../http/aws-error.ts';
import { formatAmzDate } from './amz-date.ts';
import type { WireRequest } from './wire-request.ts';

export interface Claim {
  /** In the Authorization header, in the query of a presigned URL, or in an uploaded form. */
  readonly carrier: 'header' | 'query' | 'form';
  readonly accessKeyId: string;
  /** `YYYYMMDD`. */
  readonly scopeDate: string;
  readonly region: string;
  readonly service: string;
  /** Lower case, in the order they were signed. */
  readonly signedHeaders: readonly string[];
  /** 64 hexadecimal digits. */
  readonly signature: string;
  /** `YYYYMMDDTHHMMSSZ`, as signed. */
  readonly amzDate: string;
  /** How long a presigned URL is good for, in seconds. */
  readonly expires: number | undefined;
  readonly token: string | undefined;
}

/** The parameters that belong to a presigned URL's signature: each may be there once. */
const SIGNATURE_PARAMETERS = [
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Date',
  'X-Amz-Expires',
  'X-Amz-SignedHeaders',
  'X-Amz-Signature',
  'X-Amz-Security-Token',
  'X-Amz-Content-Sha256',
];

/** What S3 says to signatures of version 2, and how to get boto3, which presigns with it by default, to make another. */
export const ONLY_SIGV4 =
  'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256, that is Signature Version 4: ' +
  "Config(signature_version='s3v4') in boto3, signature_version = s3v4 in the AWS configuration file.";
const malformed = (message: string): AwsError => new AwsError(400, 'AuthorizationHeaderMalformed', `The authorization header is malformed; ${message}`);
const badQuery = (message: string): AwsError => new AwsError(400, 'AuthorizationQueryParametersError', message);

/** Reads the claim; undefined for a request that carries no signature at all. @throws AwsError 400 */
export function readClaim(request: WireRequest): Claim | undefined {
  const authorization = request.headers.get('authorization');
  const parameters = new Map(request.query.map(({ name, value }) => [name, value]));
  const presigned = parameters.has('X-Amz-Algorithm') || parameters.has('X-Amz-Signature') || parameters.has('X-Amz-Credential');
  if (parameters.has('Signature') && parameters.has('AWSAccessKeyId')) throw new AwsError(400, 'InvalidRequest', ONLY_SIGV4);
  if (authorization === '' && !presigned) return undefined;
  if (authorization !== undefined && presigned) {
    throw new AwsError(
      400,
      'InvalidArgument',
      'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter or the Authorization header should be specified',
    );
  }
  if (authorization !== undefined) return readHeader(authorization, request);
  return presigned ? readPresigned(request, parameters) : undefined;
}

/** What S3 says to a header of another kind: to version 2 in its right shape, to a broken one, and to what it has never heard of. */
function otherMechanism(authorization: string, algorithm: string): AwsError {
  if (algorithm.startsWith('AWS4-') || /^AWS \S+:\S+$/.test(authorization)) return new AwsError(400, 'InvalidRequest', ONLY_SIGV4);
  const message = algorithm === 'AWS' ? 'AWS authorization header is invalid. Expected AwsAccessKeyId:signature' : 'Unsupported Authorization Type';
  return new AwsError(400, 'InvalidArgument', message, { ArgumentName: 'Authorization' });
}

function readHeader(authorization: string, request: WireRequest): Claim {
  const space = authorization.indexOf(' ');
  const algorithm = space === -1 ? authorization : authorization.slice(0, space);
  if (algorithm !== 'AWS4-HMAC-SHA256') throw otherMechanism(authorization, algorithm);
  const fields = new Map<string, string>();
  for (const field of authorization.slice(space + 1).split(',')) {
    const [, name = '', value = ''] = /^\s*([A-Za-z]+)=(\S+)\s*$/.exec(field) ?? [];
    if (name === '' || fields.has(name)) throw malformed('it must be Credential=…, SignedHeaders=…, Signature=…, each once.');
    fields.set(name, value);
  }
  const [credential, signedHeaders, signature] = ['Credential', 'SignedHeaders', 'Signature'].map((name) => fields.get(name));
  if (credential === undefined || signedHeaders === undefined || signature === undefined || fields.size !== 3) {
    throw malformed('it must be Credential=…, SignedHeaders=…, Signature=…, each once.');
  }
  return {
    carrier: 'header',
    ...readCredential(credential, malformed),
    signedHeaders: readSignedHeaders(signedHeaders, malformed),
    signature: readSignature(signature, malformed),
    amzDate: headerDate(request),
    expires: undefined,
    token: request.headers.get('x-amz-security-token'),
  };
}

function readPresigned(request: WireRequest, parameters: ReadonlyMap<string, string>): Claim {
  for (const name of SIGNATURE_PARAMETERS) {
    if (request.query.filter((parameter) => parameter.name === name).length > 1) throw badQuery(`${name} must be there once.`);
  }
  const need = (name: string): string => {
    const value = parameters.get(name);
    if (!value) throw badQuery(`Query-string authentication version 4 requires the ${name} parameter.`);
    return value;
  };
  if (need('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256') throw badQuery('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"');
  const expires = need('X-Amz-Expires');
  if (!/^\d{1,9}$/.test(expires) || Number(expires) < 1 || Number(expires) > 604_800) {
    throw badQuery('X-Amz-Expires must be between 1 and 604800 (a week in seconds).');
  }
  return {
    carrier: 'query',
    ...readCredential(need('X-Amz-Credential'), badQuery),
    signedHeaders: readSignedHeaders(need('X-Amz-SignedHeaders'), badQuery),
    signature: readSignature(need('X-Amz-Signature'), badQuery),
    amzDate: need('X-Amz-Date'),
    expires: Number(expires),
    token: parameters.get('X-Amz-Security-Token'),
  };
}

type Refusal = (message: string) => AwsError;

/** Reads `AKID/YYYYMMDD/REGION/SERVICE/aws4_request`. */
export function readCredential(text: string, refuse: Refusal): Pick<Claim, 'accessKeyId' | 'scopeDate' | 'region' | 'service'> {
  const parts = /^([\w.+=@-]{1,128})\/(\d{8})\/([\w-]{1,64})\/([\w-]{1,64})\/aws4_request$/.exec(text);
  if (!parts) throw refuse('the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".');
  const [, accessKeyId = '', scopeDate = '', region = '', service = ''] = parts;
  return { accessKeyId, scopeDate, region, service };
}

function readSignedHeaders(text: string, refuse: Refusal): string[] {
  const names = text.split(';');
  if (names.length > 100 || names.some((name) => !/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name)) || new Set(names).size !== names.length) {
    throw refuse('the SignedHeaders must be lower-case names, each once, joined by semicolons.');
  }
  return names;
}

/** Reads 64 hexadecimal digits. */
export function readSignature(text: string, refuse: Refusal): string {
  if (!/^[0-9a-f]{64}$/.test(text)) throw refuse('the Signature must be 64 lower-case hexadecimal digits.');
  return text;
}

/** `x-amz-date`, or the HTTP date where there is none. An unreadable one is left to the check of the time. */
function headerDate(request: WireRequest): string {
  const amzDate = request.headers.get('x-amz-date');
  if (amzDate !== undefined) return amzDate;
  const date = request.headers.get('date');
  if (date === undefined) throw new AwsError(403, 'AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header');
  const time = Date.parse(date);
  return Number.isNaN(time) ? date : formatAmzDate(time);
}
