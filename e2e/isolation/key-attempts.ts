/** Every KMS, SSM and STS verb, aimed at another tenant's key and secrets. */
import * as kms from '@aws-sdk/client-kms';
import * as ssm from '@aws-sdk/client-ssm';
import * as sts from '@aws-sdk/client-sts';

export interface KeyTarget {
  readonly keyArn: string;
  /** Ciphertext that the key's owner made, with its context. */
  readonly ciphertext: Uint8Array;
  readonly context: Record<string, string>;
}

export type KeyAttempt = (client: kms.KMSClient, target: KeyTarget) => Promise<unknown>;

export const keyAttempts: Readonly<Record<string, KeyAttempt>> = {
  GenerateDataKey: (c, t) => c.send(new kms.GenerateDataKeyCommand({ KeyId: t.keyArn, KeySpec: 'AES_256' })),
  'GenerateDataKey in the bucket’s context': (c, t) =>
    c.send(new kms.GenerateDataKeyCommand({ KeyId: t.keyArn, KeySpec: 'AES_256', EncryptionContext: t.context })),
  GenerateDataKeyWithoutPlaintext: (c, t) => c.send(new kms.GenerateDataKeyWithoutPlaintextCommand({ KeyId: t.keyArn, KeySpec: 'AES_256' })),
  Encrypt: (c, t) => c.send(new kms.EncryptCommand({ KeyId: t.keyArn, Plaintext: Buffer.from('mine') })),
  Decrypt: (c, t) => c.send(new kms.DecryptCommand({ CiphertextBlob: t.ciphertext, EncryptionContext: t.context })),
  'Decrypt naming the key': (c, t) => c.send(new kms.DecryptCommand({ KeyId: t.keyArn, CiphertextBlob: t.ciphertext, EncryptionContext: t.context })),
  Sign: (c, t) => c.send(new kms.SignCommand({ KeyId: t.keyArn, Message: Buffer.from('mine'), SigningAlgorithm: 'RSASSA_PSS_SHA_256' })),
  GetPublicKey: (c, t) => c.send(new kms.GetPublicKeyCommand({ KeyId: t.keyArn })),
  DescribeKey: (c, t) => c.send(new kms.DescribeKeyCommand({ KeyId: t.keyArn })),
  ListKeys: (c) => c.send(new kms.ListKeysCommand({})),
  CreateKey: (c) => c.send(new kms.CreateKeyCommand({})),
  TagResource: (c, t) => c.send(new kms.TagResourceCommand({ KeyId: t.keyArn, Tags: [{ TagKey: 'hq-vault', TagValue: 'mine' }] })),
  GetKeyPolicy: (c, t) => c.send(new kms.GetKeyPolicyCommand({ KeyId: t.keyArn })),
  EnableKeyRotation: (c, t) => c.send(new kms.EnableKeyRotationCommand({ KeyId: t.keyArn })),
  ScheduleKeyDeletion: (c, t) => c.send(new kms.ScheduleKeyDeletionCommand({ KeyId: t.keyArn, PendingWindowInDays: 7 })),
};

export type SecretAttempt = (client: ssm.SSMClient, name: string) => Promise<unknown>;

/** `name` is a parameter that is there; its folder ends before the last `/`. */
export const secretAttempts: Readonly<Record<string, SecretAttempt>> = {
  GetParameter: (c, name) => c.send(new ssm.GetParameterCommand({ Name: name, WithDecryption: true })),
  'GetParameter without decryption': (c, name) => c.send(new ssm.GetParameterCommand({ Name: name })),
  GetParameters: (c, name) => c.send(new ssm.GetParametersCommand({ Names: [name], WithDecryption: true })),
  GetParametersByPath: (c, name) =>
    c.send(new ssm.GetParametersByPathCommand({ Path: name.slice(0, name.lastIndexOf('/')), Recursive: true, WithDecryption: true })),
  'GetParametersByPath from the root': (c) => c.send(new ssm.GetParametersByPathCommand({ Path: '/', Recursive: true })),
  GetParameterHistory: (c, name) => c.send(new ssm.GetParameterHistoryCommand({ Name: name, WithDecryption: true })),
  DescribeParameters: (c) => c.send(new ssm.DescribeParametersCommand({})),
  PutParameter: (c, name) => c.send(new ssm.PutParameterCommand({ Name: name, Value: 'taken', Type: 'SecureString', Overwrite: true })),
  DeleteParameter: (c, name) => c.send(new ssm.DeleteParameterCommand({ Name: name })),
  DeleteParameters: (c, name) => c.send(new ssm.DeleteParametersCommand({ Names: [name] })),
  AddTagsToResource: (c, name) => c.send(new ssm.AddTagsToResourceCommand({ ResourceType: 'Parameter', ResourceId: name, Tags: [{ Key: 'a', Value: 'b' }] })),
  ListTagsForResource: (c, name) => c.send(new ssm.ListTagsForResourceCommand({ ResourceType: 'Parameter', ResourceId: name })),
};

export type RoleAttempt = (client: sts.STSClient, roleArn: string) => Promise<unknown>;

/** Ways for a session to become more than it is. */
export const roleAttempts: Readonly<Record<string, RoleAttempt>> = {
  'AssumeRole without a policy': (c, role) => c.send(new sts.AssumeRoleCommand({ RoleArn: role, RoleSessionName: 'more' })),
  'AssumeRole with another tenant’s tags': (c, role) =>
    c.send(
      new sts.AssumeRoleCommand({
        RoleArn: role,
        RoleSessionName: 'more',
        Policy: '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}',
        Tags: [{ Key: 'hq-home', Value: 'hq-vault-' }],
      }),
    ),
  'AssumeRole of an unknown role': (c, role) => c.send(new sts.AssumeRoleCommand({ RoleArn: `${role}-admin`, RoleSessionName: 'more' })),
};
