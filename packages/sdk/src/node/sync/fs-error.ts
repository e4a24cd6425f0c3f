/** What the file system refuses, in our words. */
import { HqError, isHqError } from '@hq/shared/errors';

const codeOf = (error: unknown): string | undefined => (error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined);

/** True for the answer that nothing has this name. */
export function isMissing(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** The same refusal as an `HqError`: `STORAGE_FULL`, `FORBIDDEN`, `INVALID_PATH`, `PRECONDITION_FAILED` for a file that went away; `UNAVAILABLE` for the rest. */
export function fsError(error: unknown): HqError {
  if (isHqError(error)) return error;
  const code = codeOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new HqError('STORAGE_FULL', 'The disk is full; the file was not changed.', { hint: 'Make room, then sync again.', cause: error });
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new HqError('FORBIDDEN', "This computer doesn't allow it.", {
      hint: 'Look at the permissions of the file and of the folder it is in.',
      cause: error,
    });
  }
  if (code === 'ENAMETOOLONG' || code === 'EINVAL' || code === 'EILSEQ') {
    return new HqError('INVALID_PATH', "This disk can't hold a name like this.", { hint: 'Use a shorter or plainer name.', cause: error });
  }
  if (isMissing(error) || code === 'ELOOP') return changedMeanwhile();
  if (code === 'EISDIR' || code === 'EEXIST' || code === 'ENOTEMPTY') return occupied();
  return new HqError('UNAVAILABLE', `The disk answered ${code ?? 'with an unknown error'}.`, { hint: 'Try again.', cause: error, details: { reason: 'disk' } });
}

/** The file is no longer what the sync saw. */
export function changedMeanwhile(): HqError {
  return new HqError('PRECONDITION_FAILED', 'The file changed while it was being synced.', { hint: 'Sync again when nothing is writing to it.' });
}

/** Something else stands in the place. */
export function occupied(): HqError {
  return new HqError('CONFLICT', 'Something else is in its place on this computer.', { hint: 'Move that away, then sync again.' });
}
