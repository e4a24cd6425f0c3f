/** What a person sees when something fails: what, why, and what to do, in at most three lines; no stack trace unless HQ_DEBUG asks for it. */
import { isHqError } from '@hq/shared/errors';
import { printable } from './printable.ts';
import { UsageError } from './usage-error.ts';

/** Failures of the file system that a person can do something about, by Node's code. */
const ofTheDisk: Readonly<Record<string, readonly [string, string]>> = {
  ENOENT: ['There is no such file or folder', 'Check the path.'],
  EACCES: ['You may not read or write it', 'Check its permissions.'],
  EPERM: ['You may not read or write it', 'Check its permissions.'],
  ENOSPC: ['The disk is full', 'Make room, then try again: nothing half-written was kept.'],
  EDQUOT: ['Your disk quota is used up', 'Make room, then try again: nothing half-written was kept.'],
  EISDIR: ['It is a folder', 'Name a file.'],
  ENOTDIR: ['A part of the path is not a folder', 'Check the path.'],
  EROFS: ['The disk is read-only', 'Choose another place.'],
  EEXIST: ['It exists already', 'Choose another name.'],
};

/** A line holds about this many. */
const shownChanges = 3;

export interface Explained {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** Of a change that somebody else's came before: what is different since. */
  readonly changed?: readonly string[];
}

/** Any failure as words for people. */
export function explainFailure(error: unknown): Explained {
  if (isHqError(error)) {
    const { code, message, hint, details } = error;
    const changed = details?.['changed'];
    return { code, message, ...(hint === undefined ? {} : { hint }), ...(Array.isArray(changed) ? { changed } : {}) };
  }
  if (error instanceof UsageError) return { code: 'USAGE', message: error.message, hint: 'See the help with --help.' };
  if (error instanceof Error && error.name === 'AbortError') return { code: 'INTERRUPTED', message: 'Stopped.', hint: 'Nothing half-written was kept.' };
  const { code, path } = error as NodeJS.ErrnoException;
  const known = typeof code === 'string' ? ofTheDisk[code] : undefined;
  if (known !== undefined) return { code: code ?? '', message: path === undefined ? `${known[0]}.` : `${known[0]}: ${path}`, hint: known[1] };
  return { code: 'INTERNAL', message: 'hq failed in a way it should not.', hint: 'Run it again with HQ_DEBUG=1 and report what it prints.' };
}

/** The lines for standard error. */
export function failureLines(error: unknown, debug: boolean): string[] {
  const { message, hint, changed = [] } = explainFailure(error);
  const lines = [`hq: ${printable(message)}`];
  if (changed.length > 0) lines.push(`    Since then: ${printable(changed.slice(0, shownChanges).join('; '))}${changed.length > shownChanges ? '; …' : '.'}`);
  if (hint !== undefined) lines.push(`    ${printable(hint)}`);
  if (debug) lines.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  for (let cause = debug && error instanceof Error ? error.cause : undefined; cause instanceof Error; cause = cause.cause)
    lines.push(`caused by ${cause.stack}`);
  return lines;
}
