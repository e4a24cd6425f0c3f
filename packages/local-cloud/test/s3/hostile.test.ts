/** Malformed, oversized and hostile requests: a typed 4xx (or an honest 501) in XML, quickly, and nothing stored. */
import { createHash, createHmac } from 'node:crypto';
import { request } from 'node:http';
import { CreateBucketCommand, ListObjectVersionsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN, startStorage, type Storage } from './storage.ts';

const Bucket = 'hostile';
let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
  await storage.client().send(new CreateBucketCommand({ Bucket }));
  await storage.client().send(new PutObjectCommand({ Bucket, Key: 'there', Body: 'x' }));
});
afterAll(() => storage.close());

interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly body: string;
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** A request as raw as it is written, signed by the book: an SDK would refuse to send most of these. */
function send(method: string, path: string, body = '', headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const { host } = new URL(storage.url);
  const [rawPath = '', query = ''] = path.split('?');
  const amzDate = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `${amzDate.slice(0, 8)}/us-east-1/s3/aws4_request`;
  const sha256 = createHash('sha256').update(body).digest('hex');
  const all: Record<string, string> = { host, 'x-amz-content-sha256': sha256, 'x-amz-date': amzDate, ...headers };
  const signed = Object.keys(all)
    .filter((name) => name === 'host' || name.startsWith('x-amz-') || name === 'content-md5')
    .sort();
  const parameters = query === '' ? [] : query.split('&').map((pair) => (pair.includes('=') ? pair : `${pair}=`));
  const canonical = [method, rawPath, parameters.sort().join('&'), ...signed.map((name) => `${name}:${all[name]}`), '', signed.join(';'), sha256].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', amzDate, scope, createHash('sha256').update(canonical).digest('hex')].join('\n');
  const key = scope.split('/').reduce<Buffer | string>(hmac, `AWS4${ADMIN.secretAccessKey}`);
  const authorization = `AWS4-HMAC-SHA256 Credential=${ADMIN.accessKeyId}/${scope}, SignedHeaders=${signed.join(';')}, Signature=${hmac(key, toSign).toString('hex')}`;
  return new Promise((resolve, reject) => {
    const call = request(storage.url, { method, path, headers: { ...all, authorization, 'content-length': Buffer.byteLength(body) } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, code: /<Code>(.*?)<\/Code>/.exec(text)?.[1], body: text }));
    });
    call.on('error', reject);
    call.end(body);
  });
}

test('the raw client is a valid one', async () => {
  expect((await send('GET', `/${Bucket}/there`)).body).toBe('x');
});

const PARTS = '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>';

test.each([
  ['GET', `/${Bucket}/there?torrent`, '', 501, 'NotImplemented'],
  ['GET', `/${Bucket}/there?unheard-of`, '', 501, 'NotImplemented'],
  ['PUT', `/${Bucket}/there?retention`, '', 501, 'NotImplemented'],
  ['DELETE', `/${Bucket}?lifecycle`, '', 501, 'NotImplemented'],
  ['DELETE', `/${Bucket}/there?restore`, '', 501, 'NotImplemented'],
  ['POST', `/${Bucket}/there?select`, '', 501, 'NotImplemented'],
  ['PUT', `/${Bucket}?website`, '<WebsiteConfiguration/>', 501, 'NotImplemented'],
  ['GET', `/${Bucket}?acl&policy`, '', 400, 'InvalidRequest'],
  ['PUT', `/${Bucket}/there?versionId=null`, '', 400, 'InvalidArgument'],
  ['PUT', `/${Bucket}/there?partNumber=1`, '', 400, 'InvalidArgument'],
  ['PATCH', `/${Bucket}/there`, '', 405, 'MethodNotAllowed'],
  ['POST', '/', '', 405, 'MethodNotAllowed'],
  ['GET', `/${Bucket}/there?versionId=..%2F..`, '', 400, 'InvalidArgument'],
  ['GET', `/${Bucket}/there?partNumber=0`, '', 400, 'InvalidArgument'],
  ['GET', `/${Bucket}/there?partNumber=2`, '', 416, 'InvalidPartNumber'],
  ['GET', `/${Bucket}/%FF`, '', 400, 'InvalidURI'],
  ['PUT', `/${Bucket}/%E0%80%80`, 'x', 400, 'InvalidURI'],
  ['PUT', `/${Bucket}/${'k'.repeat(1025)}`, 'x', 400, 'KeyTooLongError'],
  ['GET', `/${Bucket}?list-type=3`, '', 400, 'InvalidArgument'],
  ['GET', `/${Bucket}?list-type=2&max-keys=many`, '', 400, 'InvalidArgument'],
  ['GET', `/${Bucket}?versions&version-id-marker=null`, '', 400, 'InvalidArgument'],
  ['GET', `/${Bucket}?uploads&max-uploads=-1`, '', 400, 'InvalidArgument'],
  ['PUT', `/${Bucket}?versioning`, '<VersioningConfiguration><Status>Maybe</Status></VersioningConfiguration>', 400, 'MalformedXML'],
  ['PUT', `/${Bucket}?versioning`, 'no xml', 400, 'MalformedXML'],
  ['PUT', `/${Bucket}?encryption`, '<ServerSideEncryptionConfiguration/>', 400, 'MalformedXML'],
  ['PUT', `/${Bucket}?tagging`, '<Tagging/>', 400, 'MalformedXML'],
  ['PUT', `/${Bucket}/there?tagging`, '<Tagging><TagSet><Tag><Key>a</Key></Tag></TagSet></Tagging>', 400, 'MalformedXML'],
  ['PUT', `/${Bucket}?cors`, '<CORSConfiguration/>', 400, 'MalformedXML'],
  ['PUT', `/${Bucket}?policy`, '[]', 400, 'MalformedPolicy'],
  ['PUT', `/${Bucket}?policy`, 'x'.repeat(30_000), 400, 'PolicyTooLarge'],
  ['POST', `/${Bucket}?delete`, '<Delete><Object><Key>there</Key></Object></Delete>', 400, 'InvalidRequest'],
  ['POST', `/${Bucket}/new?uploadId=unknown`, PARTS, 404, 'NoSuchUpload'],
  ['PUT', `/${Bucket}/new?uploadId=unknown&partNumber=1`, 'x', 404, 'NoSuchUpload'],
  ['PUT', '/Not_A_Bucket', '', 400, 'InvalidBucketName'],
  [
    'PUT',
    '/other-bucket',
    '<CreateBucketConfiguration><LocationConstraint>mars</LocationConstraint></CreateBucketConfiguration>',
    400,
    'InvalidLocationConstraint',
  ],
])('%s %s with %j is refused', async (method, path, body, status, code) => {
  expect(await send(method, path, body)).toMatchObject({ status, code });
});

