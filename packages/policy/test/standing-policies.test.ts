/** The policies that stand by themselves: on a vault's bucket, on its key, and of the broker. */
import { expect, test } from 'vitest';
import { brokerPolicy } from '../src/broker-policy.ts';
import { bucketPolicy } from '../src/bucket-policy.ts';
import type { PolicyDocument } from '../src/document.ts';
import { keyPolicy } from '../src/key-policy.ts';
import { acme, deployment, personal } from './fixtures.ts';
import { iamDocument, isAllowed } from './iam-evaluator.ts';

const bucketArn = `arn:aws:s3:::${acme.bucket}`;
const session = { 'aws:PrincipalArn': deployment.vaultRoleArn, 'aws:PrincipalTag/hq-home': `${acme.bucket}/` };
const broker = { 'aws:PrincipalArn': deployment.brokerArn };

/** True where a bucket policy denies. It never allows. */
function denies(document: PolicyDocument, action: string, resource: string, context: Record<string, string>): boolean {
  const verdict = iamDocument(document).judge({ action, resource, context });
  expect(verdict).not.toBe('Allow');
  return verdict === 'Deny';
}

test('a bucket lets its own sessions through to the objects, and nobody else', () => {
  const policy = bucketPolicy(deployment, { bucket: acme.bucket, tls: false });
  const get = (context: Record<string, string>) => denies(policy, 's3:GetObject', `${bucketArn}/docs/a.md`, context);
  expect(get(session)).toBe(false);
  expect(get({})).toBe(true);
  expect(get(broker)).toBe(true);
  expect(get({ 'aws:PrincipalArn': 'arn:aws:iam::000000000000:user/admin' })).toBe(true);
  expect(get({ 'aws:PrincipalArn': 'arn:aws:iam::000000000000:root' })).toBe(true);
  expect(get({ 'aws:PrincipalArn': 'arn:aws:iam::111111111111:role/hq-vault' })).toBe(true);
});

test('a bucket denies a session that is pinned elsewhere, or to nothing', () => {
  const policy = bucketPolicy(deployment, { bucket: acme.bucket, tls: false });
  for (const home of ['hq-vault-cmp-rival/', `${acme.bucket}2/`, `x/${acme.bucket}/`, acme.bucket, 'hq-vault-personal/users/ada/hq/']) {
    for (const [action, resource] of [
      ['s3:GetObject', `${bucketArn}/a`],
      ['s3:ListBucket', bucketArn],
    ] as const)
      expect(denies(policy, action, resource, { ...session, 'aws:PrincipalTag/hq-home': home })).toBe(true);
  }
  expect(denies(policy, 's3:ListBucket', bucketArn, { 'aws:PrincipalArn': deployment.vaultRoleArn })).toBe(true);
  expect(denies(policy, 's3:ListBucket', bucketArn, session)).toBe(false);
  const shared = bucketPolicy(deployment, { bucket: personal.bucket, tls: false });
  const home = `${personal.bucket}/${personal.keyPrefix}`;
  expect(denies(shared, 's3:GetObject', `arn:aws:s3:::${home}a`, { ...session, 'aws:PrincipalTag/hq-home': home })).toBe(false);
});

test('the broker tends a bucket and is kept from what is in it', () => {
  const policy = bucketPolicy(deployment, { bucket: acme.bucket, tls: false });
  for (const action of ['s3:PutBucketPolicy', 's3:PutBucketVersioning', 's3:PutEncryptionConfiguration'])
    expect(denies(policy, action, bucketArn, broker)).toBe(false);
  for (const action of ['s3:GetObject', 's3:PutObject', 's3:DeleteObjectVersion']) expect(denies(policy, action, `${bucketArn}/a`, broker)).toBe(true);
  expect(denies(policy, 's3:PutBucketPolicy', bucketArn, { 'aws:PrincipalArn': 'arn:aws:iam::000000000000:user/admin' })).toBe(true);
});

function deniesGet(tls: boolean, context: Record<string, string>): boolean {
  return denies(bucketPolicy(deployment, { bucket: acme.bucket, tls }), 's3:GetObject', `${bucketArn}/a`, context);
}

test('over https only, where the endpoint is https', () => {
  const plain = { ...session, 'aws:SecureTransport': 'false' };
  expect(deniesGet(true, plain)).toBe(true);
  expect(deniesGet(true, { ...session, 'aws:SecureTransport': 'true' })).toBe(false);
  expect(deniesGet(false, plain)).toBe(false);
});

test('an object is never stored past the vault’s key', () => {
  const policy = bucketPolicy(deployment, { bucket: acme.bucket, tls: false });
  const put = (context: Record<string, string>) => denies(policy, 's3:PutObject', `${bucketArn}/a`, { ...session, ...context });
  expect(put({})).toBe(false);
  expect(put({ 's3:x-amz-server-side-encryption': 'aws:kms' })).toBe(false);
  expect(put({ 's3:x-amz-server-side-encryption': 'AES256' })).toBe(true);
  expect(put({ 's3:x-amz-server-side-encryption-customer-algorithm': 'AES256' })).toBe(true);
});

