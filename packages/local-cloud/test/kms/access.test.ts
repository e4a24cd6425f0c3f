import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GetKeyPolicyCommand,
  PutKeyPolicyCommand,
  TagResourceCommand,
} from '@aws-sdk/client-kms';
import { afterEach, expect, it } from 'vitest';
import { errorName, startTestCloud, type Statement, type TestCloud } from './cloud.ts';

let cloud: TestCloud | undefined;
afterEach(async () => {
  await cloud?.stop();
  cloud = undefined;
});

const allow = (Action: string | string[], Resource: string, Condition?: Statement['Condition']): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition === undefined ? {} : { Condition }),
});
const anyKey = 'arn:aws:kms:us-east-1:000000000000:key/*';
const start = async (...statements: Statement[]): Promise<TestCloud> => (cloud = await startTestCloud(statements));
const makeKey = async (from: TestCloud, vault: string, Policy?: string): Promise<string> =>
  (await from.root.kms.send(new CreateKeyCommand({ Tags: [{ TagKey: 'hq-vault', TagValue: vault }], Policy }))).KeyMetadata?.Arn ?? '';
const policy = (...Statement: object[]): string => JSON.stringify({ Version: '2012-10-17', Statement });
const account = { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::000000000000:root' }, Action: 'kms:*', Resource: '*' };
const limitedArn = 'arn:aws:iam::000000000000:user/limited';

it('a caller without a right is refused every verb, and cannot tell a key that exists from one that does not', async () => {
  const { limited, root } = await start();
  const key = await makeKey({ ...(cloud as TestCloud) }, 'cmp_1');
  const missing = key.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  const sealed = await root.kms.send(new EncryptCommand({ KeyId: key, Plaintext: Buffer.from('x') }));
  for (const KeyId of [key, missing]) {
    expect(await errorName(limited.kms.send(new DescribeKeyCommand({ KeyId })))).toBe('AccessDeniedException');
    expect(await errorName(limited.kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' })))).toBe('AccessDeniedException');
    expect(await errorName(limited.kms.send(new GetKeyPolicyCommand({ KeyId })))).toBe('AccessDeniedException');
  }
  expect(await errorName(limited.kms.send(new DecryptCommand({ CiphertextBlob: sealed.CiphertextBlob })))).toBe('AccessDeniedException');
  expect(await errorName(limited.kms.send(new CreateKeyCommand({})))).toBe('AccessDeniedException');
});

it('a right on keys with a tag reaches only keys with that tag', async () => {
  const { limited } = await start(allow('kms:GenerateDataKey', anyKey, { StringEquals: { 'aws:ResourceTag/hq-vault': 'cmp_1' } }));
  const [own, foreign] = [await makeKey(cloud as TestCloud, 'cmp_1'), await makeKey(cloud as TestCloud, 'cmp_2')];
  const ask = (KeyId: string) => limited.kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }));
  expect((await ask(own)).Plaintext).toHaveLength(32);
  expect(await errorName(ask(foreign))).toBe('AccessDeniedException');
});

it('a right for one encryption context does not reach another, nor none', async () => {
  const { limited, root } = await start(
    allow(['kms:Decrypt', 'kms:Encrypt'], anyKey, {
      StringEquals: { 'kms:EncryptionContext:vault': 'cmp_1' },
      'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': ['vault'] },
    }),
  );
  const KeyId = await makeKey(cloud as TestCloud, 'cmp_1');
  const seal = async (EncryptionContext: Record<string, string> | undefined) =>
    (await root.kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x'), EncryptionContext }))).CiphertextBlob;
  const open = async (EncryptionContext: Record<string, string> | undefined) =>
    await limited.kms.send(new DecryptCommand({ CiphertextBlob: await seal(EncryptionContext), EncryptionContext }));
  expect((await open({ vault: 'cmp_1' })).KeyId).toBe(KeyId);
  for (const context of [{ vault: 'cmp_2' }, { vault: 'cmp_1', more: 'x' }, undefined]) expect(await errorName(open(context))).toBe('AccessDeniedException');
});

