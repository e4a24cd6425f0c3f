/** What SQLite says, in the words of the closed list. */
import { HqError, isHqError } from '@hq/shared/errors';

/** Primary result codes (https://www.sqlite.org/rescode.html). */
const busy = 5;
const locked = 6;
const readOnly = 8;
const ioError = 10;
const full = 13;
const cantOpen = 14;

/** An error of the engine as an HqError; one of ours stays as it is. */
export function tableError(error: unknown): HqError {
  if (isHqError(error)) return error;
  // The low byte is the primary code; node:sqlite reports the extended one.
  const code = error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
  const system = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === full || system === 'ENOSPC') {
    return new HqError('STORAGE_FULL', 'There is no room left where HQ Cloud keeps its data.', {
      hint: 'Make room on the disk, then try again.',
      cause: error,
    });
  }
  if (code === busy || code === locked) {
    return new HqError('UNAVAILABLE', 'The metadata is busy.', { hint: 'Try again in a moment.', cause: error });
  }
  if (code === readOnly || code === ioError || code === cantOpen || (typeof system === 'string' && system.startsWith('E') && !system.startsWith('ERR_'))) {
    return new HqError('UNAVAILABLE', 'The metadata can not be read or written.', { hint: 'Check the disk and the rights of the data folder.', cause: error });
  }
  return new HqError('INTERNAL', 'Something went wrong on our side.', { cause: error });
}
