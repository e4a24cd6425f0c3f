/** The whole cloud in one process: four services on one port, over HTTP and HTTPS, judged by the same policies. */
import { request } from 'node:https';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { CreateBucketCommand, GetObjectCommand, PutBucketPolicyCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataLockedError } from '../../src/data-lock.ts';
import { type LocalCloud, type LocalCloudOptions, startLocalCloud } from '../../src/local-cloud.ts';
import { ACCOUNT, ALICE, BOB, PRINCIPALS, temporaryFolder } from '../front/fixture.ts';
import { type Credentials, sign } from '../front/sign.ts';
import { selfSigned } from './self-signed.ts';

let folder: ReturnType<typeof temporaryFolder>;
let clouds: LocalCloud[];

beforeEach(() => {
  folder = temporaryFolder();
  clouds = [];
});
afterEach(async () => {
  for (const cloud of clouds) await cloud.close();
  folder.remove();
});

async function start(options: Partial<LocalCloudOptions> = {}): Promise<LocalCloud> {
  const cloud = await startLocalCloud({ port: 0, data: folder.path, principals: PRINCIPALS, ...options });
  clouds.push(cloud);
  return cloud;
}

const client = (cloud: LocalCloud, credentials: Credentials = ALICE) => ({
  endpoint: cloud.url,
  region: 'us-east-1',
  credentials,
  maxAttempts: 1,
  forcePathStyle: true,
});

const bucketPolicy = (...Statement: object[]): string => JSON.stringify({ Version: '2012-10-17', Statement });

describe('the cloud', () => {
  it('answers on one port as S3, STS, KMS and SSM, each with its own errors', async () => {
    const cloud = await start();
    await new S3Client(client(cloud)).send(new CreateBucketCommand({ Bucket: 'one' }));
    expect((await new STSClient(client(cloud)).send(new GetCallerIdentityCommand({}))).Account).toBe(ACCOUNT);
    await expect(new KMSClient(client(cloud)).send(new CreateKeyCommand({}))).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(new SSMClient(client(cloud)).send(new PutParameterCommand({ Name: '/a', Value: 'b', Type: 'String' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    const wrong = { ...ALICE, secretAccessKey: 'not-the-secret' };
    await expect(new KMSClient(client(cloud, wrong)).send(new CreateKeyCommand({}))).rejects.toMatchObject({ name: 'InvalidSignatureException' });
    await expect(new STSClient(client(cloud, wrong)).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
    await expect(new S3Client(client(cloud, wrong)).send(new CreateBucketCommand({ Bucket: 'two' }))).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
  });

  it('keeps sessions over a restart', async () => {
    const first = await start();
    await new S3Client(client(first)).send(new CreateBucketCommand({ Bucket: 'kept' }));
    const role = { RoleArn: `arn:aws:iam::${ACCOUNT}:role/reader`, RoleSessionName: 's1' };
    const { Credentials: made } = await new STSClient(client(first)).send(new AssumeRoleCommand(role));
    await first.close();
    clouds.pop();
    const session = { accessKeyId: made?.AccessKeyId ?? '', secretAccessKey: made?.SecretAccessKey ?? '', sessionToken: made?.SessionToken ?? '' };
    const identity = await new STSClient(client(await start(), session)).send(new GetCallerIdentityCommand({}));
    expect(identity.Arn).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/reader/s1`);
  });

  it('refuses a data folder that it is already serving, and gives it back at its end', async () => {
    const first = await start();
    await expect(startLocalCloud({ port: 0, data: folder.path, principals: PRINCIPALS })).rejects.toBeInstanceOf(DataLockedError);
    await first.close();
    clouds.pop();
    await start();
  });

  it('lets a bucket policy open an object to those it names, and shut out what is not encrypted on its way', async () => {
    const insecure = {
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:GetObject',
      Resource: 'arn:aws:s3:::shop/*',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    };
    const forBob = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/bob` }, Action: 's3:GetObject', Resource: 'arn:aws:s3:::shop/*' };
    const seed = async (cloud: LocalCloud, policy: string): Promise<void> => {
      const s3 = new S3Client(client(cloud));
      await s3.send(new CreateBucketCommand({ Bucket: 'shop' })).catch(() => undefined);
      await s3.send(new PutObjectCommand({ Bucket: 'shop', Key: 'k', Body: 'v' }));
      await s3.send(new PutBucketPolicyCommand({ Bucket: 'shop', Policy: policy }));
    };
    const read = new GetObjectCommand({ Bucket: 'shop', Key: 'k' });
    const plain = await start();
    await seed(plain, bucketPolicy(forBob));
    expect((await new S3Client(client(plain, BOB)).send(read)).$metadata.httpStatusCode).toBe(200);
    await seed(plain, bucketPolicy(forBob, insecure));
    await expect(new S3Client(client(plain, BOB)).send(read)).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(new S3Client(client(plain)).send(read)).rejects.toMatchObject({ name: 'AccessDenied' });
    await plain.close();
    clouds.pop();

    const tls = selfSigned();
    const secure = await start({ tls });
    expect(secure.url).toMatch(/^https:/);
    const answer = await getOverTls(secure, tls.cert, BOB);
    expect(answer).toBe(200);
  });
});

/** Over `node:https` with the certificate as the one authority: the SDK's own handler would need the whole process to trust it. */
function getOverTls(cloud: LocalCloud, ca: string, credentials: Credentials): Promise<number> {
  const draft = { method: 'GET', path: '/shop/k', query: '', headers: {}, body: '' };
  sign(draft, `127.0.0.1:${cloud.port}`, { credentials });
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: cloud.port, path: draft.path, headers: draft.headers, ca, agent: false }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    });
    sent.once('error', reject).end();
  });
}
