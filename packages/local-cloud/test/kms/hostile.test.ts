import { createHash, createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LocalCloud, startLocalCloud } from '../../src/local-cloud.ts';

const secret = 'a secret of the root user';
let cloud: LocalCloud;
let data = '';
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'hq-local-cloud-'));
  const policies = [{ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }];
  cloud = await startLocalCloud({
    port: 0,
    data,
    principals: { users: [{ name: 'root', accessKeyId: 'AKIAROOTROOTROOTROOT', secretAccessKey: secret, policies }], roles: [] },
  });
});
afterAll(async () => {
  await cloud.close();
  await rm(data, { recursive: true });
});

/** Signs any bytes for any target, as no SDK would. */
async function send(service: 'kms' | 'ssm', target: string, body: string): Promise<{ status: number; type: string }> {
  const host = new URL(cloud.url).host;
  const date = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = `${date.slice(0, 8)}/us-east-1/${service}/aws4_request`;
  const hash = createHash('sha256').update(body).digest('hex');
  const headers = { 'content-type': 'application/x-amz-json-1.1', host, 'x-amz-date': date, 'x-amz-target': target };
  const canonical = ['POST', '/', '', ...Object.entries(headers).map(([name, value]) => `${name}:${value}`), '', Object.keys(headers).join(';'), hash].join(
    '\n',
  );
  const toSign = ['AWS4-HMAC-SHA256', date, scope, createHash('sha256').update(canonical).digest('hex')].join('\n');
  const key = scope.split('/').reduce<string | Buffer>((last, part) => createHmac('sha256', last).update(part).digest(), `AWS4${secret}`);
  const signature = createHmac('sha256', key).update(toSign).digest('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=AKIAROOTROOTROOTROOT/${scope}, SignedHeaders=${Object.keys(headers).join(';')}, Signature=${signature}`;
  const response = await fetch(cloud.url, { method: 'POST', body, headers: { ...headers, authorization } });
  const answer = (await response.json()) as { __type?: string };
  return { status: response.status, type: answer.__type ?? '' };
}

const verbs = {
  kms: [
    'CreateKey',
    'DescribeKey',
    'TagResource',
    'GenerateDataKey',
    'Encrypt',
    'Decrypt',
    'ReEncrypt',
    'Sign',
    'Verify',
    'GetPublicKey',
    'PutKeyPolicy',
    'CreateAlias',
    'ScheduleKeyDeletion',
    'ListKeys',
    'EnableKeyRotation',
  ],
  ssm: [
    'PutParameter',
    'GetParameter',
    'GetParameters',
    'GetParametersByPath',
    'DescribeParameters',
    'GetParameterHistory',
    'DeleteParameter',
    'DeleteParameters',
    'AddTagsToResource',
    'LabelParameterVersion',
  ],
} as const;
const bodies = [
  'not json',
  '[]',
  'null',
  '"text"',
  '\u0000',
  '{"KeyId":1,"Name":1,"Limit":"x","MaxResults":"x","Policy":1}',
  '{"KeyId":{"toString":1},"Name":{},"Names":"x","Limit":-1,"MaxResults":-1,"KeySpec":"x"}',
  '{"__proto__":{"KeyId":"x"},"constructor":1,"KeyId":"","Name":"","Names":[],"Path":"","Limit":0,"MaxResults":0,"Description":1}',
  `{"KeyId":"${'x'.repeat(3000)}","Name":"${'x'.repeat(3000)}","Names":["${'x'.repeat(3000)}"],"Path":"${'/x'.repeat(2000)}","Description":"${'x'.repeat(9000)}","Limit":99999,"MaxResults":99999}`,
  `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)},"KeyId":null,"Name":null,"Limit":null,"MaxResults":null,"Tags":1}`,
];

it.each([
  ['kms', 'TrentService'],
  ['ssm', 'AmazonSSM'],
] as const)('%s answers malformed input of every verb with a typed 4xx', async (service, prefix) => {
  for (const verb of verbs[service]) {
    for (const body of bodies) {
      const { status, type } = await send(service, `${prefix}.${verb}`, body);
      expect(`${status} ${type}`, `${verb} ${body.slice(0, 60)}`).toMatch(/^400 [A-Z]\w+/);
    }
  }
});

it.each(['TrentService.NoSuchVerb', 'TrentService.constructor', 'TrentService.__proto__', 'TrentService', 'AmazonSSM.GetParameter', ''])(
  'an unknown target (%s) is refused',
  async (target) => {
    const { status, type } = await send('kms', target, '{}');
    expect(status).toBe(400);
    expect(type).toMatch(/^\w+$/);
  },
);

it('an encryption context with hostile names is kept apart from the program', async () => {
  const made = await send(
    'kms',
    'TrentService.GenerateDataKey',
    '{"KeyId":"none","KeySpec":"AES_256","EncryptionContext":{"__proto__":"x","constructor":"y"}}',
  );
  expect(made).toEqual({ status: 400, type: 'NotFoundException' });
  const wrong = await send('kms', 'TrentService.GenerateDataKey', '{"KeyId":"none","KeySpec":"AES_256","EncryptionContext":{"__proto__":{"a":1}}}');
  expect(wrong).toEqual({ status: 400, type: 'ValidationException' });
});
