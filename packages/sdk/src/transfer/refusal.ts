/** What storage answered when it said no, in its own words and then in ours. */
import { HqError } from '@hq/shared/errors';
import { textOf } from './xml.ts';
import type { WireResponse } from './transport.ts';

/** S3's error: the status and its code, for example 412 `PreconditionFailed`. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  /** The request was sent before, and that attempt may have been carried out although its answer never came. */
  readonly repeated: boolean;

  constructor(status: number, code: string, message: string, repeated = false) {
    super(message);
    this.repeated = repeated;
    this.name = 'Refusal';
    this.status = status;
    this.code = code;
  }
}

/** An answer to HEAD has no body: the status is all there is to go by. */
const codeOfStatus: Readonly<Record<number, string>> = {
  304: 'NotModified',
  403: 'AccessDenied',
  404: 'NoSuchKey',
  409: 'Conflict',
  412: 'PreconditionFailed',
  416: 'InvalidRange',
  503: 'SlowDown',
  507: 'InsufficientStorage',
};

/** Reads an answer that is not a success. */
export async function readRefusal(response: WireResponse, repeated: boolean): Promise<Refusal> {
  const xml = await response.text();
  const code = textOf(xml, 'Code') ?? codeOfStatus[response.status] ?? `Http${response.status}`;
  return new Refusal(response.status, code, textOf(xml, 'Message') ?? `storage answered ${response.status}`, repeated);
}

const retried = new Set(['SlowDown', 'InternalError', 'RequestTimeout', 'ServiceUnavailable', 'ConditionalRequestConflict', 'OperationAborted', 'BadDigest']);

/** True when the same request may well succeed a little later: it was too much, or what arrived was not what we sent. */
export function isPassing(refusal: Refusal): boolean {
  return (
    refusal.status === 429 ||
    (refusal.status >= 500 && refusal.status !== 501 && refusal.status !== 507) ||
    retried.has(refusal.code) ||
    refusal.code === 'XAmzContentSHA256Mismatch'
  );
}

/** True when the credentials, not the request, are the trouble. */
export function isExpiredSession(refusal: Refusal): boolean {
  return refusal.code === 'ExpiredToken' || refusal.code === 'InvalidToken' || refusal.code === 'TokenRefreshRequired' || refusal.code === 'InvalidAccessKeyId';
}

/** True when the connection failed, rather than our own code. */
export function isBrokenConnection(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof HqError || error instanceof Refusal || error.name === 'AbortError') return false;
  const code = (error as { code?: unknown }).code ?? (error.cause as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && /^(E[A-Z]+|UND_ERR_\w+|HPE_\w+)$/.test(code);
}

const clockHint = 'Set the clock of this computer (it may be off by minutes or by a time zone), then try again.';

/** The refusal of a request about `path`, for people. */
export function toHqError(refusal: Refusal, path: string): HqError {
  const cause = refusal;
  switch (refusal.code) {
    case 'NoSuchKey':
    case 'NoSuchVersion':
    case 'NoSuchBucket':
    case 'NotFound':
      return new HqError('NOT_FOUND', `There is no "${path}" in this vault, or you may not read it.`, { cause });
    case 'PreconditionFailed':
    case 'ConditionalRequestConflict':
    case 'NotModified':
      return new HqError('PRECONDITION_FAILED', `"${path}" was changed by someone else meanwhile.`, {
        hint: 'Look at the new version, then try again.',
        cause,
      });
    case 'RequestTimeTooSkewed':
      return new HqError('CLOCK_SKEW', "This computer's clock differs from the storage's by more than 15 minutes.", { hint: clockHint, cause });
    case 'AccessDenied':
      return new HqError('FORBIDDEN', `Storage refused access to "${path}".`, { hint: 'Ask an admin of the vault for access to it.', cause });
    case 'EntityTooLarge':
      return new HqError('TOO_LARGE', `"${path}" is larger than storage takes.`, { cause });
    case 'InsufficientStorage':
      return new HqError('STORAGE_FULL', 'There is no room left in the storage.', {
        hint: 'Free some disk space where the server keeps its data, then try again.',
        cause,
      });
    case 'SlowDown':
    case 'TooManyRequests':
      return new HqError('RATE_LIMITED', 'Storage asks us to slow down, and kept asking.', { hint: 'Try again in a minute.', cause });
    default:
      if (refusal.status >= 500)
        return new HqError('UNAVAILABLE', `Storage failed (${refusal.status} ${refusal.code}).`, { hint: 'Try again in a minute.', cause });
      if (isExpiredSession(refusal))
        return new HqError('EXPIRED', 'Storage no longer takes this session, nor the new one.', { hint: 'Sign in again with "hq login".', cause });
      return new HqError(refusal.status === 404 ? 'NOT_FOUND' : 'BAD_REQUEST', `Storage refused "${path}": ${refusal.code}.`, { cause });
  }
}
