/** What each verb asks the evaluator: AWS's action, the resource's ARN, and the condition keys of this request ("Actions, resources, and condition keys for Amazon S3"). */
import { AwsError } from '../../http/aws-error.ts';
import type { Ask } from '../service.ts';
import type { S3Request } from './core.ts';
import { isPublicPolicy } from './buckets/public-policy.ts';
import { type Bucket, noSuchBucket } from './store/buckets.ts';

type Context = Readonly<Record<string, string | readonly string[]>>;

/** Request headers that are condition keys `s3:HEADER`. */
const HEADER_KEYS = [
  'x-amz-acl',
  'x-amz-content-sha256',
  'x-amz-copy-source',
  'x-amz-grant-full-control',
  'x-amz-grant-read',
  'x-amz-grant-read-acp',
  'x-amz-grant-write',
  'x-amz-grant-write-acp',
  'x-amz-metadata-directive',
  'x-amz-object-ownership',
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
  'x-amz-server-side-encryption-customer-algorithm',
  'x-amz-storage-class',
  'x-amz-website-redirect-location',
  'if-match',
  'if-none-match',
];

/** The ARN of a bucket. */
export function bucketArn(bucket: string): string {
  return `arn:aws:s3:::${bucket}`;
}

/** The ARN of an object. */
export function objectArn(bucket: string, key: string): string {
  return `arn:aws:s3:::${bucket}/${key}`;
}

/** A question about a bucket or an object in it. The bucket need not exist: whoever may not act on the name does not learn whether it does. */
export function question(request: S3Request, action: string, resource: string, context: Context = {}, bucketName: string = request.bucket): Ask {
  return { action, resource, context: { ...requestContext(request), ...context }, resourcePolicy: policyFor(request, bucketName) };
}

/** Authorises an action on the request's bucket. @returns the bucket. @throws AwsError 403, and only then 404 `NoSuchBucket`. */
export function authorizeBucket(request: S3Request, action: string, context: Context = {}): Bucket {
  request.call.authorize(question(request, action, bucketArn(request.bucket), context));
  return existingBucket(request, request.bucket);
}

/** Authorises an action on the request's object, or on another one. @returns the bucket. @throws AwsError 403, and only then 404 `NoSuchBucket`. */
export function authorizeObject(request: S3Request, action: string, context: Context = {}, at = request): Bucket {
  request.call.authorize(question(request, action, objectArn(at.bucket, at.key), context, at.bucket));
  return existingBucket(request, at.bucket);
}

/** The bucket with this name, checked against `x-amz-expected-bucket-owner`. */
export function existingBucket(request: S3Request, name: string): Bucket {
  const bucket = request.core.buckets.get(name);
  if (bucket === undefined) throw noSuchBucket(name);
  const expected = request.call.header(name === request.bucket ? 'x-amz-expected-bucket-owner' : 'x-amz-source-expected-bucket-owner');
  if (expected !== undefined && expected !== request.core.accountId) throw accessDenied();
  return bucket;
}

/** The refusal that says nothing more. */
export function accessDenied(): AwsError {
  return new AwsError(403, 'AccessDenied', 'Access Denied');
}

/**
 * What to answer where an object is missing: 404 only to those who may list the bucket, otherwise 403, so that keys can't be probed. The question names no
 * prefix, as on AWS: a right to list one folder is not enough to learn that a key is missing.
 */
export function missingKey(request: S3Request, at = request, error = noSuchKey(at.key)): AwsError {
  return request.call.allows(question(request, 's3:ListBucket', bucketArn(at.bucket), {}, at.bucket)) ? error : accessDenied();
}

/** The refusal where a key has no object. */
export function noSuchKey(key: string): AwsError {
  return new AwsError(404, 'NoSuchKey', 'The specified key does not exist.', { Key: key });
}

/** Condition keys for the tags that an object has. */
export function existingTagContext(tags: Readonly<Record<string, string>> | undefined): Context {
  return Object.fromEntries(Object.entries(tags ?? {}).map(([name, value]) => [`s3:ExistingObjectTag/${name}`, value]));
}

/** Condition keys for the tags that a request brings. */
export function requestTagContext(tags: Readonly<Record<string, string>>): Context {
  const names = Object.keys(tags);
  const each = Object.entries(tags).map(([name, value]) => [`s3:RequestObjectTag/${name}`, value]);
  return names.length === 0 ? {} : { ...Object.fromEntries(each), 's3:RequestObjectTagKeys': names };
}

/** `s3:VersionId`, where the request names a version. */
export function versionContext(versionId: string | undefined): Context {
  return versionId === undefined ? {} : { 's3:VersionId': versionId };
}

function requestContext({ call, core }: S3Request): Context {
  const context: Record<string, string | readonly string[]> = { 's3:ResourceAccount': core.accountId };
  for (const name of HEADER_KEYS) {
    const value = call.header(name);
    if (value !== undefined) context[`s3:${name}`] = value;
  }
  return context;
}

/** The bucket's policy; a public one counts for nobody but its account's principals where public buckets are restricted. */
function policyFor({ call, core }: S3Request, bucketName: string): Bucket['policy'] {
  const bucket = core.buckets.get(bucketName);
  if (bucket?.policy === undefined) return undefined;
  const restricted = bucket.settings.publicAccessBlock?.RestrictPublicBuckets === true && call.principal.kind === 'anonymous';
  return restricted && isPublicPolicy(bucket.policy) ? undefined : bucket.policy;
}
