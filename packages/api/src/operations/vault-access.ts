/** An access whose vault has its storage: what every operation on files and credentials works with. */
import { HqError } from '@hq/shared/errors';
import type { Vault } from '@hq/shared/vault';
import type { Access } from '../stores/access.ts';

export interface VaultAccess extends Access {
  readonly vault: Vault;
}

/** @throws HqError `UNAVAILABLE` while the storage is not provisioned. */
export function withStorage(access: Access): VaultAccess {
  const { vault } = access;
  if (vault !== undefined) return { ...access, vault };
  throw new HqError('UNAVAILABLE', 'The storage of this vault is not ready yet.', {
    hint: 'For an organization, repeat "hq org create" with its name: it finishes what is missing.',
  });
}