test.each([
  ['content-md5', 'AAAA', 'InvalidDigest'],
  ['x-amz-checksum-crc32', 'short', 'InvalidRequest'],
  ['x-amz-sdk-checksum-algorithm', 'CRC99', 'InvalidRequest'],
  ['x-amz-storage-class', 'FREEZER', 'InvalidStorageClass'],
  ['x-amz-server-side-encryption', 'ROT13', 'InvalidEncryptionAlgorithmError'],
  ['x-amz-server-side-encryption-aws-kms-key-id', 'key', 'InvalidArgument'],
  ['x-amz-server-side-encryption-customer-algorithm', 'AES256', 'NotImplemented'],
  ['x-amz-object-lock-mode', 'GOVERNANCE', 'NotImplemented'],
  ['x-amz-acl', 'public-read-write', 'AccessControlListNotSupported'],
  ['x-amz-grant-read', 'id=1', 'AccessControlListNotSupported'],
  ['x-amz-tagging', '%zz=1', 'InvalidArgument'],
  ['x-amz-tagging', 'aws:a=1', 'InvalidTag'],
  ['x-amz-copy-source', 'nowhere', 'InvalidArgument'],
  ['x-amz-copy-source', '%zz/%zz', 'InvalidArgument'],
  ['x-amz-expected-bucket-owner', '999999999999', 'AccessDenied'],
])('a PUT with %s: %s is refused', async (name, value, code) => {
  expect((await send('PUT', `/${Bucket}/refused`, 'x', { [name]: value })).code).toBe(code);
});

test('a batch of more than a thousand keys is refused', async () => {
  const body = `<Delete>${'<Object><Key>there</Key></Object>'.repeat(1001)}</Delete>`;
  const md5 = createHash('md5').update(body).digest('base64');
  expect((await send('POST', `/${Bucket}?delete`, body, { 'content-md5': md5 })).code).toBe('MalformedXML');
});

test('an error says what, where and which request, in XML', async () => {
  const { body } = await send('GET', `/${Bucket}/a%26b%3C`);
  expect(body).toMatch(
    /^<\?xml .*<Error><Code>NoSuchKey<\/Code><Message>.*<\/Message><Key>a&amp;b&lt;<\/Key><Resource>.*<\/Resource><RequestId>\w+<\/RequestId><HostId>.*<\/HostId><\/Error>$/s,
  );
});

test('none of it stored anything', async () => {
  const { Versions, DeleteMarkers } = await storage.client().send(new ListObjectVersionsCommand({ Bucket }));
  expect([Versions?.map((version) => version.Key), DeleteMarkers]).toEqual([['there'], undefined]);
});
