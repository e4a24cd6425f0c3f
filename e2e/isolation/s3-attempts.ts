/** Every S3 verb, aimed at an object, a version, an upload or a bucket that belongs to someone else. */
import * as s3 from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';

/** What the attempt is aimed at, and what the caller may rightly touch. */
export interface Target {
  readonly bucket: string;
  /** An object that is there. */
  readonly key: string;
  /** The folder that holds it, with its slash. */
  readonly folder: string;
  readonly versionId: string;
  /** A multipart upload in progress, and the key it is for. */
  readonly uploadId: string;
  readonly uploadKey: string;
  /** The caller's own: a place it may write, where copies could land. */
  readonly own: { readonly bucket: string; readonly key: string };
}

export type Attempt = (client: S3Client, target: Target) => Promise<unknown>;

const source = (bucket: string, key: string) => `${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
const openPolicy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}]}';

/** Verbs on objects: what a session could be meant for, elsewhere. */
export const objectAttempts: Readonly<Record<string, Attempt>> = {
  GetObject: (c, t) => c.send(new s3.GetObjectCommand({ Bucket: t.bucket, Key: t.key })),
  'GetObject with a range': (c, t) => c.send(new s3.GetObjectCommand({ Bucket: t.bucket, Key: t.key, Range: 'bytes=0-0' })),
  'GetObject of a version': (c, t) => c.send(new s3.GetObjectCommand({ Bucket: t.bucket, Key: t.key, VersionId: t.versionId })),
  HeadObject: (c, t) => c.send(new s3.HeadObjectCommand({ Bucket: t.bucket, Key: t.key })),
  GetObjectAttributes: (c, t) => c.send(new s3.GetObjectAttributesCommand({ Bucket: t.bucket, Key: t.key, ObjectAttributes: ['ObjectSize'] })),
  GetObjectTagging: (c, t) => c.send(new s3.GetObjectTaggingCommand({ Bucket: t.bucket, Key: t.key })),
  GetObjectAcl: (c, t) => c.send(new s3.GetObjectAclCommand({ Bucket: t.bucket, Key: t.key })),
  PutObject: (c, t) => c.send(new s3.PutObjectCommand({ Bucket: t.bucket, Key: t.key, Body: 'taken' })),
  'PutObject of a new key': (c, t) => c.send(new s3.PutObjectCommand({ Bucket: t.bucket, Key: `${t.folder}planted.txt`, Body: 'planted' })),
  PutObjectTagging: (c, t) => c.send(new s3.PutObjectTaggingCommand({ Bucket: t.bucket, Key: t.key, Tagging: { TagSet: [{ Key: 'a', Value: 'b' }] } })),
  PutObjectAcl: (c, t) => c.send(new s3.PutObjectAclCommand({ Bucket: t.bucket, Key: t.key, ACL: 'public-read' })),
  DeleteObjectTagging: (c, t) => c.send(new s3.DeleteObjectTaggingCommand({ Bucket: t.bucket, Key: t.key })),
  'CopyObject out of it': (c, t) => c.send(new s3.CopyObjectCommand({ Bucket: t.own.bucket, Key: t.own.key, CopySource: source(t.bucket, t.key) })),
  'CopyObject of a version out of it': (c, t) =>
    c.send(new s3.CopyObjectCommand({ Bucket: t.own.bucket, Key: t.own.key, CopySource: `${source(t.bucket, t.key)}?versionId=${t.versionId}` })),
  'CopyObject into it': (c, t) =>
    c.send(new s3.CopyObjectCommand({ Bucket: t.bucket, Key: `${t.folder}planted.txt`, CopySource: source(t.own.bucket, t.own.key) })),
  CreateMultipartUpload: (c, t) => c.send(new s3.CreateMultipartUploadCommand({ Bucket: t.bucket, Key: t.key })),
  UploadPart: (c, t) => c.send(new s3.UploadPartCommand({ Bucket: t.bucket, Key: t.uploadKey, UploadId: t.uploadId, PartNumber: 1, Body: 'part' })),
  UploadPartCopy: (c, t) =>
    c.send(
      new s3.UploadPartCopyCommand({ Bucket: t.bucket, Key: t.uploadKey, UploadId: t.uploadId, PartNumber: 1, CopySource: source(t.own.bucket, t.own.key) }),
    ),
  ListParts: (c, t) => c.send(new s3.ListPartsCommand({ Bucket: t.bucket, Key: t.uploadKey, UploadId: t.uploadId })),
  CompleteMultipartUpload: (c, t) =>
    c.send(
      new s3.CompleteMultipartUploadCommand({
        Bucket: t.bucket,
        Key: t.uploadKey,
        UploadId: t.uploadId,
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag: '"d41d8cd98f00b204e9800998ecf8427e"' }] },
      }),
    ),
  AbortMultipartUpload: (c, t) => c.send(new s3.AbortMultipartUploadCommand({ Bucket: t.bucket, Key: t.uploadKey, UploadId: t.uploadId })),
  DeleteObject: (c, t) => c.send(new s3.DeleteObjectCommand({ Bucket: t.bucket, Key: t.key })),
  'DeleteObject of a version': (c, t) => c.send(new s3.DeleteObjectCommand({ Bucket: t.bucket, Key: t.key, VersionId: t.versionId })),
};

/** Listings: names are data too. */
export const listAttempts: Readonly<Record<string, Attempt>> = {
  ListObjectsV2: (c, t) => c.send(new s3.ListObjectsV2Command({ Bucket: t.bucket })),
  'ListObjectsV2 with its prefix': (c, t) => c.send(new s3.ListObjectsV2Command({ Bucket: t.bucket, Prefix: t.folder })),
  'ListObjectsV2 with a shorter prefix': (c, t) => c.send(new s3.ListObjectsV2Command({ Bucket: t.bucket, Prefix: t.folder.slice(0, -1) })),
  'ListObjectsV2 with an empty prefix': (c, t) => c.send(new s3.ListObjectsV2Command({ Bucket: t.bucket, Prefix: '' })),
  ListObjects: (c, t) => c.send(new s3.ListObjectsCommand({ Bucket: t.bucket, Prefix: t.folder })),
  ListObjectVersions: (c, t) => c.send(new s3.ListObjectVersionsCommand({ Bucket: t.bucket, Prefix: t.folder })),
  ListMultipartUploads: (c, t) => c.send(new s3.ListMultipartUploadsCommand({ Bucket: t.bucket })),
};

/** The bucket itself: nobody's session may read or change its settings, its own tenant's included. */
export const bucketAttempts: Readonly<Record<string, Attempt>> = {
  GetBucketPolicy: (c, t) => c.send(new s3.GetBucketPolicyCommand({ Bucket: t.bucket })),
  PutBucketPolicy: (c, t) => c.send(new s3.PutBucketPolicyCommand({ Bucket: t.bucket, Policy: openPolicy })),
  DeleteBucketPolicy: (c, t) => c.send(new s3.DeleteBucketPolicyCommand({ Bucket: t.bucket })),
  GetBucketVersioning: (c, t) => c.send(new s3.GetBucketVersioningCommand({ Bucket: t.bucket })),
  PutBucketVersioning: (c, t) => c.send(new s3.PutBucketVersioningCommand({ Bucket: t.bucket, VersioningConfiguration: { Status: 'Suspended' } })),
  GetBucketEncryption: (c, t) => c.send(new s3.GetBucketEncryptionCommand({ Bucket: t.bucket })),
  DeleteBucketEncryption: (c, t) => c.send(new s3.DeleteBucketEncryptionCommand({ Bucket: t.bucket })),
  GetPublicAccessBlock: (c, t) => c.send(new s3.GetPublicAccessBlockCommand({ Bucket: t.bucket })),
  DeletePublicAccessBlock: (c, t) => c.send(new s3.DeletePublicAccessBlockCommand({ Bucket: t.bucket })),
  GetBucketAcl: (c, t) => c.send(new s3.GetBucketAclCommand({ Bucket: t.bucket })),
  PutBucketCors: (c, t) =>
    c.send(new s3.PutBucketCorsCommand({ Bucket: t.bucket, CORSConfiguration: { CORSRules: [{ AllowedMethods: ['GET'], AllowedOrigins: ['*'] }] } })),
  DeleteBucket: (c, t) => c.send(new s3.DeleteBucketCommand({ Bucket: t.bucket })),
};
