/**
 * What provisioning knows about a vault's storage, written step by step so that a crash between any two is found again. The facts are attributes of the item
 * that owns the storage:
 *
 *     cmp_… · organization            beside the organization's own attributes
 *     deployment · personal-vaults     the shared bucket of all personal vaults
 *
 *     {bucket, state, keyIntendedAt?, kmsKeyArn?}
 */
import type { EpochSeconds } from '@hq/shared/time';
import { absent, ConditionFailed, without } from '../ports/table-condition.ts';
import type { Item, Key, Table } from '../ports/table.ts';
import { optionalNumber, optionalText, text, word } from './read-item.ts';

const states = ['provisioning', 'active'] as const;

export interface VaultRecord {
  readonly bucket: string;
  readonly state: (typeof states)[number];
  /** Since when a key may exist that is not recorded yet. */
  readonly keyIntendedAt: EpochSeconds | null;
  readonly kmsKeyArn: string | null;
}

export interface VaultRecords {
  get(owner: Key): Promise<VaultRecord | undefined>;
  /** Makes the item where there is none (the personal vaults' own; an organization's is made with the organization). */
  begin(owner: Key, bucket: string): Promise<VaultRecord>;
  /** Says that a key is about to be made. */
  intendKey(owner: Key, at: EpochSeconds): Promise<void>;
  /** Records the key unless one is recorded; answers the one that counts. */
  recordKey(owner: Key, kmsKeyArn: string): Promise<string>;
  activate(owner: Key): Promise<void>;
}

/** The attributes of storage that does not exist yet. */
export const vaultAttributes = (bucket: string) => ({ bucket, state: 'provisioning' }) as const;

export function toVaultRecord(item: Item): VaultRecord {
  return {
    bucket: text(item, 'bucket'),
    state: word(item, 'state', states),
    keyIntendedAt: optionalNumber(item, 'keyIntendedAt'),
    kmsKeyArn: optionalText(item, 'kmsKeyArn'),
  };
}

export function createVaultRecords(table: Table): VaultRecords {
  async function get(owner: Key): Promise<VaultRecord | undefined> {
    const item = await table.get(owner);
    return item === undefined ? undefined : toVaultRecord(item);
  }

  return {
    get,
    async begin(owner, bucket) {
      const found = await get(owner);
      if (found !== undefined) return found;
      try {
        return toVaultRecord(await table.put({ ...owner, attributes: vaultAttributes(bucket), condition: absent }));
      } catch (error) {
        const first = error instanceof ConditionFailed ? error.failures.get(0) : undefined;
        if (first === undefined) throw error;
        return toVaultRecord(first);
      }
    },
    async intendKey(owner, at) {
      await table.update({ ...owner, set: { keyIntendedAt: at } });
    },
    async recordKey(owner, kmsKeyArn) {
      try {
        await table.update({ ...owner, set: { kmsKeyArn }, condition: without('kmsKeyArn') });
        return kmsKeyArn;
      } catch (error) {
        const other = error instanceof ConditionFailed ? error.failures.get(0) : undefined;
        if (other === undefined) throw error;
        return text(other, 'kmsKeyArn');
      }
    },
    async activate(owner) {
      await table.update({ ...owner, set: { state: 'active' } });
    },
  };
}
