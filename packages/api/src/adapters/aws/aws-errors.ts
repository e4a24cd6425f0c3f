/** What AWS services and their SDK say, in the words of the closed list. Their messages name resources and principals: they are for the log, never public. */
import { HqError, isHqError, type ErrorCode } from '@hq/shared/errors';

type Refusal = readonly [code: ErrorCode, message: string, hint?: string];

const busy: Refusal = ['UNAVAILABLE', 'Storage is too busy.', 'Try again in a moment.'];
const away: Refusal = ['UNAVAILABLE', 'Storage does not answer.', 'Check that it runs, then try again.'];
const skew: Refusal = ['CLOCK_SKEW', 'The clock of this machine differs too much from that of storage.', 'Set the clock, for example by NTP.'];
const missing: Refusal = ['NOT_FOUND', 'There is nothing here by that name.', 'Check the name, or list what is there.'];
const refused: Refusal = ['FORBIDDEN', 'Storage refused this.', 'Ask an admin of the organization for access.'];
const expired: Refusal = ['EXPIRED', 'The session has ended.', 'Try again: a new one is made.'];
const precondition: Refusal = ['PRECONDITION_FAILED', 'It was changed in the meantime, or is there already.', 'Read it again, then decide.'];
const full: Refusal = ['STORAGE_FULL', 'There is no room left in storage.', 'Make room, then try again.'];
const tooLarge: Refusal = ['TOO_LARGE', 'It is larger than storage takes at once.'];
const bad: Refusal = ['BAD_REQUEST', 'Storage does not take this request.'];

/** By the error's name, which is the service's code. */
const refusals: Readonly<Record<string, Refusal>> = {
  AccessDenied: refused,
  AccessDeniedException: refused,
  AllAccessDisabled: refused,
  NoSuchKey: missing,
  NoSuchVersion: missing,
  NotFound: missing,
  NotFoundException: missing,
  MethodNotAllowed: missing,
  PreconditionFailed: precondition,
  ConditionalRequestConflict: ['CONFLICT', 'Someone else is writing this at the same moment.', 'Try again.'],
  ExpiredToken: expired,
  ExpiredTokenException: expired,
  RequestTimeTooSkewed: skew,
  RequestExpired: skew,
  InvalidSignatureException: skew,
  EntityTooLarge: tooLarge,
  KeyTooLongError: bad,
  InvalidArgument: bad,
  InvalidRequest: bad,
  ValidationException: bad,
  InsufficientStorage: full,
  QuotaExceeded: full,
  OperationAborted: busy,
  SlowDown: busy,
  Throttling: busy,
  ThrottlingException: busy,
  RequestLimitExceeded: busy,
  ProvisionedThroughputExceededException: busy,
  LimitExceededException: busy,
  TooManyRequestsException: busy,
  ServiceUnavailable: busy,
  InternalServerError: away,
  InternalError: away,
  InternalFailure: away,
  TimeoutError: away,
  PackedPolicyTooLarge: ['SCOPE_TOO_LARGE', 'The rules under this folder are too many for one session.', 'Ask for a smaller folder.'],
  PackedPolicyTooLargeException: ['SCOPE_TOO_LARGE', 'The rules under this folder are too many for one session.', 'Ask for a smaller folder.'],
};

/** Of a connection that never came about, or broke. */
const network = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT', 'EPIPE', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** The name of an AWS error (its code), whatever the SDK made of it. */
export function awsErrorName(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

/** @returns an HqError; what nobody foresaw is `INTERNAL`. */
export function fromAws(error: unknown): HqError {
  if (isHqError(error)) return error;
  const status = statusOf(error);
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const found = refusals[awsErrorName(error)] ?? (network.has(code) ? away : byStatus(status));
  const [errorCode, message, hint] = found ?? ['INTERNAL', 'Something went wrong on our side.'];
  return new HqError(errorCode, message, { ...(hint === undefined ? {} : { hint }), cause: error });
}

/** A call under a person's session, whose errors are ours afterwards. */
export async function awsCall<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    throw fromAws(error);
  }
}

/** As `fromAws`, for what we do under our own identity: that it is refused is a defect of the deployment, not of who asked. */
export function fromOwnAws(error: unknown): HqError {
  const found = fromAws(error);
  if (found.code !== 'FORBIDDEN' && found.code !== 'EXPIRED') return found;
  return new HqError('INTERNAL', 'Something went wrong on our side.', { cause: error });
}

/** A call under our own identity. */
export async function ownCall<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    throw fromOwnAws(error);
  }
}

/** A HEAD has no body, so its errors have no name but their status. */
function byStatus(status: number | undefined): Refusal | undefined {
  if (status === undefined) return undefined;
  return statuses[status] ?? (status >= 500 ? away : undefined);
}

const statuses: Readonly<Record<number, Refusal>> = { 403: refused, 404: missing, 412: precondition, 413: tooLarge, 429: busy, 503: busy, 507: full };

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  const metadata = error.$metadata;
  return typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata && typeof metadata.httpStatusCode === 'number'
    ? metadata.httpStatusCode
    : undefined;
}
