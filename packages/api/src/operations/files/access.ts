/**
 * What the caller may do at paths that they name: for a client that has to tell a file it may no longer read from one that was deleted. Answers for the caller
 * alone, from the rules alone: whether anything is there shows nowhere.
 */
import { decide } from '@hq/shared/acl/decide';
import type { Level } from '@hq/shared/acl/rule';
import type { Path } from '@hq/shared/path';
import type { Ports } from '../../context.ts';
import { coneRecords } from '../cone-records.ts';
import type { ConeJob } from '../credentials.ts';

type LevelPorts = Pick<Ports, 'clock'> & { readonly stores: Pick<Ports['stores'], 'rules'> };

/** The levels in the order of the paths. @param paths Inside the cone of the job: outside of it there are no records here to decide with. */
export async function levelsAt({ stores, clock }: LevelPorts, { access, at }: ConeJob, paths: readonly Path[]): Promise<{ levels: Level[] }> {
  const records = await coneRecords(stores, access, at.cone);
  const now = clock();
  return { levels: paths.map((path) => decide(access.caller, records, path, now).level) };
}
