/** Everyone who can reach a path. */
import { reach } from '@hq/shared/acl/reach';
import { compareLevels, type AclLookup, type Level } from '@hq/shared/acl/rule';
import { compareBytes, selfAndAncestors, type Path } from '@hq/shared/path';
import type { EpochSeconds } from '@hq/shared/time';
import type { Ports } from '../context.ts';
import { isLive } from '../stores/rules.ts';
import type { RulesJob } from './rules.ts';
import { membersOf } from './world.ts';

type WhoPorts = Pick<Ports, 'clock'> & { readonly stores: Pick<Ports['stores'], 'access'> };

/** The highest level first, then by address; nobody who has none. For admins of the path. */
export async function whoReaches({ stores, clock }: WhoPorts, { access: { vault, records }, at }: RulesJob) {
  const organization = await stores.access.loadMembers(vault.id);
  const now = clock();
  const people = reach(membersOf(organization), records, at.path, now)
    .filter(({ decision }) => decision.level !== 'none')
    .map(({ member: { personId, email, role }, decision }) => ({ personId, email: email ?? null, role, ...decision }))
    .toSorted((a, b) => compareLevels(b.level, a.level) || compareBytes(a.email ?? '', b.email ?? '') || compareBytes(a.personId, b.personId));
  const joined = new Set([...organization.members.values()].map(({ email }) => email));
  return { people, waiting: waitingAt(records, at.path, now, joined) };
}

/** Rules for addresses with which nobody has joined: of each, the one on the longest path. */
function waitingAt(records: AclLookup, path: Path, now: EpochSeconds, joined: ReadonlySet<string | null>) {
  const deciding = new Map<string, { email: string; level: Level; path: Path; expiresAt?: EpochSeconds }>();
  for (const at of selfAndAncestors(path)) {
    for (const rule of records.get(at)?.rules ?? []) {
      const { grantee, level, expiresAt } = rule;
      if (grantee.kind !== 'email' || !isLive(rule, now) || joined.has(grantee.email) || deciding.has(grantee.email)) continue;
      deciding.set(grantee.email, { email: grantee.email, level, path: at, ...(expiresAt === undefined ? {} : { expiresAt }) });
    }
  }
  return [...deciding.values()].filter(({ level }) => level !== 'none').toSorted((a, b) => compareLevels(b.level, a.level) || compareBytes(a.email, b.email));
}
