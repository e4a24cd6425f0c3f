/** Uploads from HTML forms: what the signed policy allows is stored, and nothing else. */
import { createHmac } from 'node:crypto';
import { CreateBucketCommand, GetObjectCommand, GetObjectTaggingCommand, ListObjectsV2Command, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN, ROLE_ARN, startStorage, type Storage, user } from './storage.ts';

const Bucket = 'forms';
const nobody = user('nobody');
let storage: Storage;
beforeAll(async () => {
  storage = await startStorage(nobody);
  for (const name of [Bucket, 'open']) await storage.client().send(new CreateBucketCommand({ Bucket: name }));
  const Statement = [{ Effect: 'Allow', Principal: '*', Action: 's3:PutObject', Resource: 'arn:aws:s3:::open/*' }];
  await storage.client().send(new PutBucketPolicyCommand({ Bucket: 'open', Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }));
});
afterAll(() => storage.close());

interface Wish {
  readonly fields?: Readonly<Record<string, string>>;
  readonly conditions?: readonly unknown[];
  readonly document?: string;
  /** Milliseconds from now. */
  readonly lives?: number;
  readonly who?: typeof ADMIN;
  readonly change?: (fields: Record<string, string>) => void;
  readonly file?: Blob;
  readonly fileName?: string;
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** A form as a page would send it, signed by the book. */
function form({ fields = {}, conditions, document, lives = 60_000, who = ADMIN, change, file, fileName = 'C:\\here\\photo.txt' }: Wish = {}): FormData {
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `${date.slice(0, 8)}/us-east-1/s3/aws4_request`;
  const all: Record<string, string> = { key: 'up/${filename}', 'Content-Type': 'text/plain', ...fields };
  Object.assign(all, { 'X-Amz-Algorithm': 'AWS4-HMAC-SHA256', 'X-Amz-Credential': `${who.accessKeyId}/${scope}`, 'X-Amz-Date': date });
  const rules = conditions ?? [{ bucket: Bucket }, ['starts-with', '$key', 'up/'], ...names(all, 'key').map((name) => ['eq', `$${name}`, all[name]])];
  const policy = document ?? JSON.stringify({ expiration: new Date(Date.now() + lives).toISOString(), conditions: rules });
  all['policy'] = Buffer.from(policy).toString('base64');
  all['x-amz-signature'] = hmac(scope.split('/').reduce<string | Buffer>(hmac, `AWS4${who.secretAccessKey}`), all['policy']).toString('hex');
  change?.(all);
  return filled(all, file, fileName);
}

function names(fields: Record<string, string>, but: string): string[] {
  return Object.keys(fields).filter((name) => name !== but && !name.startsWith('x-ignore-'));
}

function filled(fields: Readonly<Record<string, string>>, file = new Blob(['hello']), fileName = 'a.txt'): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  data.append('file', file, fileName);
  data.append('after', 'what follows the file counts for nothing');
  return data;
}

async function post(body: FormData, bucket = Bucket) {
  const response = await fetch(`${storage.url}/${bucket}`, { method: 'POST', body, redirect: 'manual' });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, code: /<Code>(\w+)<\/Code>/.exec(text)?.[1] };
}

async function keys(bucket = Bucket): Promise<(string | undefined)[]> {
  return (await storage.client().send(new ListObjectsV2Command({ Bucket: bucket }))).Contents?.map((entry) => entry.Key) ?? [];
}

test('a form is stored with its type, metadata and tags, below the name of its file', async () => {
  const tagging = '<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>';
  const fields = { 'x-amz-meta-note': 'schön', 'Cache-Control': 'no-store', tagging, 'x-ignore-this': 'one' };
  const answer = await post(form({ fields, file: new Blob(['x'.repeat(200_000)]) }));
  expect([answer.status, answer.text, answer.headers.get('location')]).toEqual([204, '', `${storage.url}/${Bucket}/up%2Fphoto.txt`]);
  const stored = await storage.client().send(new GetObjectCommand({ Bucket, Key: 'up/photo.txt' }));
  expect((await stored.Body?.transformToString())?.length).toBe(200_000);
  expect(stored).toMatchObject({ ContentType: 'text/plain', CacheControl: 'no-store', ETag: answer.headers.get('etag') });
  expect(Buffer.from(stored.Metadata?.['note'] ?? '', 'latin1').toString()).toBe('schön');
  expect((await storage.client().send(new GetObjectTaggingCommand({ Bucket, Key: 'up/photo.txt' }))).TagSet).toEqual([{ Key: 'a', Value: 'b' }]);
});

