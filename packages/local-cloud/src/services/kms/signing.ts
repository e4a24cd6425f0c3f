/** The verbs of asymmetric keys. https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html */
import { createPublicKey, type KeyObject } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../../http/aws-error.ts';
import { blob, operation, type Operations } from '../json-protocol.ts';
import type { Call } from '../service.ts';
import { usable } from './access.ts';
import { keyId } from './fields.ts';
import type { Key } from './key.ts';
import type { Room } from './room.ts';
import { algorithmNames, type SigningAlgorithm, signingAlgorithms, signMessage, verifyMessage } from './signature.ts';

const signed = {
  KeyId: keyId,
  Message: blob(1, 4096),
  MessageType: z.enum(['RAW', 'DIGEST']).default('RAW'),
  SigningAlgorithm: z.enum(algorithmNames),
};

/** Sign, Verify, GetPublicKey. */
export function signing(room: Room): Operations {
  const { access } = room;
  const forUse = (call: Call, action: 'Sign' | 'Verify', input: { KeyId: string; MessageType: string; SigningAlgorithm: SigningAlgorithm }): Key => {
    if (input.MessageType !== 'RAW')
      throw new AwsError(400, 'UnsupportedOperationException', 'Only messages of type RAW are signed here: send the message itself.');
    const asked = { 'kms:SigningAlgorithm': input.SigningAlgorithm, 'kms:MessageType': input.MessageType };
    const key = usable(access.authorized(call, input.KeyId, action, asked), 'SIGN_VERIFY');
    if (!signingAlgorithms(key.spec).includes(input.SigningAlgorithm)) {
      throw new AwsError(400, 'InvalidKeyUsageException', `Algorithm ${input.SigningAlgorithm} is incompatible with key spec ${key.spec}.`);
    }
    return key;
  };
  return {
    Sign: operation(z.object(signed), (call, input) => {
      const key = forUse(call, 'Sign', input);
      const signature = signMessage(privateKey(room, key), input.SigningAlgorithm, input.Message);
      return { KeyId: key.arn, Signature: signature.toString('base64'), SigningAlgorithm: input.SigningAlgorithm };
    }),
    Verify: operation(z.object({ ...signed, Signature: blob(1, 6144) }), (call, input) => {
      const key = forUse(call, 'Verify', input);
      if (!verifyMessage(privateKey(room, key), input.SigningAlgorithm, input.Message, input.Signature)) {
        throw new AwsError(400, 'KMSInvalidSignatureException', 'The signature does not hold for this message, key and algorithm.');
      }
      return { KeyId: key.arn, SignatureValid: true, SigningAlgorithm: input.SigningAlgorithm };
    }),
    GetPublicKey: operation(z.object({ KeyId: keyId }), (call, input) => {
      const key = access.authorized(call, input.KeyId, 'GetPublicKey');
      if (key.usage !== 'SIGN_VERIFY') throw new AwsError(400, 'UnsupportedOperationException', `${key.arn} is symmetric and has no public key.`);
      usable(key, 'SIGN_VERIFY');
      const spki = createPublicKey(privateKey(room, key)).export({ type: 'spki', format: 'der' });
      return {
        KeyId: key.arn,
        PublicKey: spki.toString('base64'),
        CustomerMasterKeySpec: key.spec,
        KeySpec: key.spec,
        KeyUsage: key.usage,
        SigningAlgorithms: signingAlgorithms(key.spec),
      };
    }),
  };
}

function privateKey(room: Room, key: Key): KeyObject {
  const material = room.store.material(key, key.version);
  if (material === undefined) throw new Error(`backing key ${key.version} of ${key.id} is missing`);
  return material;
}
