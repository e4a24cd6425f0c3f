/** From what provisioning recorded to the facts that all code works with. */
import type { Vault } from '@hq/shared/vault';
import { personPartition } from './keys.ts';
import type { VaultRecord } from './vault-records.ts';

/** An organization's vault: a bucket and a key of its own. Undefined until it is provisioned. */
export function organizationVault(organizationId: string, storage: VaultRecord, region: string): Vault | undefined {
  return vault({ id: organizationId, kind: 'organization', keyPrefix: '', secretPrefix: `/hq/${organizationId}/` }, storage, region);
}

/** A person's part of the shared bucket. Undefined until the bucket is provisioned. */
export function personalVault(personId: string, storage: VaultRecord, region: string): Vault | undefined {
  return vault(
    { id: personPartition(personId), kind: 'personal', keyPrefix: `users/${personId}/hq/`, secretPrefix: `/hq/users/${personId}/` },
    storage,
    region,
  );
}

function vault(facts: Pick<Vault, 'id' | 'kind' | 'keyPrefix' | 'secretPrefix'>, storage: VaultRecord, region: string): Vault | undefined {
  if (storage.state !== 'active' || storage.kmsKeyArn === null) return undefined;
  return { ...facts, bucket: storage.bucket, kmsKeyArn: storage.kmsKeyArn, region };
}
