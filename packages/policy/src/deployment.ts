/** What a deployment's standing policies need to know about it. On one machine and on AWS the documents are the same, with other values here. */
export interface Deployment {
  readonly accountId: string;
  readonly region: string;
  /** The one role that reads and writes vaults, always under a session policy and session tags. */
  readonly vaultRoleArn: string;
  /** The API's own identity, a user on one machine and a role on AWS: it assumes the vault role and provisions. */
  readonly brokerArn: string;
  /** The bucket that personal vaults share. */
  readonly personalBucket: string;
}

/** What the buckets of organizations are called, as a pattern: `hq-vault-cmp-` and the id's random part. */
export const organizationBuckets = 'hq-vault-cmp-*';

export function viaService(service: 's3' | 'ssm', { region }: Deployment): string {
  return `${service}.${region}.amazonaws.com`;
}

/** The ARN of a parameter, or of all under a name that ends in `*`; `name` without its first `/`. */
export function parameterArn({ region, accountId }: Deployment, name: string): string {
  return `arn:aws:ssm:${region}:${accountId}:parameter/${name}`;
}

/** Every key of the account in this region: what to do with which is a matter of conditions. */
export function anyKeyArn({ region, accountId }: Deployment): string {
  return `arn:aws:kms:${region}:${accountId}:key/*`;
}
