/** Keys in KMS. */
import {
  CreateKeyCommand,
  DescribeKeyCommand,
  EnableKeyRotationCommand,
  type KeyMetadata,
  KMSClient,
  ListKeysCommand,
  ListResourceTagsCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { HqError } from '@hq/shared/errors';
import type { KeyFacts, Keys } from '../../ports/keys.ts';
import { ownCall, awsErrorName, fromOwnAws } from './aws-errors.ts';
import type { AwsClientConfig } from './client-config.ts';

const tagKey = 'hq-vault';

/** @param config with the broker's credentials. */
export function createKmsKeys(config: AwsClientConfig): Keys {
  const client = new KMSClient(config);

  async function metadata(arn: string): Promise<KeyMetadata | undefined> {
    return (await ownCall(() => client.send(new DescribeKeyCommand({ KeyId: arn })))).KeyMetadata;
  }

  async function hasTag(keyId: string, vaultTag: string): Promise<boolean> {
    try {
      const { Tags = [] } = await client.send(new ListResourceTagsCommand({ KeyId: keyId }));
      return Tags.some(({ TagKey, TagValue }) => TagKey === tagKey && TagValue === vaultTag);
    } catch (error) {
      // Keys of AWS's own, and of others in the account, whose tags are not ours to see.
      if (awsErrorName(error) === 'AccessDeniedException') return false;
      throw error;
    }
  }

  return {
    async create({ vaultTag, description, policy }) {
      const command = new CreateKeyCommand({
        Description: description,
        Tags: [{ TagKey: tagKey, TagValue: vaultTag }],
        ...(policy === undefined ? {} : { Policy: policy }),
      });
      return toFacts((await ownCall(() => client.send(command))).KeyMetadata);
    },
    findByTag: (vaultTag) =>
      ownCall(async () => {
        const found: KeyMetadata[] = [];
        for (let marker: string | undefined; ; ) {
          const page = await client.send(new ListKeysCommand({ Limit: 1000, ...(marker === undefined ? {} : { Marker: marker }) }));
          for (const { KeyId, KeyArn } of page.Keys ?? []) {
            if (KeyId === undefined || KeyArn === undefined || !(await hasTag(KeyId, vaultTag))) continue;
            const key = await metadata(KeyArn);
            if (key?.KeyState === 'Enabled') found.push(key);
          }
          if (page.Truncated !== true) break;
          marker = page.NextMarker;
        }
        return found.toSorted((a, b) => (a.CreationDate?.getTime() ?? 0) - (b.CreationDate?.getTime() ?? 0)).map(toFacts);
      }),
    describe: async (arn) => toFacts(await metadata(arn)),
    async enableRotation(arn) {
      await ownCall(() => client.send(new EnableKeyRotationCommand({ KeyId: arn })));
    },
    async scheduleDeletion(arn, days) {
      try {
        await client.send(new ScheduleKeyDeletionCommand({ KeyId: arn, PendingWindowInDays: days }));
      } catch (error) {
        // On its way out already: that is what was asked for.
        if (awsErrorName(error) !== 'KMSInvalidStateException' || (await metadata(arn))?.KeyState !== 'PendingDeletion') throw fromOwnAws(error);
      }
    },
  };
}

function toFacts(metadata: KeyMetadata | undefined): KeyFacts {
  if (metadata?.Arn !== undefined) return { arn: metadata.Arn, enabled: metadata.KeyState === 'Enabled' };
  throw new HqError('UNAVAILABLE', 'The key service gave an answer that makes no sense.', { hint: 'Try again in a moment.' });
}
