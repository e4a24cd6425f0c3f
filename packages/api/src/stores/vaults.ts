/** From what provisioning recorded to the facts that all code works with. */
import type { Pins } from '@hq/policy/session-tags';
import type { Vault } from '@hq/shared/vault';
import { personPartition } from './keys.ts';
import type { VaultRecord } from './vault-records.ts';

/** The value of the `hq-vault` tag on the key that personal vaults share. */
export const personalKeyTag = 'personal';

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

/** The session tags that hold every session of a vault inside it, whatever its policy says. */
export function sessionTags(vault: Vault): Pins {
  return {
    vault: vault.kind === 'personal' ? personalKeyTag : vault.id,
    home: `${vault.bucket}/${vault.keyPrefix}`,
    secrets: vault.secretPrefix.slice(1),
  };
}

function vault(facts: Pick<Vault, 'id' | 'kind' | 'keyPrefix' | 'secretPrefix'>, storage: VaultRecord, region: string): Vault | undefined {
  if (storage.state !== 'active' || storage.kmsKeyArn === null) return undefined;
  return { ...facts, bucket: storage.bucket, kmsKeyArn: storage.kmsKeyArn, region };
}
