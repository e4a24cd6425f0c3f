/** Rotation gives a key a new backing key; what was encrypted before still opens. https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html */
import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../../http/aws-error.ts';
import { operation, type Operations } from '../json-protocol.ts';
import type { Call } from '../service.ts';
import { changeable, usable } from './access.ts';
import { keyId } from './fields.ts';
import type { Key } from './key.ts';
import type { Room } from './room.ts';

const day = 86_400_000;

/** EnableKeyRotation, DisableKeyRotation, GetKeyRotationStatus, RotateKeyOnDemand. */
export function rotation(room: Room): Operations {
  const { store, access } = room;
  const rotatable = (call: Call, name: string, action: string): Key => {
    const key = changeable(access.authorized(call, name, action));
    if (key.spec !== 'SYMMETRIC_DEFAULT') throw new AwsError(400, 'UnsupportedOperationException', 'Only symmetric keys are rotated.');
    return key;
  };
  return {
    EnableKeyRotation: operation(z.object({ KeyId: keyId, RotationPeriodInDays: z.int().min(90).max(2560).default(365) }), (call, input) => {
      const key = usable(rotatable(call, input.KeyId, 'EnableKeyRotation'), 'ENCRYPT_DECRYPT');
      const days = input.RotationPeriodInDays;
      if (key.rotationDays !== days) store.change(key, { rotationDays: days, rotateAt: call.now + days * day });
      return {};
    }),
    DisableKeyRotation: operation(z.object({ KeyId: keyId }), (call, input) => {
      store.change(usable(rotatable(call, input.KeyId, 'DisableKeyRotation'), 'ENCRYPT_DECRYPT'), { rotationDays: undefined, rotateAt: undefined });
      return {};
    }),
    GetKeyRotationStatus: operation(z.object({ KeyId: keyId }), (call, input) => {
      const key = access.authorized(call, input.KeyId, 'GetKeyRotationStatus');
      if (key.spec !== 'SYMMETRIC_DEFAULT') throw new AwsError(400, 'UnsupportedOperationException', 'Only symmetric keys are rotated.');
      const on = key.rotationDays !== undefined && key.rotateAt !== undefined && key.deleteAt === undefined;
      return {
        KeyId: key.arn,
        KeyRotationEnabled: on,
        ...(on ? { RotationPeriodInDays: key.rotationDays, NextRotationDate: (key.rotateAt ?? 0) / 1000 } : {}),
      };
    }),
    RotateKeyOnDemand: operation(z.object({ KeyId: keyId }), (call, input) => {
      const key = usable(rotatable(call, input.KeyId, 'RotateKeyOnDemand'), 'ENCRYPT_DECRYPT');
      store.rotate(key, randomBytes(32), call.now);
      return { KeyId: key.arn };
    }),
  };
}
