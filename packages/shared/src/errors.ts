/**
 * The one closed list of what can go wrong. Every refusal that reaches a person is an `HqError`: what happened and why in `message`, what to do in
 * `hint`. Both are public, so neither may hold a secret or the name of anything the caller has no right to know; what only we should see is `cause`.
 */
export const errorCodes = [
  /** The input does not fit the procedure's schema. */
  'BAD_REQUEST',
  /** The path breaks a rule of the path module; the message names the rule. */
  'INVALID_PATH',
  /** No token, or one that does not verify. */
  'UNAUTHENTICATED',
  /** A token or code that was good once. */
  'EXPIRED',
  /** The caller may know that the thing exists, and may not do this to it. */
  'FORBIDDEN',
  /** It does not exist, or the caller may not know that it does: the two are never told apart. */
  'NOT_FOUND',
  /** It exists already, or someone else changed it first. */
  'CONFLICT',
  /** The `If-Match` / `If-None-Match` that the caller sent does not hold. */
  'PRECONDITION_FAILED',
  /** The body is over the limit that the message names. */
  'TOO_LARGE',
  /** The rules at and under the cone cannot be written in the sessions that one request may have. */
  'SCOPE_TOO_LARGE',
  /** The caller may do nothing of what was asked in the cone: nothing is minted. */
  'EMPTY_SCOPE',
  /** The last active admin would go. */
  'LAST_ADMIN',
  /** Slow down; the hint says for how long. */
  'RATE_LIMITED',
  /** The two clocks differ by more than a signature allows. */
  'CLOCK_SKEW',
  /** No room left on the disk or in the quota. */
  'STORAGE_FULL',
  /** Something we depend on does not answer; trying again may help. */
  'UNAVAILABLE',
  /** A defect of ours. The message says nothing beyond that; the cause is logged. */
  'INTERNAL',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** Facts about an error that a program may act on. Public, like the message. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export interface HqErrorOptions {
  /** What the person can do about it, as one sentence. */
  readonly hint?: string;
  readonly details?: ErrorDetails;
  /** For the log only; never sent. */
  readonly cause?: unknown;
}

/** A refusal with a code from the closed list. */
export class HqError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: ErrorDetails | undefined;

  constructor(code: ErrorCode, message: string, options: HqErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'HqError';
    this.code = code;
    this.hint = options.hint;
    this.details = options.details;
  }
}

/** True for an `HqError`, also one that came from another copy of this module (a bundle beside a package). */
export function isHqError(value: unknown): value is HqError {
  return value instanceof Error && value.name === 'HqError' && errorCodes.includes((value as HqError).code);
}