test('the answer is the one the form asks for', async () => {
  const created = await post(form({ fields: { success_action_status: '201', key: 'up/a b' } }));
  expect(created.status).toBe(201);
  expect(created.text).toContain(`<Bucket>${Bucket}</Bucket><Key>up/a b</Key>`);
  expect((await post(form({ fields: { success_action_status: '404' } }))).status).toBe(204);
  const redirected = await post(form({ fields: { success_action_redirect: 'http://example.org/done?x=1', key: 'up/r' } }));
  expect(redirected.status).toBe(303);
  expect(redirected.headers.get('location')).toMatch(/^http:\/\/example\.org\/done\?x=1&bucket=forms&key=up%2Fr&etag=%22[0-9a-f]{32}%22$/);
  expect((await post(form({ fields: { success_action_redirect: 'javascript:alert(1)' } }))).status).toBe(204);
});

test('names of fields and conditions are the same in any case, and an empty file is a file', async () => {
  const conditions = [{ BuCkEt: Bucket }, ['STARTS-WITH', '$KEY', 'up/'], ['starts-with', '$x-AMZ-credential', ''], ['content-length-range', 0, 5]];
  const more = ['content-type', 'x-amz-algorithm', 'x-amz-date'].map((name) => ['starts-with', `$${name}`, '']);
  expect((await post(form({ conditions: [...conditions, ...more], file: new Blob([]) }))).status).toBe(204);
});

const rest = ['content-type', 'x-amz-algorithm', 'x-amz-credential', 'x-amz-date'].map((name) => ['starts-with', `$${name}`, '']);
const anyKey = ['starts-with', '$key', ''];
const soon = '"expiration": "2999-01-01T00:00:00Z"';

describe('nothing is stored from a form', () => {
  test.each<[string, Wish, number, string]>([
    ['whose signature is another', { change: (all) => void (all['x-amz-signature'] = '0'.repeat(64)) }, 403, 'SignatureDoesNotMatch'],
    ['whose policy was changed', { change: (all) => void (all['policy'] += 'AAAA') }, 403, 'SignatureDoesNotMatch'],
    ['without a signature beside its policy', { change: (all) => void delete all['x-amz-signature'] }, 400, 'InvalidArgument'],
    ['without a policy beside its signature', { change: (all) => void delete all['policy'] }, 400, 'InvalidArgument'],
    ['signed with version 2', { change: (all) => void (all['AWSAccessKeyId'] = 'AKIA') }, 400, 'InvalidRequest'],
    ['of an unknown key', { who: { ...ADMIN, accessKeyId: 'AKIANOTHERE000000000' } }, 403, 'InvalidAccessKeyId'],
    ['with a session token that is none', { fields: { 'x-amz-security-token': 'bm9uZQ==' } }, 400, 'InvalidToken'],
    ['of someone without rights', { who: nobody }, 403, 'AccessDenied'],
    ['whose policy has expired', { lives: -1000 }, 403, 'AccessDenied'],
    ['for another bucket', { conditions: [{ bucket: 'open' }, anyKey, ...rest] }, 403, 'AccessDenied'],
    ['whose policy names no bucket', { conditions: [anyKey, ...rest] }, 403, 'AccessDenied'],
    ['whose key begins otherwise', { fields: { key: 'down/x' } }, 403, 'AccessDenied'],
    ['with a field too many', { conditions: [{ bucket: Bucket }, anyKey, ...rest], fields: { 'x-amz-meta-more': 'x' } }, 403, 'AccessDenied'],
    ['with a field too few', { conditions: [{ bucket: Bucket }, anyKey, ...rest, { 'x-amz-meta-must': 'x' }] }, 403, 'AccessDenied'],
    ['whose file is too large', { conditions: [{ bucket: Bucket }, anyKey, ...rest, ['content-length-range', 0, 4]] }, 400, 'EntityTooLarge'],
    ['whose file is too small', { conditions: [{ bucket: Bucket }, anyKey, ...rest, ['content-length-range', '6', '9']] }, 400, 'EntityTooSmall'],
    ['whose range lacks an end', { conditions: [{ bucket: Bucket }, anyKey, ['content-length-range', 0]] }, 400, 'InvalidPolicyDocument'],
    ['whose policy is no JSON', { document: '{' }, 400, 'InvalidPolicyDocument'],
    ['whose policy never expires', { document: '{"conditions": []}' }, 400, 'InvalidPolicyDocument'],
    ['whose policy has no conditions', { document: `{${soon}}` }, 400, 'InvalidPolicyDocument'],
    ['whose policy misspells', { document: `{${soon}, "CONDITIONS": []}` }, 400, 'InvalidPolicyDocument'],
    ['without a key', { change: (all) => void delete all['key'] }, 400, 'InvalidArgument'],
    ['with an ACL', { fields: { acl: 'public-read' } }, 400, 'AccessControlListNotSupported'],
    ['with more before its file than a form may hold', { fields: { 'x-amz-meta-large': 'x'.repeat(21_000) } }, 400, 'MaxPostPreDataLengthExceeded'],
    ['whose checksum does not hold', { fields: { 'x-amz-checksum-crc32': 'AAAAAA==' } }, 400, 'BadDigest'],
  ])('%s', async (_, wish, status, code) => {
    const before = await keys();
    const answer = await post(form({ ...wish, fields: { key: 'up/never', ...wish.fields } }));
    expect([answer.status, answer.code]).toEqual([status, code]);
    expect(await keys()).toEqual(before);
  });
});

