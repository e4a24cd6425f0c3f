/** local-cloud with the principals and the provisioning of the product, on a clock that a test can move. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { awsClientConfig } from '@hq/api/adapters/aws/client-config';
import { createKmsKeys } from '@hq/api/adapters/aws/kms-keys';
import { createS3Buckets } from '@hq/api/adapters/aws/s3-buckets';
import { createStsSessions } from '@hq/api/adapters/aws/sts-sessions';
import { bucketPolicy } from '@hq/policy/bucket-policy';
import { keyPolicy } from '@hq/policy/key-policy';
import { keyTag, pinsOf } from '@hq/policy/session-tags';
import { startLocalCloud } from '@hq/local-cloud';
import { deploymentOf, localPrincipals } from '@hq/server/local-principals';
import { localSecrets } from '@hq/server/local-secrets';
import { newId } from '@hq/shared/ids';
import type { Vault } from '@hq/shared/vault';
import { owner, type Engine } from './engine.ts';

export interface LocalEngine extends Engine {
  /** Moves the engine's clock, and that of clients made from then on. */
  advance(seconds: number): void;
  readonly vaultRoleArn: string;
}

export async function startLocalEngine(): Promise<LocalEngine> {
  const data = mkdtempSync(join(tmpdir(), 'hq-engine-'));
  let ahead = 0;
  const region = 'us-east-1';
  const deployment = deploymentOf(region);
  const secrets = localSecrets(data, randomBytes);
  const cloud = await startLocalCloud({
    port: 0,
    data: join(data, 'cloud'),
    principals: localPrincipals(deployment, secrets),
    clock: () => Date.now() + ahead,
  });
  const aws = awsClientConfig({ region, endpoint: cloud.url, credentials: secrets });
  const keys = createKmsKeys(aws);
  const buckets = createS3Buckets({ config: aws, forcePathStyle: true });
  const sessions = createStsSessions({ config: aws, vaultRoleArn: deployment.vaultRoleArn });
  const personal = new Map<string, string>();

  return {
    name: 'local-cloud',
    endpoint: cloud.url,
    kms: true,
    sealsTokens: true,
    ahead: () => ahead,
    vaultRoleArn: deployment.vaultRoleArn,
    advance: (seconds) => void (ahead += seconds * 1000),
    async makeVault(kind, name) {
      const id = kind === 'organization' ? newId('organization', randomBytes) : `usr_${name}`;
      const bucket = kind === 'organization' ? `hq-vault-${id.replace('_', '-')}` : deployment.personalBucket;
      const vault: Omit<Vault, 'kmsKeyArn'> = {
        id,
        kind,
        bucket,
        region,
        keyPrefix: kind === 'organization' ? '' : `users/${name}/hq/`,
        secretPrefix: kind === 'organization' ? `/hq/${id}/` : `/hq/users/${name}/`,
      };
      const known = personal.get(bucket);
      if (known !== undefined) return { ...vault, kmsKeyArn: known };
      const vaultTag = keyTag(vault);
      const secretPrefix = kind === 'organization' ? vault.secretPrefix : '/hq/users/';
      const { arn } = await keys.create({ vaultTag, description: name, policy: JSON.stringify(keyPolicy(deployment, { vaultTag, bucket, secretPrefix })) });
      await buckets.create(bucket);
      await buckets.blockPublicAccess(bucket);
      await buckets.setPolicy(bucket, JSON.stringify(bucketPolicy(deployment, { bucket, tls: false })));
      await buckets.enableVersioning(bucket);
      await buckets.encryptWith(bucket, arn);
      if (kind === 'personal') personal.set(bucket, arn);
      return { ...vault, kmsKeyArn: arn };
    },
    async mint(vault, policy) {
      const { credentials } = await sessions.mint({ name: 'e2e', policy, tags: pinsOf(vault), sourceIdentity: owner.personId, durationSeconds: 900 });
      return credentials;
    },
    async close() {
      await cloud.close();
      rmSync(data, { recursive: true, force: true });
    },
  };
}
