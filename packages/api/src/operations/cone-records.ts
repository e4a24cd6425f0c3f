/** The records that decide in a cone: those at and above it came with the request, those under it are one more look at the table. */
import type { AclRecord } from '@hq/shared/acl/rule';
import { isFolder, type Path } from '@hq/shared/path';
import type { Ports } from '../context.ts';
import type { VaultAccess } from './vault-access.ts';

/** With these, `decide()` and `compile()` answer at every path in the cone. */
export async function coneRecords(stores: Pick<Ports['stores'], 'rules'>, access: VaultAccess, cone: Path): Promise<ReadonlyMap<Path, AclRecord>> {
  const { vault, records } = access;
  // No rule concerns the owner of a personal vault, and nothing is under a file.
  if (vault.kind === 'personal' || !isFolder(cone)) return records;
  const all = new Map(records);
  for (const record of await stores.rules.recordsUnder(vault.id, cone)) all.set(record.path, record);
  return all;
}
