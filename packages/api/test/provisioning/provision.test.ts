/** Provisioning against the real local-cloud: whatever is interrupted, repeated or raced ends as a clean run does. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { GetKeyRotationStatusCommand, KMSClient, ListKeysCommand } from '@aws-sdk/client-kms';
import {
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKmsKeys } from '../../src/adapters/aws/kms-keys.ts';
import { createS3Buckets } from '../../src/adapters/aws/s3-buckets.ts';
import { createSqliteTable } from '../../src/adapters/local/sqlite-table.ts';
import type { Keys } from '../../src/ports/keys.ts';
import type { Table } from '../../src/ports/table.ts';
import { bucketForOrganization, type ProvisioningSettings } from '../../src/provisioning/plan.ts';
import {
  provisioningSteps,
  provisionOrganization,
  provisionPersonal,
  type ProvisioningPorts,
  type ProvisioningStep,
} from '../../src/provisioning/provision.ts';
import { personalVaultsKey } from '../../src/stores/keys.ts';
import type { Organization } from '../../src/stores/organizations.ts';
import { createStores, type Stores } from '../../src/stores/stores.ts';
import { person } from '../../test-support/stores-under-test.ts';
import { deployment, type LocalStorage, startLocalStorage } from '../../test-support/local-storage.ts';

const settings: ProvisioningSettings = { deployment, tls: false, origins: ['http://127.0.0.1:8787'] };
const clock = () => Math.floor(Date.now() / 1000);

let storage: LocalStorage;
let table: Table;
let stores: Stores;
let ports: ProvisioningPorts;
let s3: S3Client;
let kms: KMSClient;
/** Keys that were made, by their tag, also those that went again. */
const keysMade = new Map<string, number>();
beforeAll(async () => {
  storage = await startLocalStorage();
  table = createSqliteTable({ file: join(storage.folder, 'table.db'), clock });
  stores = createStores({ table, clock, randomBytes, region: deployment.region });
  const { config } = storage;
  const keys = createKmsKeys(config);
  const counting: Keys = {
    ...keys,
    create(request) {
      keysMade.set(request.vaultTag, (keysMade.get(request.vaultTag) ?? 0) + 1);
      return keys.create(request);
    },
  };
  ports = { keys: counting, buckets: createS3Buckets({ config, forcePathStyle: true }), vaultRecords: stores.vaultRecords, clock };
  s3 = new S3Client({ ...config, forcePathStyle: true });
  kms = new KMSClient(config);
});
afterAll(async () => {
  await table.close();
  await storage.close();
});

const claim = (name: string) => stores.organizations.claim({ name, createdBy: person(1), email: null, bucketFor: bucketForOrganization });

/** What stands in the end, with the names that differ from one organization to the next made equal. */
async function standing({ id, storage: { bucket } }: Organization) {
  const organization = await stores.organizations.get(id);
  const arn = organization?.storage.kmsKeyArn ?? '';
  const Bucket = bucket;
  const answers = {
    state: organization?.storage.state,
    policy: (await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy,
    versioning: (await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status,
    encryption: (await s3.send(new GetBucketEncryptionCommand({ Bucket }))).ServerSideEncryptionConfiguration,
    publicAccess: (await s3.send(new GetPublicAccessBlockCommand({ Bucket }))).PublicAccessBlockConfiguration,
    cors: (await s3.send(new GetBucketCorsCommand({ Bucket }))).CORSRules,
    rotation: (await kms.send(new GetKeyRotationStatusCommand({ KeyId: arn }))).KeyRotationEnabled,
    usableKeys: (await ports.keys.findByTag(id)).map((key) => key.arn),
  };
  const equal = JSON.stringify(answers).replaceAll(arn, 'KEY').replaceAll(bucket, 'BUCKET').replaceAll(id, 'ID');
  return JSON.parse(equal) as typeof answers;
}

/** Dies right after a step, as far as anything that is stored can tell. */
const dieAfter = (step: ProvisioningStep) => (done: ProvisioningStep) => {
  if (done === step) throw new Error(`died after: ${step}`);
};

test('a clean run makes the bucket, locks it, and gives it a key of its own', async () => {
  const organization = await claim('clean');
  const seen: ProvisioningStep[] = [];
  await provisionOrganization(ports, settings, organization, (step) => void seen.push(step));
  expect(seen).toEqual(provisioningSteps);
  const stands = await standing(organization);
  expect(stands).toMatchObject({
    state: 'active',
    versioning: 'Enabled',
    encryption: { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'KEY' }, BucketKeyEnabled: true }] },
    publicAccess: { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true },
    rotation: true,
    usableKeys: ['KEY'],
  });
  expect(stands.policy).toContain('ObjectsForVaultSessions');
  expect(stands.cors?.[0]?.AllowedOrigins).toEqual(settings.origins);
});

