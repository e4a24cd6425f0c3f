import { createPublicKey, verify } from 'node:crypto';
import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  GetKeyRotationStatusCommand,
  GetPublicKeyCommand,
  ListAliasesCommand,
  ListKeysCommand,
  ListResourceTagsCommand,
  ReEncryptCommand,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
  SignCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
  VerifyCommand,
} from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorName, startTestCloud, type TestCloud } from './cloud.ts';

const day = 86_400_000;
let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud.stop());

const newKey = async (): Promise<string> => (await cloud.root.kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? '';
const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('utf8');
const encrypt = async (KeyId: string, words: string, EncryptionContext?: Record<string, string>): Promise<Uint8Array> =>
  (await cloud.root.kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from(words), EncryptionContext }))).CiphertextBlob ?? new Uint8Array();
const decrypt = async (CiphertextBlob: Uint8Array, EncryptionContext?: Record<string, string>, KeyId?: string): Promise<string> =>
  text((await cloud.root.kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext, KeyId }))).Plaintext);

describe('encrypting', () => {
  it('gives back what was encrypted, under the context it was encrypted with, in any order', async () => {
    const key = await newKey();
    const sealed = await encrypt(key, 'a secret', { vault: 'cmp_1', path: 'a/b' });
    expect(await decrypt(sealed, { path: 'a/b', vault: 'cmp_1' })).toBe('a secret');
  });

  it('refuses another context, a missing one, and one whose pairs are cut differently', async () => {
    const key = await newKey();
    const sealed = await encrypt(key, 'a secret', { ab: 'c' });
    for (const context of [{ ab: 'd' }, { a: 'bc' }, undefined, { ab: 'c', d: 'e' }]) {
      expect(await errorName(decrypt(sealed, context))).toBe('InvalidCiphertextException');
    }
  });

  it('refuses a ciphertext with any byte changed', async () => {
    const key = await newKey();
    const sealed = await encrypt(key, 'a secret');
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Uint8Array.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(['InvalidCiphertextException', 'NotFoundException'], `byte ${at}`).toContain(await errorName(decrypt(changed)));
    }
    expect(await errorName(decrypt(sealed.slice(0, -1)))).toBe('InvalidCiphertextException');
  });

  it('refuses a ciphertext of another key than the one named', async () => {
    const [one, two] = [await newKey(), await newKey()];
    const sealed = await encrypt(one, 'a secret');
    expect(await errorName(decrypt(sealed, undefined, two))).toBe('IncorrectKeyException');
    expect(await decrypt(sealed, undefined, one)).toBe('a secret');
  });

  it('hands out data keys that open again', async () => {
    const key = await newKey();
    const context = { 'aws:s3:arn': 'arn:aws:s3:::bucket' };
    const made = await cloud.root.kms.send(new GenerateDataKeyCommand({ KeyId: key, KeySpec: 'AES_256', EncryptionContext: context }));
    expect(made.Plaintext).toHaveLength(32);
    const opened = await cloud.root.kms.send(new DecryptCommand({ CiphertextBlob: made.CiphertextBlob, EncryptionContext: context }));
    expect(Buffer.from(opened.Plaintext ?? [])).toEqual(Buffer.from(made.Plaintext ?? []));
    const blind = await cloud.root.kms.send(new GenerateDataKeyWithoutPlaintextCommand({ KeyId: key, NumberOfBytes: 64 }));
    expect(blind).not.toHaveProperty('Plaintext');
    expect((await cloud.root.kms.send(new DecryptCommand({ CiphertextBlob: blind.CiphertextBlob }))).Plaintext).toHaveLength(64);
  });

  it('moves a ciphertext to another key without showing it', async () => {
    const [one, two] = [await newKey(), await newKey()];
    const sealed = await encrypt(one, 'a secret', { a: '1' });
    const command = { CiphertextBlob: sealed, SourceEncryptionContext: { a: '1' }, DestinationKeyId: two, DestinationEncryptionContext: { b: '2' } };
    const moved = await cloud.root.kms.send(new ReEncryptCommand(command));
    expect(moved.KeyId).toBe(two);
    expect(await decrypt(moved.CiphertextBlob ?? new Uint8Array(), { b: '2' }, two)).toBe('a secret');
  });

  it('refuses more than 4,096 bytes, and a data key of no size', async () => {
    const key = await newKey();
    const large = new EncryptCommand({ KeyId: key, Plaintext: Buffer.alloc(4097) });
    expect(await errorName(cloud.root.kms.send(large))).toBe('ValidationException');
    expect(await errorName(cloud.root.kms.send(new GenerateDataKeyCommand({ KeyId: key })))).toBe('ValidationException');
  });
});

