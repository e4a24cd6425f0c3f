/** What a disk that refuses looks like to a client. */
import { AwsError } from '../../../http/aws-error.ts';

const SQLITE_FULL = 13;

/** A full disk or a spent quota as a 507 `InsufficientStorage`; anything else as it is. */
export function storageError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AwsError) return error;
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  if (code !== 'ENOSPC' && code !== 'EDQUOT' && errcode !== SQLITE_FULL) return error;
  return new AwsError(507, 'InsufficientStorage', 'The disk that holds the data is full. Nothing of this request was stored; free some space and try again.');
}
