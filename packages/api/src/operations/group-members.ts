/** Who is in a group: people, and other groups. */
import type { Commit } from './commit.ts';
import type { Group } from '../stores/groups.ts';
import type { Write } from '../ports/table.ts';
import type { OrganizationAccess } from '../stores/access.ts';
import { refuseUncompilable } from './compilable.ts';
import { changeGroup } from './group-change.ts';
import { groundOf, lastSessionEnd, organizationOf, requireAdmin, type GroupsJob, type GroupsPorts } from './group-ground.ts';
import { membershipFacts } from './group-history.ts';

interface Membership {
  readonly group: string;
  /** A person or a group. */
  readonly member: string;
  readonly version?: number | undefined;
}

/** What became of the group, and whose access that may have changed. */
interface Moved {
  readonly organizationId: string;
  readonly group: Group;
  readonly affected: ReadonlySet<string>;
}

/**
 * Puts a person or a group into a group; the answer is the group. Whom it holds already stays in it.
 * @throws HqError `SCOPE_TOO_LARGE` where someone's access could not be compiled any more; what `groundOf` and `changeGroup` throw.
 */
export async function addToGroup(ports: GroupsPorts, job: GroupsJob, membership: Membership, commit: Commit) {
  return move(ports, job, { ...membership, kind: 'add' }, commit, async ({ group }) => group);
}

/**
 * Takes a person or a group out of a group. Never refused for what is left of anyone's access: taking it away goes first.
 * @throws HqError What `groundOf` and `changeGroup` throw.
 */
export async function dropFromGroup(ports: GroupsPorts, job: GroupsJob, membership: Membership, commit: Commit) {
  return move(ports, job, { ...membership, kind: 'drop' }, commit, async ({ group, affected, organizationId }) => ({
    ...group,
    sessionsEndBy: await lastSessionEnd(ports, organizationId, affected),
  }));
}

async function move<Answer>(
  ports: GroupsPorts,
  job: GroupsJob,
  { group: groupId, member, version, kind }: Membership & { readonly kind: 'add' | 'drop' },
  commit: Commit,
  answerOf: (moved: Moved) => Promise<Answer>,
): Promise<Answer> {
  const { stores, clock } = ports;
  const organizationId = organizationOf(job.access).id;
  requireAdmin(job.access.member);
  return stores.revisions.change(organizationId, async () => {
    const { before, group, asker } = await groundOf(ports, job, groupId, version);
    const { after, affected } = changeGroup(before, groupId, { kind, member });
    if (after === before) return { writes: [], result: await answerOf({ organizationId, group, affected }) };
    if (kind === 'add') await refuseUncompilable({ vault: job.access.vault, before, after, affected, asker, now: clock() });
    const answer = await answerOf({ organizationId, group: { ...group, version: group.version + 1 }, affected });
    const writes = [planMove(ports, organizationId, member, before, after), stores.groups.planTouch(organizationId, group)];
    return { writes: [...writes, ...commit(answer, membershipFacts(group, kind, member))], result: answer };
  });
}

/** A person's groups are on their own item, a group's in the tree. */
function planMove({ stores: { groups } }: GroupsPorts, organizationId: string, member: string, before: OrganizationAccess, after: OrganizationAccess): Write {
  const [was, is] = [before.members.get(member), after.members.get(member)];
  return was === undefined || is === undefined ? groups.planTree(organizationId, after.groups) : groups.planMember(was, is.groups);
}
