/**
 * The vault role: the ceiling of every session. A session may do what this policy and its session policy both allow, so even a session policy that is wrong, or
 * one that somebody forgot, stays in the vault that the session's tags name.
 *
 * - A tag that is missing leaves its variable without a value, and IAM then matches nothing: a session without tags can do nothing.
 * - What a variable stands for is literal text; tags can't hold `*` anyway.
 * - Conditions that never vary from session to session are here, where they cost none of a session policy's 2,048 characters.
 */
import { anyKeyArn, parameterArn, viaService, type Deployment } from './deployment.ts';
import type { PolicyDocument } from './document.ts';

const tag = (name: 'vault' | 'home' | 'bucket' | 'prefix' | 'secrets') => `\${aws:PrincipalTag/hq-${name}}`;
const listActions = ['s3:ListBucket', 's3:ListBucketVersions'];

/** The role's permission policy. */
export function vaultRolePolicy(deployment: Deployment): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Objects',
        Effect: 'Allow',
        Action: ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
        Resource: `arn:aws:s3:::${tag('home')}*`,
      },
      {
        // A home that is a whole bucket ends right after the bucket's slash. Listing may then do without a prefix.
        Sid: 'ListOwnBucket',
        Effect: 'Allow',
        Action: listActions,
        Resource: `arn:aws:s3:::${tag('bucket')}`,
        Condition: { StringEquals: { 'aws:PrincipalTag/hq-home': `${tag('bucket')}/` } },
      },
      {
        Sid: 'ListOwnPrefix',
        Effect: 'Allow',
        Action: listActions,
        Resource: `arn:aws:s3:::${tag('bucket')}`,
        Condition: { StringLike: { 's3:prefix': `${tag('prefix')}*` } },
      },
      {
        // S3 asks for the key in the caller's name, with the bucket's ARN as context (a bucket key is on): the key opens nothing but this bucket's objects.
        Sid: 'KeyThroughStorage',
        Effect: 'Allow',
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Resource: anyKeyArn(deployment),
        Condition: {
          StringEquals: {
            'kms:ViaService': viaService('s3', deployment),
            'aws:ResourceTag/hq-vault': tag('vault'),
            'kms:EncryptionContext:aws:s3:arn': `arn:aws:s3:::${tag('bucket')}`,
          },
        },
      },
      {
        Sid: 'Secrets',
        Effect: 'Allow',
        Action: ['ssm:GetParameters', 'ssm:PutParameter', 'ssm:DeleteParameters'],
        Resource: parameterArn(deployment, `${tag('secrets')}*`),
      },
      {
        Sid: 'KeyThroughSecrets',
        Effect: 'Allow',
        Action: ['kms:Decrypt', 'kms:Encrypt'],
        Resource: anyKeyArn(deployment),
        Condition: {
          StringEquals: { 'kms:ViaService': viaService('ssm', deployment), 'aws:ResourceTag/hq-vault': tag('vault') },
          StringLike: { 'kms:EncryptionContext:PARAMETER_ARN': parameterArn(deployment, `${tag('secrets')}*`) },
        },
      },
    ],
  };
}

/** Who may become the role: the broker alone, and only with the tags that pin the session and a name for who is behind it. */
export function vaultRoleTrust({ brokerArn }: Deployment): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'BrokerWithPins',
        Effect: 'Allow',
        Principal: { AWS: brokerArn },
        Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
        Condition: {
          StringLike: {
            'aws:RequestTag/hq-vault': '?*',
            'aws:RequestTag/hq-home': '?*/*',
            'aws:RequestTag/hq-bucket': '?*',
            'aws:RequestTag/hq-secrets': '?*/',
            'sts:SourceIdentity': '?*',
          },
        },
      },
    ],
  };
}
