/** What a caller may see under a prefix: where it begins, and whether one name belongs to it. */
import { allows } from '@hq/shared/acl/actions';
import { decide } from '@hq/shared/acl/decide';
import { boundariesOf } from '@hq/policy/boundaries';
import { compareBytes, isFolder, isInside, parentOf, type Path } from '@hq/shared/path';
import type { EpochSeconds } from '@hq/shared/time';
import type { Ports } from '../../context.ts';
import { coneRecords } from '../cone-records.ts';
import type { VaultAccess } from '../vault-access.ts';

export interface Visible {
  /** Prefixes under which all that is visible lies, in the order of their bytes, none inside another. Listing starts there, so that nothing else is counted. */
  readonly places: readonly Path[];
  /** True where the caller may read the path. */
  has(path: Path): boolean;
  /** True where the caller may read the folder or something that a rule names inside it. */
  leadsTo(folder: Path): boolean;
}

/** @param prefix A folder, or the beginning of a name. */
export async function loadVisible(stores: Pick<Ports['stores'], 'rules'>, access: VaultAccess, prefix: Path, now: EpochSeconds): Promise<Visible> {
  const { caller } = access;
  const cone = isFolder(prefix) ? prefix : parentOf(prefix);
  const records = await coneRecords(stores, access, cone);
  const allowed = boundariesOf({ caller, records: [...records.values()], cone, access: 'read', now }).regions.map(({ allow }) => allow);
  const has = (path: Path) => allows(decide(caller, records, path, now).level, 'read');
  return {
    places: outermost(allowed.flatMap((path) => within(path, prefix))),
    has,
    leadsTo: (folder) => has(folder) || allowed.some((path) => isInside(path, folder)),
  };
}

/** The part of an allowed place that begins with the prefix. */
function within(allowed: Path, prefix: Path): Path[] {
  if (isFolder(allowed) && prefix.startsWith(allowed)) return [prefix];
  return allowed.startsWith(prefix) ? [allowed] : [];
}

function outermost(paths: readonly Path[]): Path[] {
  const kept: Path[] = [];
  for (const path of paths.toSorted(compareBytes)) {
    const last = kept.at(-1);
    if (last === undefined || !path.startsWith(last)) kept.push(path);
  }
  return kept;
}
