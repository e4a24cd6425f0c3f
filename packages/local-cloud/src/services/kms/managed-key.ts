/**
 * Keys that belong to a service (`alias/aws/s3`, `alias/aws/ssm`): made when first named, open to everyone in the account and only through that service, and
 * changed by nobody. https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-cmk
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { AliasStore } from './alias-store.ts';
import { readKeyPolicy } from './key-policy.ts';
import type { KeyStore } from './key-store.ts';

/** Gives the id of the key behind a service's alias; undefined for any other name. */
export function managedKeys(store: KeyStore, aliases: AliasStore, region: string, accountId: string, arnOf: (id: string) => string, clock: () => number) {
  return (alias: string): string | undefined => {
    const service = alias === 'alias/aws/s3' ? 's3' : alias === 'alias/aws/ssm' ? 'ssm' : undefined;
    if (service === undefined) return undefined;
    const id = randomUUID();
    const policyText = policyFor(`${service}.${region}.amazonaws.com`, accountId);
    store.add(
      {
        id,
        arn: arnOf(id),
        spec: 'SYMMETRIC_DEFAULT',
        usage: 'ENCRYPT_DECRYPT',
        description: `Default key that protects ${service} when no other key is named`,
        manager: 'AWS',
        createdAt: clock(),
        enabled: true,
        deleteAt: undefined,
        rotationDays: undefined,
        rotateAt: undefined,
        version: 1,
        tags: new Map(),
        policyText,
        policy: readKeyPolicy(policyText),
      },
      randomBytes(32),
    );
    aliases.add(alias, id, clock());
    return id;
  };
}

function policyFor(viaService: string, accountId: string): string {
  const use = {
    Effect: 'Allow',
    Principal: { AWS: '*' },
    Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey', 'kms:DescribeKey'],
    Resource: '*',
    Condition: { StringEquals: { 'kms:CallerAccount': accountId, 'kms:ViaService': viaService } },
  };
  const look = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${accountId}:root` }, Action: ['kms:Describe*', 'kms:Get*', 'kms:List*'], Resource: '*' };
  return JSON.stringify({ Version: '2012-10-17', Statement: [use, look] });
}
