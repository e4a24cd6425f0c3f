/**
 * The policy on a vault's bucket: denials only. What a session may do is given by the role and the session policy; the bucket itself makes sure that nobody else
 * comes near, whatever other policies the account may grow.
 *
 * How AWS reads it:
 * - `aws:PrincipalArn` of an assumed role's session is the ARN of the role, not of the session, so one value names all sessions. An anonymous request has none,
 *   and a negated operator holds for an absent key: strangers are denied, not forgotten.
 * - AWS services that act by themselves (log delivery, replication, inventory) have no such ARN and are denied too; none is needed here. S3's own encryption
 *   and lifecycle are not requests and are not affected.
 * - An administrator of the account is denied like everyone. They are not locked out for good: the account's root user can always read, replace and delete a
 *   bucket policy. https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html
 * - A bucket policy that *allowed* something to the role's session ARN would go past the session policy. There is no Allow here.
 */
import type { Deployment } from './deployment.ts';
import type { PolicyDocument, Statement } from './document.ts';

export interface BucketPolicyOptions {
  readonly bucket: string;
  /** True wherever the endpoint is https: always on AWS. */
  readonly tls: boolean;
}

/** The policy for a bucket. Its JSON text is what `PutBucketPolicy` takes. */
export function bucketPolicy({ vaultRoleArn, brokerArn }: Deployment, { bucket, tls }: BucketPolicyOptions): PolicyDocument {
  const bucketArn = `arn:aws:s3:::${bucket}`;
  const objects = `${bucketArn}/*`;
  const deny = { Effect: 'Deny', Principal: '*' } as const;
  const overTlsOnly: Statement = {
    ...deny,
    Sid: 'TlsOnly',
    Action: 's3:*',
    Resource: [bucketArn, objects],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  return {
    Version: '2012-10-17',
    Statement: [
      ...(tls ? [overTlsOnly] : []),
      // The broker provisions the bucket and never touches what is in it.
      { ...deny, Sid: 'ObjectsForVaultSessions', Action: 's3:*', Resource: objects, Condition: { StringNotEquals: { 'aws:PrincipalArn': vaultRoleArn } } },
      { ...deny, Sid: 'BucketForOurs', Action: 's3:*', Resource: bucketArn, Condition: { StringNotEquals: { 'aws:PrincipalArn': [vaultRoleArn, brokerArn] } } },
      // The backstop from the bucket's side: a session that is pinned elsewhere, or to nothing, is denied even where its policies would let it in.
      {
        ...deny,
        Sid: 'PinnedHere',
        Action: 's3:*',
        Resource: [bucketArn, objects],
        Condition: { StringEquals: { 'aws:PrincipalArn': vaultRoleArn }, StringNotLike: { 'aws:PrincipalTag/hq-home': `${bucket}/*` } },
      },
      // Under a key of the client's own, or S3's, the vault's key would no longer guard the object.
      { ...deny, Sid: 'NoClientKeys', Action: 's3:PutObject', Resource: objects, Condition: { Null: { [`${sse}-customer-algorithm`]: 'false' } } },
      {
        ...deny,
        Sid: 'NoOtherEncryption',
        Action: 's3:PutObject',
        Resource: objects,
        Condition: { Null: { [sse]: 'false' }, StringNotEquals: { [sse]: 'aws:kms' } },
      },
    ],
  };
}

const sse = 's3:x-amz-server-side-encryption';
