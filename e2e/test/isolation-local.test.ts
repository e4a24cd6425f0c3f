/** The storage gate on our own engine, and what only it can be asked: clocks, KMS, SSM and STS. */
import { GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { expect, test } from 'vitest';
import { canonicalPath, root } from '@hq/shared/path';
import { strangersElsewhere, strangersWithBadCredentials } from '../isolation/callers.ts';
import { s3Client, sessionFor } from '../isolation/engine.ts';
import { misuseForm, sendForm, tryForms } from '../isolation/form-attempts.ts';
import { tryEverything, tryPresigned } from '../isolation/gate.ts';
import { keyAttempts, roleAttempts, secretAttempts } from '../isolation/key-attempts.ts';
import { startLocalEngine } from '../isolation/local-engine.ts';
import { outcomeOf } from '../isolation/refusal.ts';
import { seed, stateOf } from '../isolation/seed.ts';
import { describeStorageGate } from '../isolation/storage-gate.ts';

describeStorageGate('local-cloud', startLocalEngine, {}, (setting) => {
  test('a session that has expired opens nothing', async () => {
    const { engine, vaults } = setting();
    const goal = await seed(engine, vaults.acme, canonicalPath('team/'));
    const before = await stateOf(engine, vaults.acme, goal);
    const credentials = await sessionFor(engine, vaults.acme, root, 'write');
    engine.advance(901);
    const late = { name: 'an expired session', client: s3Client(engine, credentials), credentials, codes: ['ExpiredToken'] };
    const own = { bucket: goal.bucket, key: `${goal.folder}mine.txt` };
    expect((await tryEverything([late], goal, () => own)).breaches).toEqual([]);
    expect((await tryPresigned([late], goal)).breaches).toEqual([]);
    expect(await stateOf(engine, vaults.acme, goal)).toEqual(before);
  });

  test('nobody from elsewhere gets a file in by a form, and who may write does', async () => {
    const { engine, vaults } = setting();
    for (const name of ['acme', 'ada'] as const) {
      const vault = vaults[name];
      const goal = await seed(engine, vault, canonicalPath('team/'));
      const before = await stateOf(engine, vault, goal);
      const others = { 'a session of another organization': vaults.globex, 'a session of another person': vaults.bob };
      const reader = await sessionFor(engine, vault, canonicalPath('team/'), 'read');
      const strangers = [
        ...(await strangersElsewhere(engine, vault, others)),
        ...(await strangersWithBadCredentials(engine, vault, vaults.globex)),
        { name: 'a session that may read there', client: s3Client(engine, reader), credentials: reader, codes: ['AccessDenied'] },
      ];
      const { attempts, breaches } = await tryForms(engine, strangers, goal, { bucket: vaults.globex.bucket, key: `${vaults.globex.keyPrefix}mine/` });
      expect(breaches).toEqual([]);
      expect(attempts).toBe(strangers.length * 5);
      expect(await stateOf(engine, vault, goal)).toEqual(before);

      const insider = await sessionFor(engine, vault, canonicalPath('team/'), 'write');
      expect((await misuseForm(engine, insider, goal)).breaches).toEqual([]);
      expect(await stateOf(engine, vault, goal)).toEqual(before);
      const { bucket } = goal;
      const conditions = [{ bucket }, ['starts-with', '$key', goal.folder]];
      expect(await sendForm(engine, { bucket, key: `${goal.folder}\${filename}`, conditions }, insider)).toEqual({ status: 204, code: '' });
      expect(await stateOf(engine, vault, goal)).not.toEqual(before);
    }
  });

  test('no session uses a key by itself, another tenant’s or its own: only storage does, for it', async () => {
    const { engine, vaults } = setting();
    const config = { endpoint: engine.endpoint, region: 'us-east-1', maxAttempts: 1, systemClockOffset: engine.ahead() };
    const target = { keyArn: vaults.acme.kmsKeyArn, ciphertext: Buffer.alloc(200, 7), context: { 'aws:s3:arn': `arn:aws:s3:::${vaults.acme.bucket}` } };
    for (const who of ['acme', 'globex', 'ada'] as const) {
      const client = new KMSClient({ ...config, credentials: await sessionFor(engine, vaults[who], root, 'write') });
      for (const [verb, attempt] of Object.entries(keyAttempts)) {
        const outcome = await outcomeOf(() => attempt(client, target));
        const codes = verb.startsWith('Decrypt') ? ['AccessDeniedException', 'InvalidCiphertextException'] : ['AccessDeniedException'];
        expect([who, verb, 'refused' in outcome && codes.includes(outcome.refused.code)]).toEqual([who, verb, true]);
      }
      const own = await outcomeOf(() => client.send(new GenerateDataKeyCommand({ KeyId: vaults[who].kmsKeyArn, KeySpec: 'AES_256' })));
      expect(own).toMatchObject({ refused: { code: 'AccessDeniedException' } });
    }
  });

  test('no session for files reaches a secret, or becomes another session', async () => {
    const { engine, vaults } = setting();
    const config = { endpoint: engine.endpoint, region: 'us-east-1', maxAttempts: 1, systemClockOffset: engine.ahead() };
    for (const who of ['acme', 'globex', 'ada'] as const) {
      const credentials = await sessionFor(engine, vaults[who], root, 'write');
      const ssm = new SSMClient({ ...config, credentials });
      for (const [verb, attempt] of Object.entries(secretAttempts)) {
        expect([who, verb, await outcomeOf(() => attempt(ssm, `${vaults.acme.secretPrefix}stripe`))]).toMatchObject([
          who,
          verb,
          { refused: { code: 'AccessDeniedException' } },
        ]);
      }
      const sts = new STSClient({ ...config, credentials });
      for (const [verb, attempt] of Object.entries(roleAttempts)) {
        expect([who, verb, await outcomeOf(() => attempt(sts, engine.vaultRoleArn))]).toMatchObject([
          who,
          verb,
          { refused: { code: 'AccessDenied', status: 403 } },
        ]);
      }
      expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toMatch(/assumed-role\/hq-vault\/e2e$/);
    }
  });
});
