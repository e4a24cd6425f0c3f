/** One attempt: a request, whose it is, and what has to come of it. */
import type { Credentials } from '../engine.ts';
import type { Answer, SignedRequest } from '../signed-request.ts';

export interface Attempt {
  /** What it tries, in words: attempts are counted by it. */
  readonly kind: string;
  readonly request: SignedRequest;
  /** Undefined for an unsigned request. */
  readonly credentials: Credentials | undefined;
  readonly allowed: boolean;
  /** What is wrong with the answer to an allowed one; undefined where nothing is. */
  readonly check?: (answer: Answer) => string | undefined;
}

/** What refuses: by the policies, or because the credentials are not good. */
const refusals = new Set(['AccessDenied', 'ExpiredToken', 'InvalidToken', 'InvalidAccessKeyId', 'InvalidClientTokenId', 'SignatureDoesNotMatch']);

/** What is wrong with an answer; undefined where it is as it must be. Neither allowed nor refused (a missing file, a defect) is wrong too. */
export function wrongWith({ allowed, check }: Attempt, answer: Answer): string | undefined {
  const { status, code } = answer;
  if (status >= 200 && status < 300 && code === '') return allowed ? check?.(answer) : 'succeeded wrongly';
  // A HEAD's refusal has no body.
  const refused = (status === 403 || status === 400 || (status === 200 && code !== '')) && (code === '' || refusals.has(code));
  if (refused) return allowed ? 'wrongly refused' : undefined;
  return 'neither allowed nor refused';
}
