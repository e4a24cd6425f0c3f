/** Encrypting and decrypting under a symmetric key, with its backing keys: the newest encrypts, every one that ever was decrypts. */
import { randomBytes } from 'node:crypto';
import { AwsError } from '../../http/aws-error.ts';
import type { Call } from '../service.ts';
import { type AskContext, type KeyAccess, usable } from './access.ts';
import { invalidCiphertext, open, readHeader, seal } from './ciphertext.ts';
import type { EncryptionContext } from './encryption-context.ts';
import type { Key } from './key.ts';
import type { KeyStore } from './key-store.ts';

/** The largest plaintext of Encrypt, in bytes. */
export const maxPlaintext = 4096;

export interface SymmetricCrypto {
  /** For a key that the caller was allowed. Rotates it first where that is due by `now`. */
  encrypt(key: Key, plaintext: Uint8Array, context: EncryptionContext, now: number): Buffer;
  /**
   * Authorises `kms:Decrypt` on the key that the ciphertext names.
   * @throws AwsError `InvalidCiphertextException`, `IncorrectKeyException` where `expected` is another key, or a refusal.
   */
  decrypt(
    call: Call,
    ciphertext: Uint8Array,
    context: EncryptionContext,
    asked: AskContext,
    options?: { action?: string; expected?: string },
  ): { key: Key; plaintext: Buffer };
}

/** Encryption over the stored keys. */
export function symmetricCrypto(store: KeyStore, access: KeyAccess): SymmetricCrypto {
  return {
    encrypt(key, plaintext, context, now) {
      const current = key.rotateAt !== undefined && key.rotateAt <= now ? store.rotate(key, randomBytes(32), now) : key;
      const backing = store.material(current, current.version);
      if (backing === undefined) throw new Error(`backing key ${current.version} of ${current.id} is missing`);
      return seal(current.id, current.version, backing, plaintext, context);
    },
    decrypt(call, ciphertext, context, asked, options = {}) {
      const { keyId, version } = readHeader(ciphertext);
      const key = access.authorized(call, keyId, options.action ?? 'Decrypt', asked);
      if (options.expected !== undefined && options.expected !== key.id) {
        throw new AwsError(400, 'IncorrectKeyException', 'The key ID in the request does not identify the key that encrypted this ciphertext.');
      }
      usable(key, 'ENCRYPT_DECRYPT');
      const backing = store.material(key, version);
      if (backing === undefined) throw invalidCiphertext();
      return { key, plaintext: open(backing, ciphertext, context) };
    },
  };
}
