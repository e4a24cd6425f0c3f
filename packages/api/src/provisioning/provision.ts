/**
 * Makes a vault's storage: a list of steps, each safe to repeat on top of itself or of half of itself. A crash between any two leaves a vault that nobody can
 * use yet (`state` is `provisioning`) and that the next call finishes.
 */
import { HqError } from '@hq/shared/errors';
import type { Buckets } from '../ports/buckets.ts';
import type { Organization } from '../stores/organizations.ts';
import { planForOrganization, planForPersonal, type ProvisioningSettings, type VaultPlan } from './plan.ts';
import { intendKey, makeKey, settleKey, type VaultKeyPorts } from './vault-key.ts';

export interface ProvisioningPorts extends VaultKeyPorts {
  readonly buckets: Buckets;
}

/** In their order. */
export const provisioningSteps = [
  'key intended',
  'key made',
  'key recorded',
  'key rotated',
  'bucket made',
  'public access blocked',
  'bucket policy set',
  'versioning enabled',
  'encryption set',
  'origins allowed',
  'activated',
] as const;

export type ProvisioningStep = (typeof provisioningSteps)[number];

/** Hears of every step when it is done; what it throws stops the provisioning there. */
export type StepListener = (step: ProvisioningStep) => void | Promise<void>;

const silent: StepListener = () => {};

/**
 * An organization's bucket and key. Does nothing where its storage is active already.
 * @throws HqError `UNAVAILABLE`, `CONFLICT` where the bucket's name is taken, `STORAGE_FULL`.
 */
export async function provisionOrganization(
  ports: ProvisioningPorts,
  settings: ProvisioningSettings,
  organization: Organization,
  done: StepListener = silent,
): Promise<void> {
  await provision(ports, planForOrganization(settings, organization), done);
}

/**
 * The bucket and key that personal vaults share. Call it at start: where they are active it only sets the origins, which may have changed in the settings
 * meanwhile. (An organization's bucket keeps those that it was made with.)
 */
export async function provisionPersonal(ports: ProvisioningPorts, settings: ProvisioningSettings, done: StepListener = silent): Promise<void> {
  const plan = planForPersonal(settings);
  const record = await ports.vaultRecords.begin(plan.owner, plan.bucket);
  if (record.bucket !== plan.bucket) {
    throw new HqError('CONFLICT', `Personal vaults are in the bucket ${record.bucket}; the settings say ${plan.bucket}.`, {
      hint: 'Set the bucket back: files do not move by themselves.',
    });
  }
  if (record.state === 'active') await ports.buckets.allowOrigins(plan.bucket, plan.cors);
  else await provision(ports, plan, done);
}

async function provision(ports: ProvisioningPorts, plan: VaultPlan, done: StepListener): Promise<void> {
  const { buckets, keys, vaultRecords } = ports;
  const { bucket, owner } = plan;
  const record = await vaultRecords.get(owner);
  if (record === undefined) throw new HqError('NOT_FOUND', 'There is no such vault.');
  if (record.state === 'active') return;

  await intendKey(ports, plan, record);
  await done('key intended');
  const candidate = await makeKey(ports, plan, record);
  await done('key made');
  const keyArn = await settleKey(ports, plan, record, candidate);
  await done('key recorded');
  await keys.enableRotation(keyArn);
  await done('key rotated');
  await buckets.create(bucket);
  await done('bucket made');
  await buckets.blockPublicAccess(bucket);
  await done('public access blocked');
  await buckets.setPolicy(bucket, plan.bucketPolicy);
  await done('bucket policy set');
  await buckets.enableVersioning(bucket);
  await done('versioning enabled');
  await buckets.encryptWith(bucket, keyArn);
  await done('encryption set');
  if (plan.cors !== undefined) await buckets.allowOrigins(bucket, plan.cors);
  await done('origins allowed');
  await vaultRecords.activate(owner);
  await done('activated');
}
