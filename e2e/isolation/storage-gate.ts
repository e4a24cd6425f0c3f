/** Describes the storage part of the isolation gate for one engine; each engine's test file calls it once. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { canonicalPath } from '@hq/shared/path';
import type { Vault } from '@hq/shared/vault';
import { strangersElsewhere, strangersWithBadCredentials, type Stranger } from './callers.ts';
import { s3Client, sessionFor, type Engine } from './engine.ts';
import { tryEverything, tryPresigned, type Quirks } from './gate.ts';
import { outcomeOf } from './refusal.ts';
import type { Target } from './s3-attempts.ts';
import { seed, stateOf } from './seed.ts';

const folder = canonicalPath('team/');

export function describeStorageGate<E extends Engine>(
  name: string,
  open: () => Promise<E>,
  quirks: Quirks,
  more?: (setting: () => { engine: E; vaults: Record<'acme' | 'globex' | 'ada' | 'bob', Vault> }) => void,
): void {
  describe(`${name} holds the line between vaults`, () => {
    let engine: E;
    let vaults: Record<'acme' | 'globex' | 'ada' | 'bob', Vault>;

    beforeAll(async () => {
      engine = await open();
      vaults = {
        acme: await engine.makeVault('organization', 'acme'),
        globex: await engine.makeVault('organization', 'globex'),
        ada: await engine.makeVault('personal', '00000000-0000-4000-8000-00000000000a'),
        bob: await engine.makeVault('personal', '00000000-0000-4000-8000-00000000000b'),
      };
    });
    afterAll(() => engine.close());

    const elsewhere = { acme: ['globex', 'ada'], ada: ['bob', 'acme'] } as const;
    for (const target of ['acme', 'ada'] as const) {
      const kind = target === 'acme' ? 'an organization' : 'a person';
      test(`nobody from elsewhere gets at the vault of ${kind}, whatever verb they use`, async () => {
        const vault = vaults[target];
        const goal = await seed(engine, vault, folder);
        const before = await stateOf(engine, vault, goal);
        const others = {
          'a session of another organization or person': vaults[elsewhere[target][0]],
          'a session of another kind of vault': vaults[elsewhere[target][1]],
        };
        const strangers = [...(await strangersElsewhere(engine, vault, others)), ...(await strangersWithBadCredentials(engine, vault, vaults.globex))];
        // Where a copy out of the target would land: the globex vault, which the strangers' own session may write.
        const own: Target['own'] = { bucket: vaults.globex.bucket, key: `${vaults.globex.keyPrefix}loot.txt` };
        await s3Client(engine, await sessionFor(engine, vaults.globex, canonicalPath(''), 'write')).send(
          new PutObjectCommand({ Bucket: own.bucket, Key: own.key, Body: 'mine' }),
        );
        const direct = await tryEverything(strangers, goal, () => own, quirks);
        const presigned = await tryPresigned(strangers, goal);
        expect([...direct.breaches, ...presigned.breaches]).toEqual([]);
        expect(await stateOf(engine, vault, goal)).toEqual(before);
        console.log(`${name}, ${kind}: ${direct.attempts + presigned.attempts} attempts by ${strangers.length} strangers, 0 succeeded`);
      });
    }

    test('a read session reads its cone and changes nothing in it', async () => {
      const vault = vaults.acme;
      const goal = await seed(engine, vault, folder);
      const before = await stateOf(engine, vault, goal);
      const client = s3Client(engine, await sessionFor(engine, vault, folder, 'read'));
      const object = await client.send(new GetObjectCommand({ Bucket: goal.bucket, Key: goal.key }));
      expect(await object.Body?.transformToString()).toBe('the crown jewels');
      const listed = await client.send(new ListObjectsV2Command({ Bucket: goal.bucket, Prefix: goal.folder }));
      expect(listed.KeyCount).toBe(1);
      const put = await outcomeOf(() => client.send(new PutObjectCommand({ Bucket: goal.bucket, Key: goal.key, Body: 'changed' })));
      expect(put).toMatchObject({ refused: { status: 403 } });
      expect(await stateOf(engine, vault, goal)).toEqual(before);
    });

    test('a write session works in its cone: the refusals above are not an engine that refuses everything', async () => {
      const vault = vaults.ada;
      const goal = await seed(engine, vault, folder);
      const credentials = await sessionFor(engine, vault, folder, 'write');
      const insider: Stranger = { name: 'insider', client: s3Client(engine, credentials), credentials, codes: [] };
      const own = { bucket: goal.bucket, key: `${goal.folder}mine.txt` };
      await insider.client.send(new PutObjectCommand({ Bucket: own.bucket, Key: own.key, Body: 'mine' }));
      const allowed = [
        'GetObject',
        'GetObject with a range',
        'GetObject of a version',
        'HeadObject',
        'PutObject',
        'PutObject of a new key',
        'CopyObject out of it',
        'CopyObject into it',
        'CreateMultipartUpload',
        'UploadPart',
        'ListParts',
        'AbortMultipartUpload',
        'DeleteObject',
        'ListObjectsV2 with its prefix',
      ];
      const { breaches } = await tryEverything([insider], goal, () => own);
      const worked = breaches.filter(({ outcome }) => 'succeeded' in (outcome as object)).map(({ verb }) => verb);
      expect(worked).toEqual(expect.arrayContaining(allowed));
      const bucketWide = worked.filter((verb) => /Bucket|PublicAccess|Acl|Tagging/.test(verb));
      expect(bucketWide).toEqual([]);
    });

    more?.(() => ({ engine, vaults }));
  });
}
