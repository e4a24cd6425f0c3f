/** What a disk that refuses looks like to a client. */
import { isDiskFull } from '../../../disk-full.ts';
import { AwsError } from '../../../http/aws-error.ts';

/** A full disk or a spent quota as a 507 `InsufficientStorage`; anything else as it is. */
export function storageError(error: unknown): unknown {
  if (error instanceof AwsError || !isDiskFull(error)) return error;
  return new AwsError(507, 'InsufficientStorage', 'The disk that holds the data is full. Nothing of this request was stored; free some space and try again.');
}
