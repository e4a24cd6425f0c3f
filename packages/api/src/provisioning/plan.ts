/** What a vault's storage is to be, before anything is made: names, tags and policies, as pure facts. */
import { bucketPolicy } from '@hq/policy/bucket-policy';
import type { Deployment } from '@hq/policy/deployment';
import { keyPolicy } from '@hq/policy/key-policy';
import { keyTag } from '@hq/policy/session-tags';
import type { CorsRule } from '../ports/buckets.ts';
import type { Key } from '../ports/table.ts';
import { organizationKey, personalVaultsKey } from '../stores/keys.ts';
import type { Organization } from '../stores/organizations.ts';

/** A deployment as far as provisioning cares. */
export interface ProvisioningSettings {
  readonly deployment: Deployment;
  /** True where storage is reached by https alone: always on AWS. */
  readonly tls: boolean;
  /** Web origins that may call storage from a browser; none: no such rule. */
  readonly origins: readonly string[];
}

export interface VaultPlan {
  /** The item that records how far it got. */
  readonly owner: Key;
  readonly bucket: string;
  readonly vaultTag: string;
  readonly description: string;
  /** JSON. */
  readonly keyPolicy: string;
  /** JSON. */
  readonly bucketPolicy: string;
  readonly cors: CorsRule | undefined;
}

/** The bucket of an organization: its id's random part, since a bucket's name is public and must say nothing. */
export function bucketForOrganization(organizationId: string): string {
  return `hq-vault-${organizationId.replace('_', '-')}`;
}

export function planForOrganization(settings: ProvisioningSettings, { id, storage }: Organization): VaultPlan {
  const secretPrefix = `/hq/${id}/`;
  return plan(settings, {
    owner: organizationKey(id),
    bucket: storage.bucket,
    vaultTag: keyTag({ kind: 'organization', id }),
    secretPrefix,
    description: `HQ vault of ${id}`,
  });
}

/** The bucket and key that all personal vaults share. */
export function planForPersonal(settings: ProvisioningSettings): VaultPlan {
  const bucket = settings.deployment.personalBucket;
  return plan(settings, {
    owner: personalVaultsKey,
    bucket,
    vaultTag: keyTag({ kind: 'personal', id: '' }),
    secretPrefix: '/hq/users/',
    description: 'HQ personal vaults',
  });
}

function plan(
  { deployment, tls, origins }: ProvisioningSettings,
  { secretPrefix, ...facts }: Pick<VaultPlan, 'owner' | 'bucket' | 'vaultTag' | 'description'> & { readonly secretPrefix: string },
): VaultPlan {
  const { bucket, vaultTag } = facts;
  return {
    ...facts,
    keyPolicy: JSON.stringify(keyPolicy(deployment, { vaultTag, bucket, secretPrefix })),
    bucketPolicy: JSON.stringify(bucketPolicy(deployment, { bucket, tls })),
    cors: origins.length === 0 ? undefined : { origins },
  };
}
