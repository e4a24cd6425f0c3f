/** The groups of an organization: seen by every member, made and changed by admins. */
import { inward, unfold } from '@hq/shared/acl/groups';
import { HqError } from '@hq/shared/errors';
import { newId } from '@hq/shared/ids';
import type { Ports } from '../context.ts';
import type { Commit } from './commit.ts';
import { type Group, maxGroups } from '../stores/groups.ts';
import type { StoredMember } from '../stores/membership.ts';
import { requireGroup } from './group-change.ts';
import { organizationOf, requireAdmin, type GroupsJob, type GroupsPorts } from './group-ground.ts';

/** All groups, or one with the people in it. @throws HqError `NOT_FOUND`. */
export async function listGroups({ stores }: Pick<GroupsPorts, 'stores'>, { access }: GroupsJob, { group: wanted }: { readonly group?: string | undefined }) {
  const { id } = organizationOf(access);
  const [groups, { members, groups: tree }] = await Promise.all([stores.groups.list(id), stores.access.loadMembers(id)]);
  const everyone = [...members.values()];
  if (wanted !== undefined) requireGroup(tree, wanted);
  const within = wanted === undefined ? null : everyone.filter((member) => member.groups.includes(wanted)).map(({ personId }) => personId);
  // Today's addresses: the one that somebody joined with may be another person's by now.
  const people = within && (await stores.people.getMany(within)).map((person) => ({ personId: person.id, email: person.email }));
  const held = inward(tree);
  const reach = reachOf(everyone, (member) => unfold(member.groups, tree));
  return {
    groups: groups
      .filter((group) => tree.has(group.id) && (wanted === undefined || group.id === wanted))
      .map((group) => ({
        ...group,
        groups: [...(held.get(group.id) ?? [])],
        people,
        reach: reach.get(group.id) ?? 0,
      })),
  };
}

/** How many people are in each group. */
function reachOf(everyone: readonly StoredMember[], groupsOf: (member: StoredMember) => Iterable<string>): ReadonlyMap<string, number> {
  const reach = new Map<string, number>();
  for (const member of everyone) for (const group of groupsOf(member)) reach.set(group, (reach.get(group) ?? 0) + 1);
  return reach;
}

/** @throws HqError `FORBIDDEN`; `CONFLICT` for a name that a group has; `TOO_LARGE` over 1,000 groups. */
export async function createGroup(
  { stores, clock, randomBytes }: GroupsPorts & Pick<Ports, 'randomBytes'>,
  { access }: GroupsJob,
  { name }: { readonly name: string },
  commit: Commit,
) {
  const organizationId = organizationOf(access).id;
  requireAdmin(access.member);
  return stores.revisions.change(organizationId, async () => {
    const { member, tree, taken } = await stores.groups.ground(organizationId, access.person.id, name);
    requireAdmin(member);
    if (taken) throw new HqError('CONFLICT', `There is a group "${name}" already.`, { hint: 'Choose another name, or see the groups with "hq groups list".' });
    if (tree.size >= maxGroups) {
      throw new HqError('TOO_LARGE', `An organization has at most ${maxGroups} groups.`, { hint: 'Remove groups that nobody needs any more.' });
    }
    const group: Group = { id: newId('group', randomBytes), name, createdAt: clock(), version: 1 };
    const facts = { before: null, after: { group: group.id, name, version: 1 } };
    return { writes: [...stores.groups.planCreate(organizationId, group, tree), ...commit(group, facts)], result: group };
  });
}