test('a bucket policy fits the 20 KB that S3 takes, with room to spare', () => {
  expect(JSON.stringify(bucketPolicy(deployment, { bucket: 'b'.repeat(63), tls: true })).length).toBeLessThan(4096);
});

test('the broker mints and provisions, and reads nothing', () => {
  const document = iamDocument(brokerPolicy(deployment));
  const may = (action: string, resource: string, context: Record<string, string> = {}) => isAllowed([document], { action, resource, context });
  const tagged = { 'aws:ResourceTag/hq-vault': acme.id };
  expect(may('sts:AssumeRole', deployment.vaultRoleArn)).toBe(true);
  expect(may('sts:AssumeRole', 'arn:aws:iam::000000000000:role/admin')).toBe(false);
  for (const bucket of [acme.bucket, personal.bucket]) expect(may('s3:CreateBucket', `arn:aws:s3:::${bucket}`)).toBe(true);
  expect(may('s3:CreateBucket', 'arn:aws:s3:::payroll')).toBe(false);
  expect(may('s3:PutBucketPolicy', 'arn:aws:s3:::payroll')).toBe(false);
  expect(may('kms:CreateKey', '*', { 'aws:RequestTag/hq-vault': acme.id })).toBe(true);
  expect(may('kms:CreateKey', '*')).toBe(false);
  expect(may('kms:EnableKeyRotation', acme.kmsKeyArn, tagged)).toBe(true);
  expect(may('kms:ScheduleKeyDeletion', acme.kmsKeyArn)).toBe(false);
  for (const action of ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:GetObjectVersion']) expect(may(action, `${bucketArn}/a`)).toBe(false);
  for (const action of ['s3:ListBucket', 's3:ListBucketVersions', 's3:DeleteBucket', 's3:DeleteBucketPolicy']) expect(may(action, bucketArn)).toBe(false);
  for (const action of ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:Encrypt', 'kms:CreateGrant', 'kms:PutKeyPolicy', 'kms:ReEncryptFrom'])
    expect(may(action, acme.kmsKeyArn, tagged)).toBe(false);
  expect(may('ssm:GetParameters', `arn:aws:ssm:us-east-1:000000000000:parameter${acme.secretPrefix}token`)).toBe(false);
});

/** What a key policy gives to one principal. */
function keyGives(principal: string, action: string, context: Record<string, string>): boolean {
  const policy = keyPolicy(deployment, { vaultTag: acme.id, bucket: acme.bucket, secretPrefix: acme.secretPrefix });
  const Statement = policy.Statement.filter(({ Principal }) => typeof Principal === 'object' && Principal.AWS === principal);
  return isAllowed([iamDocument({ ...policy, Statement })], { action, resource: acme.kmsKeyArn, context });
}

test('a key serves its vault’s sessions, through storage and secrets, and the account’s administrators cannot use it', () => {
  const storage = { 'kms:ViaService': 's3.us-east-1.amazonaws.com', 'kms:EncryptionContext:aws:s3:arn': bucketArn, 'aws:PrincipalTag/hq-vault': acme.id };
  const role = deployment.vaultRoleArn;
  expect(keyGives(role, 'kms:Decrypt', storage)).toBe(true);
  expect(keyGives(role, 'kms:GenerateDataKey', storage)).toBe(true);
  expect(keyGives(role, 'kms:Encrypt', storage)).toBe(false);
  for (const name of Object.keys(storage)) {
    expect(keyGives(role, 'kms:Decrypt', { ...storage, [name]: 'other' })).toBe(false);
    expect(keyGives(role, 'kms:Decrypt', Object.fromEntries(Object.entries(storage).filter(([key]) => key !== name)))).toBe(false);
  }
  const secrets = {
    'kms:ViaService': 'ssm.us-east-1.amazonaws.com',
    'kms:EncryptionContext:PARAMETER_ARN': `arn:aws:ssm:us-east-1:000000000000:parameter${acme.secretPrefix}a/b`,
    'aws:PrincipalTag/hq-vault': acme.id,
  };
  expect(keyGives(role, 'kms:Decrypt', secrets)).toBe(true);
  expect(keyGives(role, 'kms:Encrypt', secrets)).toBe(true);
  expect(
    keyGives(role, 'kms:Decrypt', { ...secrets, 'kms:EncryptionContext:PARAMETER_ARN': 'arn:aws:ssm:us-east-1:000000000000:parameter/hq/cmp_rival/a' }),
  ).toBe(false);
  const account = 'arn:aws:iam::000000000000:root';
  expect(keyGives(account, 'kms:DescribeKey', {})).toBe(true);
  expect(keyGives(account, 'kms:PutKeyPolicy', {})).toBe(true);
  for (const action of ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:Encrypt', 'kms:CreateGrant', 'kms:ReEncryptTo'])
    expect(keyGives(account, action, storage)).toBe(false);
  expect(keyGives(deployment.brokerArn, 'kms:DescribeKey', {})).toBe(false);
});
