import { CreateKeyCommand, DecryptCommand, DisableKeyCommand } from '@aws-sdk/client-kms';
import { GetParameterCommand, GetParametersByPathCommand, GetParametersCommand, PutParameterCommand, type PutParameterCommandInput } from '@aws-sdk/client-ssm';
import { afterEach, expect, it } from 'vitest';
import { errorName, startTestCloud, type Statement, type TestCloud } from '../kms/cloud.ts';

let cloud: TestCloud | undefined;
afterEach(async () => {
  await cloud?.stop();
  cloud = undefined;
});

const arn = (path: string): string => `arn:aws:ssm:us-east-1:000000000000:parameter${path}`;
const anyKey = 'arn:aws:kms:us-east-1:000000000000:key/*';
const start = async (...statements: Statement[]): Promise<TestCloud> => (cloud = await startTestCloud(statements));
const put = (from: TestCloud, who: 'root' | 'limited', Name: string, Value: string, more: Partial<PutParameterCommandInput> = {}) =>
  from[who].ssm.send(new PutParameterCommand({ Name, Value, Type: 'SecureString', ...more }));
const read = (from: TestCloud, Name: string, WithDecryption = true) => from.limited.ssm.send(new GetParameterCommand({ Name, WithDecryption }));
const makeKey = async (from: TestCloud): Promise<string> => (await from.root.kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? '';

it('a right on one path does not reach a sibling, nor tells whether it exists', async () => {
  const here = await start({ Effect: 'Allow', Action: 'ssm:GetParameter', Resource: arn('/hq/cmp_1/*') });
  await put(here, 'root', '/hq/cmp_1/token', 'x', { Type: 'String' });
  await put(here, 'root', '/hq/cmp_12/token', 'x', { Type: 'String' });
  expect((await read(here, '/hq/cmp_1/token')).Parameter?.Value).toBe('x');
  expect(await errorName(read(here, '/hq/cmp_1/missing'))).toBe('ParameterNotFound');
  for (const name of ['/hq/cmp_12/token', '/hq/cmp_12/missing']) expect(await errorName(read(here, name))).toBe('AccessDeniedException');
});

it('one refused name refuses the whole of GetParameters', async () => {
  const here = await start({ Effect: 'Allow', Action: 'ssm:GetParameters', Resource: arn('/hq/cmp_1/*') });
  await put(here, 'root', '/hq/cmp_1/token', 'x', { Type: 'String' });
  const ask = (Names: string[]) => here.limited.ssm.send(new GetParametersCommand({ Names }));
  expect((await ask(['/hq/cmp_1/token'])).Parameters).toHaveLength(1);
  expect(await errorName(ask(['/hq/cmp_1/token', '/hq/cmp_2/token']))).toBe('AccessDeniedException');
});

it('listing a path needs the right on that path', async () => {
  const here = await start({ Effect: 'Allow', Action: 'ssm:GetParametersByPath', Resource: arn('/hq/cmp_1') });
  await put(here, 'root', '/hq/cmp_1/token', 'x', { Type: 'String' });
  const list = (Path: string) => here.limited.ssm.send(new GetParametersByPathCommand({ Path, Recursive: true }));
  expect((await list('/hq/cmp_1')).Parameters).toHaveLength(1);
  for (const path of ['/hq', '/hq/cmp_2', '/']) expect(await errorName(list(path))).toBe('AccessDeniedException');
});

it('a secure value opens only for who may use the key for that very parameter', async () => {
  const decrypt = (path: string): Statement => ({
    Effect: 'Allow',
    Action: 'kms:Decrypt',
    Resource: anyKey,
    Condition: { StringEquals: { 'kms:EncryptionContext:PARAMETER_ARN': arn(path), 'kms:ViaService': 'ssm.us-east-1.amazonaws.com' } },
  });
  const here = await start({ Effect: 'Allow', Action: 'ssm:GetParameter', Resource: arn('/hq/*') }, decrypt('/hq/mine'));
  const KeyId = await makeKey(here);
  for (const name of ['/hq/mine', '/hq/other']) await put(here, 'root', name, 'the value', { KeyId });
  expect((await read(here, '/hq/mine')).Parameter).toMatchObject({ Value: 'the value', Type: 'SecureString' });
  expect(await errorName(read(here, '/hq/other'))).toBe('AccessDeniedException');
  const sealed = (await read(here, '/hq/other', false)).Parameter?.Value ?? '';
  expect(sealed).not.toContain('the value');
  const direct = new DecryptCommand({ CiphertextBlob: Buffer.from(sealed, 'base64'), EncryptionContext: { PARAMETER_ARN: arn('/hq/mine') } });
  expect(await errorName(here.limited.kms.send(direct))).toBe('AccessDeniedException');
});

it('writing a secure value needs kms:Encrypt, and writes nothing without it', async () => {
  const here = await start({ Effect: 'Allow', Action: ['ssm:PutParameter', 'ssm:GetParameter'], Resource: arn('/hq/*') });
  const KeyId = await makeKey(here);
  expect(await errorName(put(here, 'limited', '/hq/mine', 'x', { KeyId }))).toBe('AccessDeniedException');
  expect(await errorName(read(here, '/hq/mine'))).toBe('ParameterNotFound');
});

it('without a key the account’s own one is used, through SSM only', async () => {
  const here = await start({ Effect: 'Allow', Action: ['ssm:PutParameter', 'ssm:GetParameter'], Resource: arn('/hq/*') });
  await put(here, 'limited', '/hq/mine', 'the value');
  const sealed = (await read(here, '/hq/mine', false)).Parameter?.Value ?? '';
  expect((await read(here, '/hq/mine')).Parameter?.Value).toBe('the value');
  const direct = new DecryptCommand({ CiphertextBlob: Buffer.from(sealed, 'base64'), EncryptionContext: { PARAMETER_ARN: arn('/hq/mine') } });
  expect(await errorName(here.limited.kms.send(direct))).toBe('AccessDeniedException');
});

it('an undecrypted standard value is what KMS made, and opens there for who may use the key', async () => {
  const here = await start({ Effect: 'Allow', Action: 'ssm:GetParameter', Resource: arn('/hq/*') });
  await put(here, 'root', '/hq/mine', 'the value', { KeyId: await makeKey(here) });
  const sealed = (await read(here, '/hq/mine', false)).Parameter?.Value ?? '';
  const CiphertextBlob = Buffer.from(sealed, 'base64');
  const opened = await here.root.kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: { PARAMETER_ARN: arn('/hq/mine') } }));
  expect(Buffer.from(opened.Plaintext ?? []).toString()).toBe('the value');
  const elsewhere = new DecryptCommand({ CiphertextBlob, EncryptionContext: { PARAMETER_ARN: arn('/hq/other') } });
  expect(await errorName(here.root.kms.send(elsewhere))).toBe('InvalidCiphertextException');
});

it('a key that is unknown or disabled is an InvalidKeyId', async () => {
  const here = await start();
  const KeyId = await makeKey(here);
  await put(here, 'root', '/hq/mine', 'x', { KeyId });
  await here.root.kms.send(new DisableKeyCommand({ KeyId }));
  expect(await errorName(here.root.ssm.send(new GetParameterCommand({ Name: '/hq/mine', WithDecryption: true })))).toBe('InvalidKeyId');
  expect(await errorName(put(here, 'root', '/hq/new', 'x', { KeyId: 'alias/none' }))).toBe('InvalidKeyId');
});
