/** Who there is on one machine: the broker and the vault role, with the very policies that production deploys. Nobody else has any right in storage. */
import { brokerPolicy } from '@hq/policy/broker-policy';
import type { Deployment } from '@hq/policy/deployment';
import { vaultRolePolicy, vaultRoleTrust } from '@hq/policy/vault-role';
import type { PrincipalsFile } from '@hq/local-cloud/principals';
import type { LocalSecrets } from './local-secrets.ts';

const accountId = '000000000000';
const broker = 'hq-broker';
const vaultRole = 'hq-vault';

/** The facts that the standing policies are written from. */
export function deploymentOf(region: string): Deployment {
  return {
    accountId,
    region,
    vaultRoleArn: `arn:aws:iam::${accountId}:role/${vaultRole}`,
    brokerArn: `arn:aws:iam::${accountId}:user/${broker}`,
    personalBucket: 'hq-vault-personal',
  };
}

export function localPrincipals(deployment: Deployment, { accessKeyId, secretAccessKey }: LocalSecrets): PrincipalsFile {
  return {
    users: [{ name: broker, accessKeyId, secretAccessKey, policies: [brokerPolicy(deployment)] }],
    roles: [{ name: vaultRole, trust: vaultRoleTrust(deployment), policies: [vaultRolePolicy(deployment)] }],
  };
}