describe('rotation', () => {
  it('gives a new backing key, and what was encrypted before still opens, also after a restart', async () => {
    const key = await newKey();
    const before = await encrypt(key, 'before');
    await cloud.root.kms.send(new RotateKeyOnDemandCommand({ KeyId: key }));
    const after = await encrypt(key, 'after');
    expect(Buffer.from(before).subarray(17, 21)).not.toEqual(Buffer.from(after).subarray(17, 21));
    await cloud.restart();
    expect([await decrypt(before), await decrypt(after)]).toEqual(['before', 'after']);
  });

  it('happens by itself when its day has come', async () => {
    const key = await newKey();
    await cloud.root.kms.send(new EnableKeyRotationCommand({ KeyId: key, RotationPeriodInDays: 90 }));
    const status = await cloud.root.kms.send(new GetKeyRotationStatusCommand({ KeyId: key }));
    expect(status).toMatchObject({ KeyRotationEnabled: true, RotationPeriodInDays: 90 });
    const before = await encrypt(key, 'before');
    cloud.advance(91 * day);
    const after = await encrypt(key, 'after');
    expect(Buffer.from(before).subarray(17, 21)).not.toEqual(Buffer.from(after).subarray(17, 21));
    expect(await decrypt(before)).toBe('before');
  });
});

describe('signing', () => {
  it.each([
    ['RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_256', 'sha256'],
    ['ECC_NIST_P256', 'ECDSA_SHA_256', 'sha256'],
    ['ECC_NIST_P384', 'ECDSA_SHA_384', 'sha384'],
  ] as const)('%s signs so that anyone with the public key can tell', async (KeySpec, SigningAlgorithm, hash) => {
    const made = await cloud.root.kms.send(new CreateKeyCommand({ KeySpec, KeyUsage: 'SIGN_VERIFY' }));
    const KeyId = made.KeyMetadata?.KeyId ?? '';
    const Message = Buffer.from('a checkpoint');
    const { Signature = new Uint8Array() } = await cloud.root.kms.send(new SignCommand({ KeyId, Message, SigningAlgorithm }));
    const { PublicKey = new Uint8Array() } = await cloud.root.kms.send(new GetPublicKeyCommand({ KeyId }));
    const spki = createPublicKey({ key: Buffer.from(PublicKey), format: 'der', type: 'spki' });
    expect(verify(hash, Message, spki, Signature)).toBe(true);
    expect((await cloud.root.kms.send(new VerifyCommand({ KeyId, Message, Signature, SigningAlgorithm }))).SignatureValid).toBe(true);
    const other = new VerifyCommand({ KeyId, Message: Buffer.from('another'), Signature, SigningAlgorithm });
    expect(await errorName(cloud.root.kms.send(other))).toBe('KMSInvalidSignatureException');
    expect(await errorName(cloud.root.kms.send(new EncryptCommand({ KeyId, Plaintext: Message })))).toBe('InvalidKeyUsageException');
  });
});

