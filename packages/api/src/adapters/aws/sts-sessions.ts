/** Sessions from STS. The one caller of AssumeRole. */
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { sessionTags } from '@hq/policy/session-tags';
import { HqError } from '@hq/shared/errors';
import type { Sessions } from '../../ports/sessions.ts';
import { ownCall } from './aws-errors.ts';
import type { AwsClientConfig } from './client-config.ts';
import { seconds } from './s3-words.ts';

export interface StsSessionsOptions {
  /** With the broker's credentials. */
  readonly config: AwsClientConfig;
  readonly vaultRoleArn: string;
}

export function createStsSessions({ config, vaultRoleArn }: StsSessionsOptions): Sessions {
  const client = new STSClient(config);
  return {
    async mint({ name, policy, tags, sourceIdentity, durationSeconds }) {
      // An absent policy would mean the whole role.
      if (policy === '') throw new HqError('INTERNAL', 'Something went wrong on our side.', { cause: new Error('a session without a policy') });
      const command = new AssumeRoleCommand({
        RoleArn: vaultRoleArn,
        RoleSessionName: name,
        Policy: policy,
        DurationSeconds: durationSeconds,
        SourceIdentity: sourceIdentity,
        Tags: Object.entries(sessionTags(tags)).map(([Key, Value]) => ({ Key, Value })),
      });
      const { Credentials: minted, PackedPolicySize } = await ownCall(() => client.send(command));
      const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken, Expiration } = minted ?? {};
      if (accessKeyId === undefined || secretAccessKey === undefined || sessionToken === undefined || Expiration === undefined) {
        throw new HqError('UNAVAILABLE', 'Storage gave no session.', { hint: 'Try again in a moment.' });
      }
      return { credentials: { accessKeyId, secretAccessKey, sessionToken, expiresAt: seconds(Expiration) }, packedPolicySize: PackedPolicySize };
    },
  };
}
