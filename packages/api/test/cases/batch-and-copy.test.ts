/**
 * One request that names several keys, or a source and a target, is judged key by key: real signed requests to local-cloud, under sessions that were compiled from
 * rules. A session whose folders lost their slash, and one that lost its carve-out, turn the same checks red.
 */
import { createHash } from 'node:crypto';
import { CopyObjectCommand, DeleteObjectsCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { compile } from '@hq/policy/compile';
import { pinsOf } from '@hq/policy/session-tags';
import type { AclRecord, Caller, Level } from '@hq/shared/acl/rule';
import { canonicalPath } from '@hq/shared/path';
import type { Vault } from '@hq/shared/vault';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKmsKeys } from '../../src/adapters/aws/kms-keys.ts';
import { createS3Buckets } from '../../src/adapters/aws/s3-buckets.ts';
import { createStsSessions } from '../../src/adapters/aws/sts-sessions.ts';
import { deployment, startLocalStorage, type LocalStorage } from '../../test-support/local-storage.ts';

const id = `cmp_${'1'.repeat(26)}`;
const bucket = `hq-vault-cmp-${'1'.repeat(26)}`;
const seeded = ['team/a', 'team/b', 'team-secret/a', 'team/locked/a', 'teammates', 'shared/a'];
const member: Caller = { personId: 'ada', groups: new Set(), standing: { kind: 'member', role: 'contributor' } };
const owner: Caller = { ...member, standing: { kind: 'owner' } };
const rule = (at: string, level: Level): AclRecord => ({
  path: canonicalPath(at),
  rules: [{ grantee: { kind: 'org' }, level }],
  open: false,
  version: 1,
});
const rules = [rule('team/', 'write'), rule('team/locked/', 'read'), rule('shared/', 'read')];

let storage: LocalStorage;
let vault: Vault;
const clients: S3Client[] = [];
beforeAll(async () => {
  storage = await startLocalStorage();
  const buckets = createS3Buckets({ config: storage.config, forcePathStyle: true });
  await buckets.create(bucket);
  const kmsKeyArn = (await createKmsKeys(storage.config).create({ vaultTag: id, description: 'test' })).arn;
  await buckets.encryptWith(bucket, kmsKeyArn);
  vault = { id, kind: 'organization', bucket, keyPrefix: '', kmsKeyArn, secretPrefix: `/hq/${id}/`, region: deployment.region };
});
afterAll(async () => {
  for (const client of clients) client.destroy();
  await storage.close();
});

/** A client for each session of a caller; `fault` changes the bytes before they are minted. */
async function clientsOf(caller: Caller, fault: (policy: string) => string = (policy) => policy): Promise<S3Client[]> {
  const sessions = createStsSessions({ config: storage.config, vaultRoleArn: deployment.vaultRoleArn });
  const compiled = compile({ vault, caller, records: rules, cone: canonicalPath(''), access: 'write', now: 0 });
  const made = await Promise.all(
    compiled.sessions.map(async ({ policy }) => {
      const { credentials } = await sessions.mint({
        name: 'ses-test',
        policy: fault(policy),
        tags: pinsOf(vault),
        sourceIdentity: 'ada',
        durationSeconds: 900,
      });
      return new S3Client({ ...storage.config, forcePathStyle: true, credentials, maxAttempts: 1 });
    }),
  );
  clients.push(...made);
  return made;
}

const bodies = new Map<string, string>();
async function seed(everything: S3Client): Promise<void> {
  for (const Key of seeded) {
    const Body = `${Key} ${createHash('sha256').update(Key).digest('hex')}`;
    bodies.set(Key, Body);
    await everything.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
  }
}

async function isThere(everything: S3Client, Key: string): Promise<boolean> {
  return everything.send(new HeadObjectCommand({ Bucket: bucket, Key })).then(
    () => true,
    () => false,
  );
}

/** The keys that are gone after one request to delete all of them, and those that the answer calls refused. */
async function batch(fault?: (policy: string) => string) {
  const [everything] = await clientsOf(owner);
  const [session] = await clientsOf(member, fault);
  if (everything === undefined || session === undefined) throw new Error('no session');
  await seed(everything);
  const { Errors = [] } = await session.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: seeded.map((Key) => ({ Key })) } }));
  const there = await Promise.all(seeded.map((key) => isThere(everything, key)));
  return {
    gone: seeded.filter((_, index) => there[index] !== true),
    refused: Errors.filter(({ Code }) => Code === 'AccessDenied').map(({ Key }) => Key),
  };
}

const slashRemoved = (policy: string) => policy.replaceAll('/team/*"', '/team*"');
const carveOutDropped = (policy: string) => policy.replace(/\{"Effect":"Deny"[^}]*\},/, '');

test('batch delete: of keys that span siblings, those of the session go, and each other is refused by name', async () => {
  expect(await batch()).toEqual({ gone: ['team/a', 'team/b'], refused: ['team-secret/a', 'team/locked/a', 'teammates', 'shared/a'] });
  // Seen red:
  expect((await batch(slashRemoved)).gone).toEqual(['team/a', 'team/b', 'team-secret/a', 'teammates']);
  expect((await batch(carveOutDropped)).gone).toEqual(['team/a', 'team/b', 'team/locked/a']);
});

/** Which copies storage makes, of pairs that span siblings. */
async function copies(fault?: (policy: string) => string): Promise<string[]> {
  const [everything] = await clientsOf(owner);
  const [session] = await clientsOf(member, fault);
  if (everything === undefined || session === undefined) throw new Error('no session');
  await seed(everything);
  const made: string[] = [];
  for (const [from, to] of [
    ['team/a', 'team/copy'],
    ['team-secret/a', 'team/stolen'],
    ['team/locked/a', 'team/unlocked'],
    ['shared/a', 'team/shared'],
    ['team/a', 'team-secret/planted'],
    ['team/a', 'team/locked/planted'],
  ] as const) {
    const done = await session.send(new CopyObjectCommand({ Bucket: bucket, CopySource: `${bucket}/${from}`, Key: to })).then(
      () => true,
      (error: unknown) => {
        if ((error as Error).name === 'AccessDenied') return false;
        throw error;
      },
    );
    if (done) made.push(`${from} → ${to}`);
  }
  return made;
}

test('copy: both names are judged, so nothing is read from or written to a sibling or a carve-out', async () => {
  const inside = 'team/a → team/copy';
  expect(await copies()).toEqual([inside]);
  // Seen red:
  expect(await copies(slashRemoved)).toEqual([inside, 'team-secret/a → team/stolen', 'team/a → team-secret/planted']);
  expect(await copies(carveOutDropped)).toEqual([inside, 'team/locked/a → team/unlocked', 'team/a → team/locked/planted']);
});
