/** What a caller may see under a prefix: the regions that are theirs, and whether one name belongs to them. */
import { allows } from '@hq/shared/acl/actions';
import { decide } from '@hq/shared/acl/decide';
import { boundariesOf, type Region } from '@hq/policy/boundaries';
import { isFolder, parentOf, type Path } from '@hq/shared/path';
import type { EpochSeconds } from '@hq/shared/time';
import type { Ports } from '../../context.ts';
import { coneRecords } from '../cone-records.ts';
import type { VaultAccess } from '../vault-access.ts';

export interface Visible {
  /** Where the caller may read, in the folder that holds the prefix. */
  readonly regions: readonly Region[];
  /** True where the caller may read the path. */
  has(path: Path): boolean;
}

/** @param prefix A folder, or the beginning of a name. */
export async function loadVisible(stores: Pick<Ports['stores'], 'rules'>, access: VaultAccess, prefix: Path, now: EpochSeconds): Promise<Visible> {
  const { caller } = access;
  const cone = isFolder(prefix) ? prefix : parentOf(prefix);
  const records = await coneRecords(stores, access, cone);
  return {
    regions: boundariesOf({ caller, records: [...records.values()], cone, access: 'read', now }).regions,
    has: (path) => allows(decide(caller, records, path, now).level, 'read'),
  };
}
