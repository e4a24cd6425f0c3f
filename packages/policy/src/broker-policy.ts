/**
 * The API's own identity: it assumes the vault role, and provisions. It holds no object action, no listing and no use of any key, so a server that is taken over
 * reads nothing by itself; to read it has to mint a session, and each one is on record. Changing a bucket's policy does not help it either: what is in the bucket
 * is encrypted, and neither this policy nor the key's gives it the key.
 */
import { anyKeyArn, organizationBuckets, type Deployment } from './deployment.ts';
import type { PolicyDocument } from './document.ts';

export function brokerPolicy(deployment: Deployment): PolicyDocument {
  const buckets = [`arn:aws:s3:::${organizationBuckets}`, `arn:aws:s3:::${deployment.personalBucket}`];
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'MintSessions',
        Effect: 'Allow',
        Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
        Resource: deployment.vaultRoleArn,
      },
      {
        // No ListBucket, hence no HeadBucket: whether a bucket is there shows when it is made again.
        Sid: 'MakeBuckets',
        Effect: 'Allow',
        Action: [
          's3:CreateBucket',
          's3:GetBucketLocation',
          's3:PutBucketPublicAccessBlock',
          's3:GetBucketPublicAccessBlock',
          's3:PutBucketVersioning',
          's3:GetBucketVersioning',
          's3:PutEncryptionConfiguration',
          's3:GetEncryptionConfiguration',
          's3:PutBucketPolicy',
          's3:GetBucketPolicy',
          's3:PutBucketCORS',
          's3:GetBucketCORS',
        ],
        Resource: buckets,
      },
      {
        // A key without the tag would be nobody's: the vault role could never use it. Tagging another vault's key anew opens nothing either: a key's own policy names
        // its vault.
        Sid: 'MakeTaggedKeys',
        Effect: 'Allow',
        Action: ['kms:CreateKey', 'kms:TagResource'],
        Resource: '*',
        Condition: { Null: { 'aws:RequestTag/hq-vault': 'false' } },
      },
      {
        // Finding what a crash left behind takes a look at all keys' tags; it is not a use of any.
        Sid: 'FindKeys',
        Effect: 'Allow',
        Action: ['kms:ListKeys', 'kms:ListResourceTags'],
        Resource: '*',
      },
      {
        // No PutKeyPolicy: it would be the way to every vault. A key's policy is set when it is made and is the account's administrators' from then on.
        Sid: 'TendTaggedKeys',
        Effect: 'Allow',
        Action: ['kms:DescribeKey', 'kms:EnableKeyRotation', 'kms:GetKeyRotationStatus', 'kms:ScheduleKeyDeletion'],
        Resource: anyKeyArn(deployment),
        Condition: { Null: { 'aws:ResourceTag/hq-vault': 'false' } },
      },
    ],
  };
}
