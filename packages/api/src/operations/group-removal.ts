/** The end of a group. Its people lose what they had by it with the first transaction; rules that name it are cleared there too, as many as fit. */
import type { Rule } from '@hq/shared/acl/rule';
import type { Path } from '@hq/shared/path';
import type { EpochSeconds } from '@hq/shared/time';
import type { Write } from '../ports/table.ts';
import type { Commit, Once } from './commit.ts';
import type { OrganizationAccess } from '../stores/access.ts';
import { nextRecord, type Rules } from '../stores/rules.ts';
import { changeGroup } from './group-change.ts';
import { groundOf, lastSessionEnd, organizationOf, requireAdmin, type GroupsJob, type GroupsPorts } from './group-ground.ts';

/** Records that are cleared in one transaction, and about how many bytes of them. */
const maxClearedAtOnce = 80;
const maxClearedBytes = 1_500_000;
/** Paths that an answer names. */
const maxNamed = 100;

interface RemovalJob extends GroupsJob {
  /** The entry of this call in the audit trail. */
  readonly trail: { paths: readonly Path[] };
}

/**
 * Removes a group, once; then clears the rules that name groups that are gone, in as many transactions as it takes. Should that be cut short, the rules that
 * are left count for nothing, and the same request again, or the next removal, clears them.
 *
 * @param once Makes the removal, unless this request has made it before.
 */
export async function removeGroup(
  ports: GroupsPorts,
  job: RemovalJob,
  { group, version }: { readonly group: string; readonly version?: number | undefined },
  once: Once,
) {
  // A repeated request may be one whose clearing was cut short.
  let left = true;
  const answer = await once(async (commit) => {
    requireAdmin(job.access.member);
    const removal = await removeNow(ports, job, group, version, commit);
    ({ left } = removal);
    return removal.answer;
  });
  while (left) left = await clearOnce(ports, organizationOf(job.access).id);
  return answer;
}

async function removeNow(ports: GroupsPorts, job: RemovalJob, groupId: string, version: number | undefined, commit: Commit) {
  const { stores, clock } = ports;
  const { id } = organizationOf(job.access);
  return stores.revisions.change(id, async () => {
    const { before, group } = await groundOf(ports, job, groupId, version);
    const { after, affected } = changeGroup(before, groupId, { kind: 'remove' });
    const rules = [...before.records.values()].filter((record) => record.rules.some(({ grantee }) => grantee.kind === 'group' && grantee.id === groupId));
    const answer = {
      id: groupId,
      name: group.name,
      rules: rules.slice(0, maxNamed).map(({ path }) => path),
      ruleCount: rules.length,
      sessionsEndBy: await lastSessionEnd(ports, id, affected),
    };
    job.trail.paths = answer.rules;
    const { writes, left } = clearing(stores.rules, after, id, clock());
    const facts = { before: { group: groupId, name: group.name, version: group.version, people: affected.size, rules: rules.length }, after: null };
    return { writes: [...stores.groups.planRemove(id, group, after.groups), ...writes, ...commit(answer, facts)], result: { answer, left } };
  });
}

/** Clears as many records as fit into a transaction; true where others are left. */
async function clearOnce({ stores, clock }: GroupsPorts, organizationId: string): Promise<boolean> {
  return stores.revisions.change(organizationId, async () => {
    const { writes, left } = clearing(stores.rules, await stores.access.loadOrganization(organizationId), organizationId, clock());
    return { writes, result: left };
  });
}

/** The writes that take rules for groups that are gone out of their records. */
function clearing(rules: Rules, { records, groups }: OrganizationAccess, organizationId: string, now: EpochSeconds) {
  const isGone = ({ grantee }: Rule): boolean => grantee.kind === 'group' && !groups.has(grantee.id);
  const writes: Write[] = [];
  let bytes = 0;
  for (const record of records.values()) {
    if (!record.rules.some(isGone)) continue;
    const write = rules.plan(organizationId, nextRecord(record, { rules: record.rules.filter((rule) => !isGone(rule)) }, now));
    bytes += Buffer.byteLength(JSON.stringify(write));
    if (writes.length === maxClearedAtOnce || bytes > maxClearedBytes) return { writes, left: true };
    writes.push(write);
  }
  return { writes, left: false };
}
