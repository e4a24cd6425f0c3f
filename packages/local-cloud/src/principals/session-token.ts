/**
 * Session tokens carry all there is to know about a session, sealed, so that nothing about it is stored, nothing is lost in a restart and nothing in it can be changed. A token is bound to
 * its access key id, from which the session's secret key is derived.
 */
import { createHmac, createSecretKey } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import * as z from 'zod';
import type { MasterKey } from '../root-key.ts';

const contents = z.strictObject({
  role: z.string(),
  session: z.string(),
  policy: z.string().optional(),
  tags: z.record(z.string(), z.string()),
  transitive: z.array(z.string()),
  sourceIdentity: z.string().optional(),
  issuedAt: z.number(),
  expiresAt: z.number(),
});

/** What a token says. Times are milliseconds since 1970; the policy is its text. */
export type SessionContents = z.infer<typeof contents>;

/** Far above what STS lets into a session, in bytes after unpacking. */
const MAX_UNPACKED = 64 * 1024;

export interface SessionTokens {
  /** The token of a session. */
  seal(accessKeyId: string, session: SessionContents): string;
  /** What a token says; undefined where it is no token of ours or belongs to another key. */
  open(accessKeyId: string, token: string): SessionContents | undefined;
  /** The secret key of a session. */
  secret(accessKeyId: string): string;
}

/** Sessions under a root key. */
export function sessionTokens(rootKey: MasterKey): SessionTokens {
  const secretKey = createSecretKey(rootKey.derive('session-secret'));
  return {
    seal(accessKeyId, session) {
      return Buffer.from(rootKey.seal(deflateRawSync(JSON.stringify(session)), `session-token/${accessKeyId}`)).toString('base64');
    },
    open(accessKeyId, token) {
      const sealed = Buffer.from(token, 'base64');
      // Base64 has many spellings of the same bytes; only ours counts, so that no bit of a token is free.
      if (sealed.toString('base64') !== token) return undefined;
      try {
        const plain = inflateRawSync(rootKey.open(sealed, `session-token/${accessKeyId}`), { maxOutputLength: MAX_UNPACKED });
        return contents.parse(JSON.parse(plain.toString()));
      } catch {
        return undefined;
      }
    },
    secret: (accessKeyId) => createHmac('sha256', secretKey).update(accessKeyId).digest('base64').slice(0, 40),
  };
}
