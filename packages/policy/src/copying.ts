/**
 * The session under which the API copies or moves one file inside a vault: reading one object and writing another is more than a cone can say. The paths were
 * decided one by one; the policy names exactly these two. Never handed to a client.
 */
import { HqError } from '@hq/shared/errors';
import type { Path } from '@hq/shared/path';
import type { Vault } from '@hq/shared/vault';
import { keyActions, maxPolicyLength, objectActions, objectPattern } from './emit.ts';
import { policyText } from './escape.ts';

/**
 * The bytes for STS. With `removeSource` the source may also be removed, and nothing else be done to it.
 * @throws HqError `SCOPE_TOO_LARGE` where the two names together are too long for one policy.
 */
export function compileCopy(vault: Vault, paths: { readonly from: Path; readonly to: Path; readonly removeSource: boolean }): string {
  const fromActions = paths.removeSource ? [...objectActions.read, 's3:DeleteObject'] : objectActions.read;
  const policy = policyText({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: fromActions, Resource: objectPattern(vault, paths.from) },
      { Effect: 'Allow', Action: objectActions.write, Resource: objectPattern(vault, paths.to) },
      { Effect: 'Allow', Action: keyActions.write, Resource: vault.kmsKeyArn },
    ],
  });
  if (policy.length <= maxPolicyLength) return policy;
  throw new HqError('SCOPE_TOO_LARGE', 'The two names are too long to be copied in one step.', { hint: 'Download the file and put it in its new place.' });
}