it('a right that holds only through S3 is none over the wire', async () => {
  const { limited } = await start(allow('kms:*', anyKey, { StringEquals: { 'kms:ViaService': 's3.us-east-1.amazonaws.com' } }));
  const KeyId = await makeKey(cloud as TestCloud, 'cmp_1');
  expect(await errorName(limited.kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' })))).toBe('AccessDeniedException');
});

it('tagging a key, also while it is made, needs the right to tag with that value', async () => {
  const tagged = { StringEquals: { 'aws:RequestTag/hq-vault': 'cmp_1' } };
  const { limited } = await start(allow('kms:CreateKey', '*', tagged), allow('kms:TagResource', anyKey, tagged));
  const make = (value: string | undefined) =>
    limited.kms.send(new CreateKeyCommand(value === undefined ? {} : { Tags: [{ TagKey: 'hq-vault', TagValue: value }] }));
  const made = await make('cmp_1');
  expect(await errorName(make('cmp_2'))).toBe('AccessDeniedException');
  expect(await errorName(make(undefined))).toBe('AccessDeniedException');
  const steal = new TagResourceCommand({ KeyId: made.KeyMetadata?.KeyId, Tags: [{ TagKey: 'hq-vault', TagValue: 'cmp_2' }] });
  expect(await errorName(limited.kms.send(steal))).toBe('AccessDeniedException');
});

it('an alias needs the right on the alias and on the key', async () => {
  const { limited } = await start(allow('kms:CreateAlias', 'arn:aws:kms:us-east-1:000000000000:alias/mine'));
  const TargetKeyId = await makeKey(cloud as TestCloud, 'cmp_1');
  expect(await errorName(limited.kms.send(new CreateAliasCommand({ AliasName: 'alias/mine', TargetKeyId })))).toBe('AccessDeniedException');
});

it('a key policy gives a right that IAM does not, and takes one that IAM gives', async () => {
  const { limited, root } = await start();
  const use = { Effect: 'Allow', Principal: { AWS: limitedArn }, Action: 'kms:GenerateDataKey', Resource: '*' };
  const KeyId = await makeKey(cloud as TestCloud, 'cmp_1', policy(account, use));
  const ask = () => limited.kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }));
  expect((await ask()).KeyId).toBe(KeyId);
  await root.kms.send(new PutKeyPolicyCommand({ KeyId, Policy: policy(account, { ...use, Effect: 'Deny' }) }));
  expect(await errorName(ask())).toBe('AccessDeniedException');
});

it('a key whose policy does not hand the decision to the account ignores what IAM says', async () => {
  const { limited } = await start(allow('kms:*', '*'));
  const rootUser = { ...account, Principal: { AWS: 'arn:aws:iam::000000000000:user/root' } };
  const KeyId = await makeKey(cloud as TestCloud, 'cmp_1', policy(rootUser));
  expect(await errorName(limited.kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' })))).toBe('AccessDeniedException');
});

it('a policy that nobody could change again, and one that is no policy, are refused and change nothing', async () => {
  const { root } = await start();
  const KeyId = await makeKey(cloud as TestCloud, 'cmp_1');
  const before = (await root.kms.send(new GetKeyPolicyCommand({ KeyId }))).Policy;
  const lockout = policy({ ...account, Action: 'kms:Decrypt' });
  for (const Policy of [lockout, '{', '{"Version":"2012-10-17"}', policy({ ...account, Effect: 'Maybe' })]) {
    expect(await errorName(root.kms.send(new PutKeyPolicyCommand({ KeyId, Policy })))).toBe('MalformedPolicyDocumentException');
  }
  expect((await root.kms.send(new GetKeyPolicyCommand({ KeyId }))).Policy).toBe(before);
});
