/**
 * The policy of a vault's KMS key. On AWS nothing in the account can use a key that the key's own policy doesn't name, so this is the third lock beside the role
 * and the session: the key works for the vault role alone, only through S3 on this bucket or through the Parameter Store under this prefix, and only in a
 * session that is tagged with this vault.
 *
 * - It names the ROLE. A statement that names a role's ARN is still bounded by session policies; one that named a session's ARN would not be.
 *   https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
 * - In one account a key policy that allows the role needs no Allow in the role's own policy. So nothing is left to the role here: each statement carries all
 *   its conditions, with the vault's own values.
 * - The account's administrators keep a key manageable (otherwise it could become nobody's), through their own IAM policies, and get no cryptographic action
 *   here. Who holds `kms:PutKeyPolicy` could give themselves one: that is AWS's limit, and CloudTrail shows it. The broker doesn't hold it.
 * - No `kms:CreateGrant`: a grant would hand the key on, past all of this.
 */
import { parameterArn, viaService, type Deployment } from './deployment.ts';
import type { PolicyDocument } from './document.ts';

export interface KeyPolicyOptions {
  /** The key's tag `hq-vault`. */
  readonly vaultTag: string;
  readonly bucket: string;
  /** Before all parameters that the key encrypts; starts and ends in `/`. For the key that personal vaults share, what their prefixes share. */
  readonly secretPrefix: string;
}

const administration = [
  'kms:DescribeKey',
  'kms:GetKeyPolicy',
  'kms:PutKeyPolicy',
  'kms:ListKeyPolicies',
  'kms:EnableKey',
  'kms:DisableKey',
  'kms:EnableKeyRotation',
  'kms:GetKeyRotationStatus',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:ListResourceTags',
  'kms:ListGrants',
  'kms:RevokeGrant',
  'kms:ScheduleKeyDeletion',
  'kms:CancelKeyDeletion',
];

/** The key policy. In a key policy `*` as a resource is the key itself. */
export function keyPolicy(deployment: Deployment, { vaultTag, bucket, secretPrefix }: KeyPolicyOptions): PolicyDocument {
  const vaultRole = { AWS: deployment.vaultRoleArn };
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'AccountAdministers',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${deployment.accountId}:root` },
        Action: administration,
        Resource: '*',
      },
      {
        Sid: 'VaultThroughStorage',
        Effect: 'Allow',
        Principal: vaultRole,
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Resource: '*',
        Condition: {
          StringEquals: {
            'kms:ViaService': viaService('s3', deployment),
            'kms:EncryptionContext:aws:s3:arn': `arn:aws:s3:::${bucket}`,
            'aws:PrincipalTag/hq-vault': vaultTag,
          },
        },
      },
      {
        Sid: 'VaultThroughSecrets',
        Effect: 'Allow',
        Principal: vaultRole,
        Action: ['kms:Decrypt', 'kms:Encrypt'],
        Resource: '*',
        Condition: {
          StringEquals: { 'kms:ViaService': viaService('ssm', deployment), 'aws:PrincipalTag/hq-vault': vaultTag },
          StringLike: { 'kms:EncryptionContext:PARAMETER_ARN': parameterArn(deployment, `${secretPrefix.slice(1)}*`) },
        },
      },
    ],
  };
}
