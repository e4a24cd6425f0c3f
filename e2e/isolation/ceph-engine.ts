/**
 * Ceph RADOS Gateway: an enforcer that nobody here wrote. It knows no KMS in policies and no account in a role's ARN, and takes bucket policies of its own
 * kind only, so here the session policy has to hold alone; that is what this engine is asked about.
 */
import { CreateBucketCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { Vault } from '@hq/shared/vault';
import { s3Client, type Engine } from './engine.ts';

// What `tooling/engines/ceph-rgw.sh` seeds: a test engine on loopback, with keys that open nothing else.
const broker = { accessKeyId: 'BROKERACCESSKEY00001', secretAccessKey: 'brokersecretbrokersecretbrokersecret00001' };
const roleArn = 'arn:aws:iam:::role/vault';

export async function openCephEngine(endpoint: string): Promise<Engine> {
  const run = Date.now().toString(36);
  const sts = new STSClient({ endpoint, region: 'us-east-1', credentials: broker, maxAttempts: 1 });
  const made = new Set<string>();
  const engine: Engine = {
    name: 'Ceph RGW',
    endpoint,
    kms: false,
    sealsTokens: false,
    ahead: () => 0,
    async makeVault(kind, name): Promise<Vault> {
      const bucket = kind === 'organization' ? `hq-vault-${name}-${run}` : `hq-vault-personal-${run}`;
      if (!made.has(bucket)) {
        const client = s3Client(engine, broker);
        await client.send(new CreateBucketCommand({ Bucket: bucket }));
        await client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }));
        made.add(bucket);
      }
      return {
        id: name,
        kind,
        bucket,
        region: 'us-east-1',
        keyPrefix: kind === 'organization' ? '' : `users/${name}/hq/`,
        kmsKeyArn: '',
        secretPrefix: `/hq/${name}/`,
      };
    },
    async mint(_vault, policy) {
      const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'e2e', Policy: policy, DurationSeconds: 900 }));
      const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken } = Credentials ?? {};
      if (accessKeyId === undefined || secretAccessKey === undefined || sessionToken === undefined) throw new Error('Ceph gave no session.');
      return { accessKeyId, secretAccessKey, sessionToken };
    },
    close: async () => undefined,
  };
  return engine;
}