test.each(provisioningSteps)('a crash after "%s" and a repetition end as a clean run does, with one key', async (step) => {
  const clean = await claim('reference');
  await provisionOrganization(ports, settings, clean);
  const organization = await claim(`crash-${provisioningSteps.indexOf(step)}`);
  await expect(provisionOrganization(ports, settings, organization, dieAfter(step))).rejects.toThrow('died after');
  expect((await stores.access.load(organization.id, person(1), [])).vault === undefined).toBe(step !== 'activated');
  await provisionOrganization(ports, settings, organization);
  expect(await standing(organization)).toEqual(await standing(clean));
  expect(keysMade.get(organization.id)).toBe(1);
});

test('a crash after every single step, one after the other, still ends with one key', async () => {
  const organization = await claim('unlucky');
  for (const step of provisioningSteps.slice(0, -1)) {
    await expect(provisionOrganization(ports, settings, organization, dieAfter(step))).rejects.toThrow('died after');
  }
  await provisionOrganization(ports, settings, organization);
  expect((await standing(organization)).usableKeys).toEqual(['KEY']);
  expect(keysMade.get(organization.id)).toBe(1);
});

test('many at once end with one vault and one key that can be used', async () => {
  const organization = await claim('raced');
  await Promise.all(Array.from({ length: 5 }, () => provisionOrganization(ports, settings, organization)));
  expect(await standing(organization)).toMatchObject({ state: 'active', usableKeys: ['KEY'] });
});

test('an active vault is left alone', async () => {
  const organization = await claim('done');
  await provisionOrganization(ports, settings, organization);
  const seen: ProvisioningStep[] = [];
  await provisionOrganization(ports, settings, organization, (step) => void seen.push(step));
  expect(seen).toEqual([]);
});

test('the bucket of personal vaults is made once, and start after start finds it', async () => {
  const before = (await kms.send(new ListKeysCommand({}))).Keys?.length ?? 0;
  for (let start = 0; start < 3; start++) await provisionPersonal(ports, settings);
  expect(await stores.vaultRecords.get(personalVaultsKey)).toMatchObject({ bucket: 'hq-vault-personal', state: 'active' });
  expect((await kms.send(new ListKeysCommand({}))).Keys).toHaveLength(before + 1);
  const moved = { ...settings, deployment: { ...deployment, personalBucket: 'hq-vault-elsewhere' } };
  await expect(provisionPersonal(ports, moved)).rejects.toMatchObject({ code: 'CONFLICT' });
});

test('the shared bucket of personal vaults takes the origins of each start, and loses them when there are none', async () => {
  const startWith = async (origins: readonly string[]) => {
    await provisionPersonal(ports, { ...settings, origins });
    const answer = s3.send(new GetBucketCorsCommand({ Bucket: deployment.personalBucket }));
    return answer.then(
      ({ CORSRules }) => CORSRules?.[0]?.AllowedOrigins,
      (error: Error) => error.name,
    );
  };
  expect(await startWith(['https://one.example'])).toEqual(['https://one.example']);
  expect(await startWith(['https://two.example'])).toEqual(['https://two.example']);
  expect(await startWith([])).toBe('NoSuchCORSConfiguration');
});
