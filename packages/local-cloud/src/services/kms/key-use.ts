/** KMS for S3 and SSM in this process: no wire between them, and the same question to the evaluator as over it, with `kms:ViaService` set. */
import { randomBytes } from 'node:crypto';
import { AwsError } from '../../http/aws-error.ts';
import type { Call, KeyUse } from '../service.ts';
import { type AskContext, contextKeys, type KeyAccess, usable } from './access.ts';
import { contextOf, type EncryptionContext } from './encryption-context.ts';
import type { SymmetricCrypto } from './symmetric.ts';

/** Makes the door that the other services hold. */
export function keyUse(access: KeyAccess, symmetric: SymmetricCrypto, region: string, clock: () => number): KeyUse {
  const via = { s3: `s3.${region}.amazonaws.com`, ssm: `ssm.${region}.amazonaws.com` };
  const asked = (context: EncryptionContext, service: 's3' | 'ssm'): AskContext =>
    contextKeys(context, { 'kms:ViaService': via[service], 'kms:EncryptionAlgorithm': 'SYMMETRIC_DEFAULT' });
  const decrypt = (call: Call, ciphertext: Uint8Array, values: Readonly<Record<string, string>>, service: 's3' | 'ssm'): Uint8Array => {
    const context = contextOf(values);
    return symmetric.decrypt(call, ciphertext, context, asked(context, service)).plaintext;
  };
  return {
    generateDataKey(call, keyArn, values, service) {
      const context = contextOf(values);
      const key = usable(access.authorized(call, keyArn, 'GenerateDataKey', asked(context, service)), 'ENCRYPT_DECRYPT');
      const plaintext = randomBytes(32);
      return { plaintext, ciphertext: symmetric.encrypt(key, plaintext, context, call.now) };
    },
    decryptDataKey: decrypt,
    encrypt(call, keyArn, plaintext, values, service) {
      const context = contextOf(values);
      const key = usable(access.authorized(call, keyArn, 'Encrypt', asked(context, service)), 'ENCRYPT_DECRYPT');
      return symmetric.encrypt(key, plaintext, context, call.now);
    },
    decrypt,
    resolveKeyArn(nameOrArn) {
      const id = access.idOf(nameOrArn);
      if (id === undefined || !access.exists(id, clock())) throw new AwsError(400, 'NotFoundException', `Key ${nameOrArn} does not exist.`);
      return access.arnOf(id);
    },
  };
}
