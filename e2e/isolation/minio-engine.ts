/**
 * MinIO: a second enforcer that nobody here wrote. It has no roles: a session is its user's own policy (`hq-vault-*`, see `tooling/engines/minio.sh`) ∩ the
 * session policy, so between vaults the session policy holds alone.
 */
import { CreateBucketCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { Vault } from '@hq/shared/vault';
import { s3Client, type Engine } from './engine.ts';

// What `tooling/engines/minio.sh` seeds: a test engine on loopback, with keys that open nothing else.
const admin = { accessKeyId: 'ADMINACCESSKEY000001', secretAccessKey: 'adminsecretadminsecretadminsecret0000001' };
const broker = { accessKeyId: 'BROKERACCESSKEY00001', secretAccessKey: 'brokersecretbrokersecretbrokersecret00001' };

export async function openMinioEngine(endpoint: string): Promise<Engine> {
  const run = Date.now().toString(36);
  const sts = new STSClient({ endpoint, region: 'us-east-1', credentials: broker, maxAttempts: 1 });
  const made = new Set<string>();
  const engine: Engine = {
    name: 'MinIO',
    endpoint,
    kms: false,
    sealsTokens: true,
    ahead: () => 0,
    async makeVault(kind, name): Promise<Vault> {
      const bucket = kind === 'organization' ? `hq-vault-${name}-${run}` : `hq-vault-personal-${run}`;
      if (!made.has(bucket)) {
        const client = s3Client(engine, admin);
        await client.send(new CreateBucketCommand({ Bucket: bucket }));
        await client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }));
        made.add(bucket);
      }
      const keyPrefix = kind === 'organization' ? '' : `users/${name}/hq/`;
      return { id: name, kind, bucket, region: 'us-east-1', keyPrefix, kmsKeyArn: '', secretPrefix: `/hq/${name}/` };
    },
    async mint(_vault, policy) {
      const any = 'arn:aws:iam::000000000000:role/any';
      const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: any, RoleSessionName: 'e2e', Policy: policy, DurationSeconds: 900 }));
      const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken } = Credentials ?? {};
      if (accessKeyId === undefined || secretAccessKey === undefined || sessionToken === undefined) throw new Error('MinIO gave no session.');
      return { accessKeyId, secretAccessKey, sessionToken };
    },
    close: async () => undefined,
  };
  return engine;
}
