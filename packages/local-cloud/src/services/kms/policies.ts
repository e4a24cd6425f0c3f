/** Reading and replacing a key's policy. https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html */
import * as z from 'zod';
import { operation, type Operations } from '../json-protocol.ts';
import { changeable } from './access.ts';
import { keyId } from './fields.ts';
import { assertNoLockout, readKeyPolicy } from './key-policy.ts';
import type { Room } from './room.ts';

const named = { KeyId: keyId, PolicyName: z.literal('default').default('default') };

/** PutKeyPolicy, GetKeyPolicy, ListKeyPolicies. */
export function policies(room: Room): Operations {
  const { store, access } = room;
  return {
    PutKeyPolicy: operation(
      z.object({ ...named, Policy: z.string().min(1).max(32_768), BypassPolicyLockoutSafetyCheck: z.boolean().default(false) }),
      (call, input) => {
        const asked = { 'kms:BypassPolicyLockoutSafetyCheck': String(input.BypassPolicyLockoutSafetyCheck) };
        const key = changeable(access.authorized(call, input.KeyId, 'PutKeyPolicy', asked));
        if (!input.BypassPolicyLockoutSafetyCheck) assertNoLockout(readKeyPolicy(input.Policy), call.principal, key.arn);
        store.change(key, { policyText: input.Policy });
        return {};
      },
    ),
    GetKeyPolicy: operation(z.object(named), (call, input) => ({
      Policy: access.authorized(call, input.KeyId, 'GetKeyPolicy').policyText,
      PolicyName: 'default',
    })),
    ListKeyPolicies: operation(z.object({ KeyId: keyId }), (call, input) => {
      access.authorized(call, input.KeyId, 'ListKeyPolicies');
      return { PolicyNames: ['default'], Truncated: false };
    }),
  };
}
