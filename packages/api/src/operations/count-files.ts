/** How many files a change would touch: counted among the names that the one who asks may see, up to a bound. */
import { touches, type Effect } from '@hq/shared/acl/preview';
import { topmost } from '@hq/shared/acl/places';
import { boundariesOf } from '@hq/policy/boundaries';
import type { AclRecord } from '@hq/shared/acl/rule';
import { compareBytes, isFolder, parentOf, type Path } from '@hq/shared/path';
import type { OpenBucket } from '../ports/objects.ts';
import { keyOf } from './files/file.ts';
import { stretchesUnder, type Stretch } from './files/stretches.ts';
import { openListing, type Job, type StoragePorts } from './storage-session.ts';

/** Names that are looked at, and calls to storage for it. */
const maxNames = 10_000;
const maxCalls = 64;
const perCall = 1000;

/**
 * Files at which someone's access changes. What is hidden from the caller is not visited, so neither the count nor what it costs tells of it.
 *
 * @param cone Where the changes are: all of their places are in it.
 * @param records All that decides for the caller in it.
 */
export async function countFiles(
  ports: StoragePorts,
  job: Job,
  question: { readonly cone: Path; readonly effects: readonly Effect[]; readonly records: Iterable<AclRecord> },
) {
  const { cone, effects } = question;
  const { vault, caller } = job.access;
  const tops = topmost([...new Set(effects.flatMap(({ places }) => places.map(({ path }) => path)))].toSorted(compareBytes));
  if (tops.length === 0) return { count: 0, more: false };
  const { regions } = boundariesOf({ caller, records: [...question.records], cone, access: 'read', now: ports.clock() });
  const bucket = await openListing(ports, job, isFolder(cone) ? cone : parentOf(cone));
  const budget = { names: maxNames, calls: maxCalls, spent: false };
  let count = 0;
  for (const stretch of tops.flatMap((top) => stretchesUnder(regions, top))) {
    for await (const key of namesIn(bucket, keyOf(vault, stretch.prefix), vault.keyPrefix, stretch, budget)) {
      const path = key.slice(vault.keyPrefix.length) as Path;
      if (!isFolder(path) && touches(effects, path)) count++;
    }
    if (budget.spent) return { count, more: true };
  }
  return { count, more: false };
}

interface Budget {
  names: number;
  calls: number;
  spent: boolean;
}

/** The keys in one stretch, until the budget is spent. */
async function* namesIn(bucket: OpenBucket, prefix: string, keyPrefix: string, { after, before }: Stretch, budget: Budget) {
  let startAfter = after === undefined ? undefined : keyPrefix + after;
  for (;;) {
    budget.spent = budget.calls === 0;
    if (budget.spent) return;
    budget.calls--;
    const { entries, token } = await bucket.list({ prefix, startAfter, limit: perCall });
    for (const { key } of entries) {
      // Behind the stretch begins what is hidden: from here on nothing is counted, not even names.
      if (before !== undefined && compareBytes(key, keyPrefix + before) >= 0) return;
      budget.spent = budget.names === 0;
      if (budget.spent) return;
      budget.names--;
      yield key;
      startAfter = key;
    }
    // Where hidden names may follow, storage's own token would tell of them: there a full answer is what says that there may be more.
    if (entries.length === 0 || (token === null && (before === undefined || entries.length < perCall))) return;
  }
}
