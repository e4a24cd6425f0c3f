/**
 * The data key of a body. Under SSE-KMS it comes from the bucket's key, on the caller's own authority: a PUT needs `kms:GenerateDataKey`, a GET `kms:Decrypt`, each
 * time. Otherwise (`AES256`, the default of every bucket) it is sealed by the service's root key. Each body has a data key of its own.
 */
import { randomBytes } from 'node:crypto';
import { AwsError } from '../../../http/aws-error.ts';
import { accessDenied, bucketArn, objectArn } from '../access.ts';
import type { S3Request } from '../core.ts';
import type { Bucket } from '../store/buckets.ts';
import type { Encryption } from '../store/records.ts';
import { notImplemented } from '../wire/refusals.ts';

export interface NewDataKey {
  readonly dataKey: Uint8Array;
  readonly encryption: Encryption;
}

/** The name that a body's ciphertext is bound to. */
export function objectName(bucket: string, key: string): string {
  return `${bucket}/${key}`;
}

/** A fresh data key, as the request's headers or else the bucket's default ask for it. @throws AwsError 403 where the caller may not use the key. */
export function newDataKey(request: S3Request, bucket: Bucket): NewDataKey {
  const wish = wishedEncryption(request, bucket);
  if (wish.keyArn === undefined) {
    const dataKey = randomBytes(32);
    const wrapped = request.core.rootKey.seal(dataKey, rootContext(request.bucket, request.key));
    return { dataKey, encryption: { algorithm: 'AES256', wrapped: Buffer.from(wrapped).toString('base64') } };
  }
  const { keyArn, bucketKey } = wish;
  const context = kmsContext(request.bucket, request.key, bucketKey);
  const { plaintext, ciphertext } = askKms(() => request.core.keys.generateDataKey(request.call, keyArn, context, 's3'));
  return { dataKey: plaintext, encryption: { algorithm: 'aws:kms', keyArn, bucketKey, wrapped: Buffer.from(ciphertext).toString('base64') } };
}

/** The data key back, for the object at `bucket` and `key`. @throws AwsError 403 where the caller may not decrypt with the key. */
export function openDataKey({ core, call }: S3Request, at: { readonly bucket: string; readonly key: string }, encryption: Encryption): Uint8Array {
  const wrapped = Buffer.from(encryption.wrapped, 'base64');
  if (encryption.algorithm === 'AES256') return core.rootKey.open(wrapped, rootContext(at.bucket, at.key));
  const context = kmsContext(at.bucket, at.key, encryption.bucketKey === true);
  return askKms(() => core.keys.decryptDataKey(call, wrapped, context, 's3'));
}

/** Response headers that say how a body is encrypted. */
export function encryptionHeaders(encryption: Encryption): Record<string, string> {
  const headers: Record<string, string> = { 'x-amz-server-side-encryption': encryption.algorithm };
  if (encryption.keyArn !== undefined) headers['x-amz-server-side-encryption-aws-kms-key-id'] = encryption.keyArn;
  if (encryption.bucketKey === true) headers['x-amz-server-side-encryption-bucket-key-enabled'] = 'true';
  return headers;
}

/** Refuses customer-provided keys: they are never silently dropped. */
export function refuseCustomerKeys({ call }: S3Request): void {
  const named = ['x-amz', 'x-amz-copy-source']
    .flatMap((start) => ['algorithm', 'key', 'key-md5'].map((end) => `${start}-server-side-encryption-customer-${end}`))
    .find((name) => call.header(name) !== undefined);
  if (named !== undefined) throw notImplemented(named);
}

function wishedEncryption({ call, core }: S3Request, bucket: Bucket): { keyArn: string; bucketKey: boolean } | { keyArn: undefined } {
  const asked = call.header('x-amz-server-side-encryption');
  const askedKey = call.header('x-amz-server-side-encryption-aws-kms-key-id');
  const bucketDefault = bucket.settings.encryption;
  if (call.header('x-amz-server-side-encryption-context') !== undefined) throw notImplemented('x-amz-server-side-encryption-context');
  if (asked === 'aws:kms:dsse') throw notImplemented('x-amz-server-side-encryption: aws:kms:dsse');
  if (asked !== undefined && asked !== 'AES256' && asked !== 'aws:kms') {
    throw new AwsError(400, 'InvalidEncryptionAlgorithmError', 'The encryption request you specified is not valid. The valid value is AES256 or aws:kms.');
  }
  if (askedKey !== undefined && asked !== 'aws:kms') {
    const message = 'The encryption method specified is not supported: x-amz-server-side-encryption-aws-kms-key-id needs aws:kms.';
    throw new AwsError(400, 'InvalidArgument', message, { ArgumentName: 'x-amz-server-side-encryption' });
  }
  const algorithm = asked ?? bucketDefault?.algorithm ?? 'AES256';
  if (algorithm === 'AES256') return { keyArn: undefined };
  const name = askedKey ?? bucketDefault?.keyArn ?? 'alias/aws/s3';
  const bucketKey = call.header('x-amz-server-side-encryption-bucket-key-enabled');
  return { keyArn: askKms(() => core.keys.resolveKeyArn(name)), bucketKey: bucketKey === undefined ? bucketDefault?.bucketKey === true : bucketKey === 'true' };
}

function kmsContext(bucket: string, key: string, bucketKey: boolean): Record<string, string> {
  return { 'aws:s3:arn': bucketKey ? bucketArn(bucket) : objectArn(bucket, key) };
}

function rootContext(bucket: string, key: string): string {
  return `s3:${objectName(bucket, key)}`;
}

/** KMS's refusals in S3's words. */
export function askKms<T>(ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    if (!(error instanceof AwsError) || error.status >= 500) throw error;
    if (error.code.startsWith('AccessDenied')) throw accessDenied();
    throw new AwsError(400, `KMS.${error.code}`, error.message);
  }
}