describe('a key in its life', () => {
  it('refuses all use while disabled or pending deletion, and is gone when its day has come', async () => {
    const key = await newKey();
    const sealed = await encrypt(key, 'a secret');
    await cloud.root.kms.send(new DisableKeyCommand({ KeyId: key }));
    expect([await errorName(decrypt(sealed)), await errorName(encrypt(key, 'x'))]).toEqual(['DisabledException', 'DisabledException']);
    await cloud.root.kms.send(new EnableKeyCommand({ KeyId: key }));
    expect(await decrypt(sealed)).toBe('a secret');
    await cloud.root.kms.send(new ScheduleKeyDeletionCommand({ KeyId: key, PendingWindowInDays: 7 }));
    expect([await errorName(decrypt(sealed)), await errorName(encrypt(key, 'x'))]).toEqual(['KMSInvalidStateException', 'KMSInvalidStateException']);
    expect((await cloud.root.kms.send(new DescribeKeyCommand({ KeyId: key }))).KeyMetadata?.KeyState).toBe('PendingDeletion');
    await cloud.root.kms.send(new CancelKeyDeletionCommand({ KeyId: key }));
    await cloud.root.kms.send(new EnableKeyCommand({ KeyId: key }));
    expect(await decrypt(sealed)).toBe('a secret');
    await cloud.root.kms.send(new ScheduleKeyDeletionCommand({ KeyId: key, PendingWindowInDays: 7 }));
    cloud.advance(8 * day);
    expect(await errorName(cloud.root.kms.send(new DescribeKeyCommand({ KeyId: key })))).toBe('NotFoundException');
    await cloud.restart();
    expect(await errorName(decrypt(sealed))).toBe('NotFoundException');
  });

  it('refuses a deletion in less than 7 days', async () => {
    const command = new ScheduleKeyDeletionCommand({ KeyId: await newKey(), PendingWindowInDays: 6 });
    expect(await errorName(cloud.root.kms.send(command))).toBe('ValidationException');
  });

  it('keeps its tags', async () => {
    const key = await newKey();
    await cloud.root.kms.send(
      new TagResourceCommand({
        KeyId: key,
        Tags: [
          { TagKey: 'hq-vault', TagValue: 'cmp_1' },
          { TagKey: 'b', TagValue: '' },
        ],
      }),
    );
    await cloud.root.kms.send(new UntagResourceCommand({ KeyId: key, TagKeys: ['b'] }));
    expect((await cloud.root.kms.send(new ListResourceTagsCommand({ KeyId: key }))).Tags).toEqual([{ TagKey: 'hq-vault', TagValue: 'cmp_1' }]);
    const reserved = new TagResourceCommand({ KeyId: key, Tags: [{ TagKey: 'aws:x', TagValue: '1' }] });
    expect(await errorName(cloud.root.kms.send(reserved))).toBe('TagException');
  });

  it('is found by id, ARN, alias and alias ARN, and by an alias that moved', async () => {
    const [one, two] = [await newKey(), await newKey()];
    await cloud.root.kms.send(new CreateAliasCommand({ AliasName: 'alias/mine', TargetKeyId: one }));
    for (const KeyId of [one, one.slice(one.lastIndexOf('/') + 1), 'alias/mine', 'arn:aws:kms:us-east-1:000000000000:alias/mine']) {
      expect((await cloud.root.kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.Arn).toBe(one);
    }
    const again = new CreateAliasCommand({ AliasName: 'alias/mine', TargetKeyId: two });
    expect(await errorName(cloud.root.kms.send(again))).toBe('AlreadyExistsException');
    await cloud.root.kms.send(new UpdateAliasCommand({ AliasName: 'alias/mine', TargetKeyId: two }));
    expect((await cloud.root.kms.send(new DescribeKeyCommand({ KeyId: 'alias/mine' }))).KeyMetadata?.Arn).toBe(two);
    expect((await cloud.root.kms.send(new ListAliasesCommand({ KeyId: two }))).Aliases).toMatchObject([{ AliasName: 'alias/mine' }]);
    await cloud.root.kms.send(new DeleteAliasCommand({ AliasName: 'alias/mine' }));
    expect(await errorName(cloud.root.kms.send(new DescribeKeyCommand({ KeyId: 'alias/mine' })))).toBe('NotFoundException');
  });

  it('is listed, page by page', async () => {
    await newKey();
    await newKey();
    const all = (await cloud.root.kms.send(new ListKeysCommand({}))).Keys ?? [];
    const paged: string[] = [];
    let Marker: string | undefined;
    do {
      const page = await cloud.root.kms.send(new ListKeysCommand({ Limit: 1, Marker }));
      paged.push(...(page.Keys ?? []).map((key) => key.KeyId ?? ''));
      Marker = page.NextMarker;
    } while (Marker !== undefined);
    expect(paged).toEqual(all.map((key) => key.KeyId));
  });
});
