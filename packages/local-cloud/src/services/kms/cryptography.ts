/** The verbs that encrypt and decrypt under symmetric keys. https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKey.html */
import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { blob, operation, type Operations, validation } from '../json-protocol.ts';
import type { Call } from '../service.ts';
import { type AskContext, contextKeys, usable } from './access.ts';
import { overhead } from './ciphertext.ts';
import { type EncryptionContext, encryptionContext } from './encryption-context.ts';
import { keyId } from './fields.ts';
import type { Key } from './key.ts';
import type { Room } from './room.ts';
import { maxPlaintext } from './symmetric.ts';

const algorithm = 'SYMMETRIC_DEFAULT';
const symmetricOnly = z.literal(algorithm).default(algorithm);
const ciphertext = blob(1, maxPlaintext + overhead);

const dataKeyInput = z.object({
  KeyId: keyId,
  EncryptionContext: encryptionContext,
  KeySpec: z.enum(['AES_256', 'AES_128']).optional(),
  NumberOfBytes: z.int().min(1).max(1024).optional(),
});

/** GenerateDataKey, GenerateDataKeyWithoutPlaintext, GenerateRandom, Encrypt, Decrypt, ReEncrypt. */
export function cryptography(room: Room): Operations {
  const { access, symmetric } = room;
  const forUse = (call: Call, name: string, action: string, context: EncryptionContext): Key =>
    usable(access.authorized(call, name, action, asked(context)), 'ENCRYPT_DECRYPT');
  const dataKey = (call: Call, action: string, input: z.output<typeof dataKeyInput>) => {
    const length = dataKeyLength(input);
    const key = forUse(call, input.KeyId, action, input.EncryptionContext);
    const plaintext = randomBytes(length);
    return { plaintext, answer: { CiphertextBlob: base64(symmetric.encrypt(key, plaintext, input.EncryptionContext, call.now)), KeyId: key.arn } };
  };
  return {
    GenerateDataKey: operation(dataKeyInput, (call, input) => {
      const { plaintext, answer } = dataKey(call, 'GenerateDataKey', input);
      return { ...answer, Plaintext: base64(plaintext) };
    }),
    GenerateDataKeyWithoutPlaintext: operation(dataKeyInput, (call, input) => dataKey(call, 'GenerateDataKeyWithoutPlaintext', input).answer),
    GenerateRandom: operation(z.object({ NumberOfBytes: z.int().min(1).max(1024) }), (call, input) => {
      call.authorize({ action: 'kms:GenerateRandom', resource: '*' });
      return { Plaintext: base64(randomBytes(input.NumberOfBytes)) };
    }),
    Encrypt: operation(
      z.object({ KeyId: keyId, Plaintext: blob(1, maxPlaintext), EncryptionContext: encryptionContext, EncryptionAlgorithm: symmetricOnly }),
      (call, input) => {
        const key = forUse(call, input.KeyId, 'Encrypt', input.EncryptionContext);
        const sealed = symmetric.encrypt(key, input.Plaintext, input.EncryptionContext, call.now);
        return { CiphertextBlob: base64(sealed), KeyId: key.arn, EncryptionAlgorithm: algorithm };
      },
    ),
    Decrypt: operation(
      z.object({ KeyId: keyId.optional(), CiphertextBlob: ciphertext, EncryptionContext: encryptionContext, EncryptionAlgorithm: symmetricOnly }),
      (call, input) => {
        const context = input.EncryptionContext;
        const { key, plaintext } = symmetric.decrypt(call, input.CiphertextBlob, context, asked(context), expected(input.KeyId));
        return { KeyId: key.arn, Plaintext: base64(plaintext), EncryptionAlgorithm: algorithm };
      },
    ),
    ReEncrypt: operation(
      z.object({
        CiphertextBlob: ciphertext,
        SourceKeyId: keyId.optional(),
        SourceEncryptionContext: encryptionContext,
        DestinationKeyId: keyId,
        DestinationEncryptionContext: encryptionContext,
      }),
      (call, input) => {
        const source = input.SourceEncryptionContext;
        const options = { action: 'ReEncryptFrom', ...expected(input.SourceKeyId) };
        const opened = symmetric.decrypt(call, input.CiphertextBlob, source, asked(source), options);
        const target = input.DestinationEncryptionContext;
        const key = forUse(call, input.DestinationKeyId, 'ReEncryptTo', target);
        const sealed = symmetric.encrypt(key, opened.plaintext, target, call.now);
        const both = { SourceEncryptionAlgorithm: algorithm, DestinationEncryptionAlgorithm: algorithm };
        return { CiphertextBlob: base64(sealed), SourceKeyId: opened.key.arn, KeyId: key.arn, ...both };
      },
    ),
  };

  /** A name that leads nowhere is no key that could have made the ciphertext. */
  function expected(name: string | undefined): { expected?: string } {
    return name === undefined ? {} : { expected: access.idOf(name) ?? '' };
  }
}

function asked(context: EncryptionContext): AskContext {
  return contextKeys(context, { 'kms:EncryptionAlgorithm': algorithm });
}

function dataKeyLength(input: z.output<typeof dataKeyInput>): number {
  if ((input.KeySpec === undefined) === (input.NumberOfBytes === undefined)) throw validation('Please specify either number of bytes or key spec.');
  return input.NumberOfBytes ?? (input.KeySpec === 'AES_128' ? 16 : 32);
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64');
}
