/**
 * SecureString values. Standard ones are encrypted by KMS itself, advanced ones under a data key of their own, and both are bound to the parameter's ARN: a
 * ciphertext that is copied to another name does not open. https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html
 */
import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto';
import { AwsError } from '../../http/aws-error.ts';
import type { Call, KeyUse } from '../service.ts';
import type { Tier } from './parameter.ts';

export interface SecureValues {
  /** @throws AwsError `AccessDenied` without `kms:Encrypt` (advanced: `kms:GenerateDataKey`), `InvalidKeyId` for a key that cannot be used. */
  seal(call: Call, keyId: string, arn: string, tier: Tier, value: string): Uint8Array;
  /** @throws AwsError `AccessDenied` without `kms:Decrypt`. */
  open(call: Call, arn: string, sealed: Uint8Array): string;
}

/** The first byte of an advanced value. A standard one is KMS's ciphertext as it is, which starts with KMS's own format number, 1. */
const enveloped = 2;
/** Each data key seals one value once. */
const nonce = Buffer.alloc(12);
const tagLength = 16;

/** Sealing through KMS, under the caller's own rights. */
export function secureValues(keys: KeyUse): SecureValues {
  return {
    seal(call, keyId, arn, tier, value) {
      const context = { PARAMETER_ARN: arn };
      const plaintext = Buffer.from(value);
      return withKeyErrors(() => {
        const keyArn = keys.resolveKeyArn(keyId);
        if (tier === 'Standard') return keys.encrypt(call, keyArn, plaintext, context, 'ssm');
        const key = keys.generateDataKey(call, keyArn, context, 'ssm');
        const cipher = createCipheriv('aes-256-gcm', createSecretKey(key.plaintext), nonce);
        const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
        const length = Buffer.allocUnsafe(2);
        length.writeUInt16BE(key.ciphertext.length);
        return Buffer.concat([Buffer.of(enveloped), length, key.ciphertext, cipher.getAuthTag(), body]);
      });
    },
    open(call, arn, sealed) {
      const context = { PARAMETER_ARN: arn };
      const bytes = Buffer.from(sealed);
      return withKeyErrors(() => {
        if (bytes[0] !== enveloped) return Buffer.from(keys.decrypt(call, bytes, context, 'ssm')).toString('utf8');
        const end = 3 + bytes.readUInt16BE(1);
        const key = keys.decryptDataKey(call, bytes.subarray(3, end), context, 'ssm');
        const decipher = createDecipheriv('aes-256-gcm', createSecretKey(key), nonce);
        decipher.setAuthTag(bytes.subarray(end, end + tagLength));
        return Buffer.concat([decipher.update(bytes.subarray(end + tagLength)), decipher.final()]).toString('utf8');
      });
    },
  };
}

/** A key that is gone, disabled or of the wrong kind is SSM's `InvalidKeyId`; refusals stay refusals. */
function withKeyErrors<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof AwsError) || error.status !== 400 || error.code.startsWith('AccessDenied')) throw error;
    throw new AwsError(400, 'InvalidKeyId', error.message);
  }
}
