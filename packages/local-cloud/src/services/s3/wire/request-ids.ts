/** The second id of a request, which clients print in errors. */
import { createHash } from 'node:crypto';

/** `x-amz-id-2`: opaque; the same for the same request id. */
export function hostId(requestId: string): string {
  return createHash('sha256').update(requestId).digest('base64');
}
