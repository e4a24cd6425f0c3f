/** Presigned URLs, made by Amazon's own presigner. */
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, ALICE, type Cloud, type Echo, startCloud } from './fixture.ts';
import type { Credentials } from './sign.ts';

let cloud: Cloud;

beforeAll(async () => {
  cloud = await startCloud();
});
afterEach(() => cloud.at(undefined));
afterAll(() => cloud.close());

const s3 = (credentials: Credentials): S3Client => new S3Client({ endpoint: cloud.url, region: 'us-east-1', forcePathStyle: true, credentials });
const get = (credentials: Credentials = ALICE, Key = 'home/x'): Promise<string> =>
  getSignedUrl(s3(credentials), new GetObjectCommand({ Bucket: 'b', Key }), { expiresIn: 60 });

async function open(url: string, init?: RequestInit): Promise<{ status: number; code: string | undefined; text: string }> {
  const response = await fetch(url, init);
  const text = await response.text();
  return { status: response.status, text, code: /<Code>(\w+)<\/Code>/.exec(text)?.[1] };
}

async function session(): Promise<Credentials> {
  const sts = new STSClient({ endpoint: cloud.url, region: 'us-east-1', credentials: ALICE });
  const role = { RoleArn: `arn:aws:iam::${ACCOUNT}:role/reader`, RoleSessionName: 's1', Tags: [{ Key: 'home', Value: 'home' }] };
  const { Credentials: made } = await sts.send(new AssumeRoleCommand({ ...role, DurationSeconds: 900 }));
  return { accessKeyId: made?.AccessKeyId ?? '', secretAccessKey: made?.SecretAccessKey ?? '', sessionToken: made?.SessionToken ?? '' };
}

describe('a presigned URL', () => {
  it('opens, and the service sees nothing of the signature', async () => {
    const { status, text } = await open(await get());
    expect(status).toBe(200);
    const { query, who } = JSON.parse(text) as Echo;
    expect(who).toBe(`arn:aws:iam::${ACCOUNT}:user/alice`);
    expect(Object.keys(query)).toEqual(['x-id']);
  });

  it('gives headers that were hoisted into it back as headers', async () => {
    const url = await getSignedUrl(s3(ALICE), new PutObjectCommand({ Bucket: 'b', Key: 'k', ACL: 'private' }), { expiresIn: 60 });
    expect(new URL(url).searchParams.get('x-amz-acl')).toBe('private');
    const { text } = await open(url, { method: 'PUT', body: 'hi' });
    expect(JSON.parse(text) as Echo).toMatchObject({ acl: 'private', body: 'hi' });
  });

  it('of a session works within the session and not beside it', async () => {
    const credentials = await session();
    expect((await open(await get(credentials))).status).toBe(200);
    expect(await open(await get(credentials, 'home2/x'))).toMatchObject({ status: 403, code: 'AccessDenied' });
  });

  it('expires to the second', async () => {
    const url = await get();
    const signedAt = Date.parse((new URL(url).searchParams.get('X-Amz-Date') ?? '').replace(/(\d{4})(\d\d)(\d\dT\d\d)(\d\d)/, '$1-$2-$3:$4:'));
    cloud.at(signedAt + 59_999);
    expect((await open(url)).status).toBe(200);
    cloud.at(signedAt + 60_000);
    const late = await open(url);
    expect(late).toMatchObject({ status: 403, code: 'AccessDenied' });
    expect(late.text).toContain('Request has expired');
    cloud.at(signedAt - 16 * 60_000);
    expect((await open(url)).text).toContain('not valid yet');
  });

  it.each<[string, (url: URL) => void, number, string]>([
    ['the key', (url) => void (url.pathname = '/b/home/y'), 403, 'SignatureDoesNotMatch'],
    ['its life', (url) => url.searchParams.set('X-Amz-Expires', '600'), 403, 'SignatureDoesNotMatch'],
    ['its life to more than a week', (url) => url.searchParams.set('X-Amz-Expires', '604801'), 400, 'AuthorizationQueryParametersError'],
    ['its life to nothing', (url) => url.searchParams.set('X-Amz-Expires', '0'), 400, 'AuthorizationQueryParametersError'],
    ['its life to no number', (url) => url.searchParams.set('X-Amz-Expires', '1e3'), 400, 'AuthorizationQueryParametersError'],
    ['its life, said twice', (url) => url.searchParams.append('X-Amz-Expires', '600'), 400, 'AuthorizationQueryParametersError'],
    ['an added parameter', (url) => url.searchParams.set('versionId', '1'), 403, 'SignatureDoesNotMatch'],
    ['an added x-amz parameter', (url) => url.searchParams.set('x-amz-acl', 'public-read'), 403, 'SignatureDoesNotMatch'],
    ['the signature', (url) => url.searchParams.set('X-Amz-Signature', '0'.repeat(64)), 403, 'SignatureDoesNotMatch'],
    ['a signature of another length', (url) => url.searchParams.set('X-Amz-Signature', '00'), 400, 'AuthorizationQueryParametersError'],
    ['no signature', (url) => url.searchParams.delete('X-Amz-Signature'), 400, 'AuthorizationQueryParametersError'],
    ['no algorithm', (url) => url.searchParams.delete('X-Amz-Algorithm'), 400, 'AuthorizationQueryParametersError'],
    ['no signed headers', (url) => url.searchParams.delete('X-Amz-SignedHeaders'), 400, 'AuthorizationQueryParametersError'],
    ['an unreadable date', (url) => url.searchParams.set('X-Amz-Date', '20261301T000000Z'), 403, 'AccessDenied'],
    ['the credential', (url) => url.searchParams.set('X-Amz-Credential', 'x/y'), 400, 'AuthorizationQueryParametersError'],
  ])('is refused after a change to %s', async (_what, change, status, code) => {
    const url = new URL(await get());
    change(url);
    expect(await open(url.href)).toMatchObject({ status, code });
  });

  it('of version 2, as boto3 makes by default, is told how to be made otherwise', async () => {
    const { origin } = new URL(await get());
    const answer = await open(`${origin}/b/home/x?AWSAccessKeyId=AKIDEXAMPLE&Signature=c2lnbmF0dXJl&Expires=1800000000`);
    expect(answer).toMatchObject({ status: 400, code: 'InvalidRequest' });
    expect(answer.text).toMatch(/Signature Version 4.*signature_version=(&apos;|')s3v4/);
  });

  it('is refused for another method, and with a header that was not signed', async () => {
    expect(await open(await get(), { method: 'PUT', body: 'x' })).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' });
    expect(await open(await get(), { headers: { 'x-amz-tagging': 'a=b' } })).toMatchObject({ status: 403, code: 'AccessDenied' });
  });
});
