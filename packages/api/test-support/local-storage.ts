/** The real local-cloud with the standing policies of production, for tests that stand on storage. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalCloud } from '@hq/local-cloud';
import { brokerPolicy } from '@hq/policy/broker-policy';
import type { Deployment } from '@hq/policy/deployment';
import { vaultRolePolicy, vaultRoleTrust } from '@hq/policy/vault-role';
import { awsClientConfig, type AwsClientConfig } from '../src/adapters/aws/client-config.ts';

export const deployment: Deployment = {
  accountId: '000000000000',
  region: 'us-east-1',
  vaultRoleArn: 'arn:aws:iam::000000000000:role/hq-vault',
  brokerArn: 'arn:aws:iam::000000000000:user/hq-broker',
  personalBucket: 'hq-vault-personal',
};

/** The broker's own keys, for a test that starts another process. */
export const broker = { accessKeyId: 'AKIABROKERBROKER0000', secretAccessKey: 'broker-secret-broker-secret-broker-secret' };

export interface LocalStorage {
  readonly url: string;
  /** With the broker's credentials. */
  readonly config: AwsClientConfig;
  /** A folder for whatever else the test keeps. */
  readonly folder: string;
  close(): Promise<void>;
}

export async function startLocalStorage(): Promise<LocalStorage> {
  const folder = mkdtempSync(join(tmpdir(), 'hq-storage-'));
  const cloud = await startLocalCloud({
    port: 0,
    data: join(folder, 'cloud'),
    principals: {
      users: [{ name: 'hq-broker', ...broker, policies: [brokerPolicy(deployment)] }],
      roles: [{ name: 'hq-vault', trust: vaultRoleTrust(deployment), policies: [vaultRolePolicy(deployment)] }],
    },
  });
  const config = awsClientConfig({ region: deployment.region, endpoint: cloud.url, credentials: broker });
  return {
    url: cloud.url,
    config,
    folder,
    async close() {
      config.requestHandler.destroy();
      await cloud.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
