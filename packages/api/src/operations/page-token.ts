/**
 * Continuation tokens. A token says where a listing stopped, and that may be a name which the caller has no right to see; so it is sealed (AES-256-GCM), and
 * bound to the person, the procedure and the question that it continues: anywhere else it does not open.
 */
import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto';
import { HqError } from '@hq/shared/errors';
import type { RandomBytes } from '@hq/shared/ids';

const nonceBytes = 12;
const tagBytes = 16;

/** What a token belongs to: any words that tell this question from every other. */
export type Binding = readonly (string | boolean)[];

export interface PageTokens {
  seal(position: string, binding: Binding): string;
  /** @throws HqError `BAD_REQUEST` for a token that was changed, made up, or given for another question. */
  open(token: string, binding: Binding): string;
}

const bytesOf = (binding: Binding) => Buffer.from(JSON.stringify(['hq page token 2', ...binding]));

/** @param key 32 bytes that every process of the deployment shares. A new key only makes listings that are under way start anew. */
export function createPageTokens(key: Uint8Array, randomBytes: RandomBytes): PageTokens {
  const sealing = createSecretKey(key);
  return {
    seal(position, binding) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', sealing, nonce).setAAD(bytesOf(binding));
      return Buffer.concat([nonce, cipher.update(position, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url');
    },
    open(token, binding) {
      try {
        const bytes = Buffer.from(token, 'base64url');
        const tagAt = bytes.length - tagBytes;
        const decipher = createDecipheriv('aes-256-gcm', sealing, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
          .setAAD(bytesOf(binding))
          .setAuthTag(bytes.subarray(tagAt));
        return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, tagAt)), decipher.final()]).toString('utf8');
      } catch (cause) {
        throw new HqError('BAD_REQUEST', 'This continuation token does not belong to this listing.', {
          hint: 'Send the token that the page before gave, with the same vault and prefix, or start without one.',
          cause,
        });
      }
    },
  };
}
