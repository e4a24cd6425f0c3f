/** Buckets in S3, made and set up under the broker's own identity, which may do nothing with what is in them. */
import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  DeleteBucketCorsCommand,
  PutBucketCorsCommand,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { HqError } from '@hq/shared/errors';
import type { Buckets } from '../../ports/buckets.ts';
import { ownCall, awsErrorName } from './aws-errors.ts';
import type { AwsClientConfig } from './client-config.ts';

export interface S3BucketsOptions {
  /** With the broker's credentials. */
  readonly config: AwsClientConfig;
  readonly forcePathStyle: boolean;
}

/** What a browser needs for reading and writing in parts, and for knowing what it wrote. */
const corsMethods = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'];
const corsExposed = ['ETag', 'x-amz-version-id', 'x-amz-checksum-sha256', 'x-amz-checksum-crc32', 'x-amz-meta-sha256', 'x-amz-request-id'];
const corsSeconds = 3600;

export function createS3Buckets({ config, forcePathStyle }: S3BucketsOptions): Buckets {
  const client = new S3Client({ ...config, forcePathStyle });
  return {
    async create(bucket) {
      // The SDK lists the regions it knew when it was made; the deployment's may be newer, hence the cast. us-east-1 is the one region that may not be named, and the one that takes the creation of an own bucket for done.
      const place = config.region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: config.region as BucketLocationConstraint } };
      try {
        await client.send(new CreateBucketCommand({ Bucket: bucket, ...place }));
      } catch (error) {
        if (awsErrorName(error) === 'BucketAlreadyOwnedByYou') return;
        if (awsErrorName(error) !== 'BucketAlreadyExists') await ownCall(() => Promise.reject(error));
        throw new HqError('CONFLICT', 'Somebody else owns a bucket of this name.', { hint: 'Choose another bucket name in the settings.', cause: error });
      }
    },
    async blockPublicAccess(bucket) {
      const all = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
      await ownCall(() => client.send(new PutPublicAccessBlockCommand({ Bucket: bucket, PublicAccessBlockConfiguration: all })));
    },
    async setPolicy(bucket, policy) {
      await ownCall(() => client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: policy })));
    },
    async enableVersioning(bucket) {
      await ownCall(() => client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } })));
    },
    async encryptWith(bucket, kmsKeyArn) {
      const byDefault = { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: kmsKeyArn } as const;
      const configuration = { Rules: [{ ApplyServerSideEncryptionByDefault: byDefault, BucketKeyEnabled: true }] };
      await ownCall(() => client.send(new PutBucketEncryptionCommand({ Bucket: bucket, ServerSideEncryptionConfiguration: configuration })));
    },
    async allowOrigins(bucket, rule) {
      if (rule === undefined) {
        await ownCall(() => client.send(new DeleteBucketCorsCommand({ Bucket: bucket })));
        return;
      }
      const wire = {
        AllowedOrigins: [...rule.origins],
        AllowedMethods: corsMethods,
        AllowedHeaders: ['*'],
        ExposeHeaders: corsExposed,
        MaxAgeSeconds: corsSeconds,
      };
      await ownCall(() => client.send(new PutBucketCorsCommand({ Bucket: bucket, CORSConfiguration: { CORSRules: [wire] } })));
    },
  };
}