test('a session signs forms for its own cone, and needs its own token for it', async () => {
  const sts = new STSClient({ endpoint: storage.url, region: 'us-east-1', credentials: ADMIN });
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 's3:PutObject', Resource: `arn:aws:s3:::${Bucket}/up/own/*` }],
  });
  const session = async () => {
    const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: ROLE_ARN, RoleSessionName: 'forms', Policy }));
    return {
      who: { ...ADMIN, accessKeyId: Credentials?.AccessKeyId ?? '', secretAccessKey: Credentials?.SecretAccessKey ?? '' },
      token: Credentials?.SessionToken ?? '',
    };
  };
  const [one, other] = [await session(), await session()];
  sts.destroy();
  const send = async (key: string, token: string) => (await post(form({ who: one.who, fields: { key, 'x-amz-security-token': token } }))).code;
  expect(await send('up/own/a', one.token)).toBeUndefined();
  expect(await send('up/other', one.token)).toBe('AccessDenied');
  expect(await send('up/own/b', other.token)).toBe('InvalidToken');
  expect((await post(form({ who: one.who, fields: { key: 'up/own/c' } }))).code).toBe('InvalidAccessKeyId');
  expect((await keys()).filter((key) => key?.startsWith('up/own') || key === 'up/other')).toEqual(['up/own/a']);
});

test('a form without a signature is what anybody may do', async () => {
  expect((await post(filled({ key: 'theirs/${filename}' }), 'open')).status).toBe(204);
  expect(await keys('open')).toEqual(['theirs/a.txt']);
  expect((await post(filled({ key: 'x' }))).code).toBe('AccessDenied');
});

test('a file’s name is put in as it is, and no form grows by it beyond its bound', async () => {
  const name = "price-$$-$&-$'.txt";
  expect((await post(filled({ key: 'theirs/${filename}' }, undefined, name), 'open')).status).toBe(204);
  expect(await keys('open')).toContain(`theirs/${name}`);
  const before = await keys('open');
  expect((await post(filled({ key: '${filename}'.repeat(400) }, undefined, "$'".repeat(500)), 'open')).code).toBe('MaxPostPreDataLengthExceeded');
  expect(await keys('open')).toEqual(before);
});

test.each([
  ['is no form', 'text/plain', 'x', 412, 'PreconditionFailed'],
  ['names no boundary', 'multipart/form-data', 'x', 400, 'MalformedPOSTRequest'],
  ['does not begin with its boundary', 'multipart/form-data; boundary=b', 'x\r\n--b', 400, 'MalformedPOSTRequest'],
  ['has a part without a name', 'multipart/form-data; boundary=b', '--b\r\n\r\nx\r\n--b--', 400, 'MalformedPOSTRequest'],
  [
    'has a field twice',
    'multipart/form-data; boundary=b',
    `${'--b\r\nContent-Disposition: form-data; name=key\r\n\r\nx\r\n'.repeat(2)}--b--`,
    400,
    'MalformedPOSTRequest',
  ],
  ['has no file', 'multipart/form-data; boundary=b', '--b\r\nContent-Disposition: form-data; name=key\r\n\r\nx\r\n--b--', 400, 'InvalidArgument'],
  [
    'ends inside its file',
    'multipart/form-data; boundary=b',
    '--b\r\nContent-Disposition: form-data; name=key\r\n\r\nx\r\n--b\r\nContent-Disposition: form-data; name=file\r\n\r\ncut',
    400,
    'MalformedPOSTRequest',
  ],
])('a body that %s is refused', async (_, type, body, status, code) => {
  const before = await keys('open');
  const answer = await fetch(`${storage.url}/open`, { method: 'POST', body, headers: { 'content-type': type } });
  expect([answer.status, /<Code>(\w+)<\/Code>/.exec(await answer.text())?.[1]]).toEqual([status, code]);
  expect(await keys('open')).toEqual(before);
});
