/** What a person should know about one file after a sync: nothing is skipped in silence. */
import { isHqError, type ErrorCode } from '@hq/shared/errors';

export interface Problem {
  /** Relative to the folder, as it is written there or in the vault. May hold any character: escape it before a terminal sees it. */
  readonly path: string;
  /** A `problem` left the file out of step (the sync ends as partly done); a `warning` did not. */
  readonly severity: 'problem' | 'warning';
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | undefined;
}

/** A file left out of step. */
export function problem(path: string, code: ErrorCode, message: string, hint?: string): Problem {
  return { path, severity: 'problem', code, message, hint };
}

/** A file in step, with something that its owner should know. */
export function warning(path: string, code: ErrorCode, message: string, hint?: string): Problem {
  return { path, severity: 'warning', code, message, hint };
}

/** The problem that an error of one file's transfer stands for. */
export function problemOf(path: string, error: unknown): Problem {
  if (isHqError(error)) return problem(path, error.code, error.message, error.hint);
  return problem(path, 'INTERNAL', error instanceof Error ? error.message : 'Something went wrong with this file.');
}
