/** A key from its making to its destruction. https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html */
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../../http/aws-error.ts';
import { operation, type Operations, validation } from '../json-protocol.ts';
import type { Call } from '../service.ts';
import { type AskContext, changeable } from './access.ts';
import { keyId, page, pageOf, tag } from './fields.ts';
import { type Key, keySpecs, type KeyUsage, stateOf } from './key.ts';
import { makeMaterial } from './key-material.ts';
import { assertNoLockout, defaultKeyPolicy, readKeyPolicy } from './key-policy.ts';
import type { Room } from './room.ts';
import { signingAlgorithms } from './signature.ts';
import { asTags, tagContext } from './tags.ts';

const day = 86_400_000;

const createInput = z.object({
  Description: z.string().max(8192).default(''),
  KeySpec: z.enum(keySpecs).default('SYMMETRIC_DEFAULT'),
  KeyUsage: z.enum(['ENCRYPT_DECRYPT', 'SIGN_VERIFY']).optional(),
  Origin: z.literal('AWS_KMS').default('AWS_KMS'),
  MultiRegion: z.literal(false).default(false),
  Policy: z.string().min(1).max(32_768).optional(),
  BypassPolicyLockoutSafetyCheck: z.boolean().default(false),
  Tags: z.array(tag).max(50).default([]),
});

/** CreateKey, DescribeKey, ListKeys, EnableKey, DisableKey, UpdateKeyDescription, ScheduleKeyDeletion, CancelKeyDeletion. */
export function lifecycle(room: Room): Operations {
  const { store, access } = room;
  const setEnabled = (action: string, enabled: boolean) =>
    operation(z.object({ KeyId: keyId }), (call, input) => {
      store.change(changeable(access.authorized(call, input.KeyId, action)), { enabled });
      return {};
    });
  return {
    CreateKey: operation(createInput, (call, input) => create(room, call, input)),
    DescribeKey: operation(z.object({ KeyId: keyId }), (call, input) => ({ KeyMetadata: metadata(room, access.authorized(call, input.KeyId, 'DescribeKey')) })),
    ListKeys: operation(z.object(page), (call, input) => {
      call.authorize({ action: 'kms:ListKeys', resource: '*' });
      const { rows, ...rest } = pageOf(store.ids(input.Marker ?? '', input.Limit + 1, call.now), input.Limit, (id) => id);
      return { Keys: rows.map((id) => ({ KeyId: id, KeyArn: access.arnOf(id) })), ...rest };
    }),
    EnableKey: setEnabled('EnableKey', true),
    DisableKey: setEnabled('DisableKey', false),
    UpdateKeyDescription: operation(z.object({ KeyId: keyId, Description: z.string().max(8192) }), (call, input) => {
      store.change(changeable(access.authorized(call, input.KeyId, 'UpdateKeyDescription')), { description: input.Description });
      return {};
    }),
    ScheduleKeyDeletion: operation(z.object({ KeyId: keyId, PendingWindowInDays: z.int().min(7).max(30).default(30) }), (call, input) => {
      const days = input.PendingWindowInDays;
      const asked = { 'kms:ScheduleKeyDeletionPendingWindowInDays': String(days) };
      const key = changeable(access.authorized(call, input.KeyId, 'ScheduleKeyDeletion', asked));
      const deleteAt = call.now + days * day;
      store.change(key, { deleteAt });
      return { KeyId: key.arn, DeletionDate: deleteAt / 1000, KeyState: 'PendingDeletion', PendingWindowInDays: days };
    }),
    CancelKeyDeletion: operation(z.object({ KeyId: keyId }), (call, input) => {
      const key = access.authorized(call, input.KeyId, 'CancelKeyDeletion');
      if (key.deleteAt === undefined) throw new AwsError(400, 'KMSInvalidStateException', `${key.arn} is not pending deletion.`);
      store.change(key, { deleteAt: undefined, enabled: false });
      return { KeyId: key.arn };
    }),
  };
}

async function create(room: Room, call: Call, input: z.output<typeof createInput>): Promise<object> {
  const usage: KeyUsage = input.KeySpec === 'SYMMETRIC_DEFAULT' ? 'ENCRYPT_DECRYPT' : 'SIGN_VERIFY';
  if (input.KeyUsage !== undefined && input.KeyUsage !== usage) throw validation(`KeyUsage ${input.KeyUsage} is not compatible with KeySpec ${input.KeySpec}.`);
  const tags = asTags(input.Tags);
  const id = randomUUID();
  const asked: AskContext = {
    ...tagContext(tags),
    'kms:KeySpec': input.KeySpec,
    'kms:KeyUsage': usage,
    'kms:KeyOrigin': 'AWS_KMS',
    'kms:MultiRegion': 'false',
    'kms:BypassPolicyLockoutSafetyCheck': String(input.BypassPolicyLockoutSafetyCheck),
  };
  call.authorize({ action: 'kms:CreateKey', resource: '*', context: asked });
  if (tags.size > 0) call.authorize({ action: 'kms:TagResource', resource: room.access.arnOf(id), context: asked });
  const policyText = input.Policy ?? defaultKeyPolicy(room.accountId);
  const policy = readKeyPolicy(policyText);
  if (!input.BypassPolicyLockoutSafetyCheck) assertNoLockout(policy, call.principal, room.access.arnOf(id));
  const key: Key = {
    id,
    arn: room.access.arnOf(id),
    spec: input.KeySpec,
    usage,
    description: input.Description,
    manager: 'CUSTOMER',
    createdAt: call.now,
    enabled: true,
    deleteAt: undefined,
    rotationDays: undefined,
    rotateAt: undefined,
    version: 1,
    tags,
    policyText,
    policy,
  };
  room.store.add(key, await makeMaterial(key.spec));
  return { KeyMetadata: metadata(room, key) };
}

function metadata(room: Room, key: Key): object {
  return {
    AWSAccountId: room.accountId,
    KeyId: key.id,
    Arn: key.arn,
    CreationDate: key.createdAt / 1000,
    Enabled: stateOf(key) === 'Enabled',
    Description: key.description,
    KeyUsage: key.usage,
    KeyState: stateOf(key),
    Origin: 'AWS_KMS',
    KeyManager: key.manager,
    CustomerMasterKeySpec: key.spec,
    KeySpec: key.spec,
    MultiRegion: false,
    ...(key.deleteAt === undefined ? {} : { DeletionDate: key.deleteAt / 1000 }),
    ...(key.usage === 'ENCRYPT_DECRYPT' ? { EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'] } : { SigningAlgorithms: signingAlgorithms(key.spec) }),
  };
}
