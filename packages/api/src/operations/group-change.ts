/** What a change of a group makes of the organization: one answer, for the change itself and for its preview. */
import { checkNesting, inward, unfold, type GroupTree } from '@hq/shared/acl/groups';
import { HqError } from '@hq/shared/errors';
import { idPattern } from '@hq/shared/ids';
import { maxDirectGroups, maxNestings } from '../stores/groups.ts';
import type { OrganizationAccess } from '../stores/access.ts';
import type { StoredMember } from '../stores/membership.ts';

export type GroupChange = { readonly kind: 'add' | 'drop'; readonly member: string } | { readonly kind: 'remove' };

export interface ChangedGroup {
  /** The organization with the change in it; the same object where the change changes nothing. */
  readonly after: OrganizationAccess;
  /** Ids of the people who came to be in the group, or no longer are, by this or that way. */
  readonly affected: ReadonlySet<string>;
}

const isGroupId = idPattern('group');

/**
 * @throws HqError `NOT_FOUND` for a group, a person or a group in it that the organization has not; `CONFLICT` for a group that would be in itself, or lie too
 *   deep; `TOO_LARGE` over a limit.
 */
export function changeGroup(before: OrganizationAccess, group: string, change: GroupChange): ChangedGroup {
  requireGroup(before.groups, group);
  if (change.kind === 'remove') return { after: { ...before, groups: without(before.groups, group) }, affected: peopleIn(before, [group]) };
  const { kind, member: inner } = change;
  if (isGroupId.test(inner)) {
    const groups = nested(before.groups, kind, inner, group);
    return groups === before.groups ? { after: before, affected: new Set() } : { after: { ...before, groups }, affected: peopleIn(before, [inner]) };
  }
  const person = before.members.get(inner);
  if (person === undefined) {
    throw new HqError('NOT_FOUND', 'This person is not in the organization.', { hint: 'Invite them first, with "hq members invite".' });
  }
  const groups = regrouped(before.groups, kind, person, group);
  if (groups === person.groups) return { after: before, affected: new Set() };
  return { after: { ...before, members: new Map(before.members).set(inner, { ...person, groups }) }, affected: new Set([inner]) };
}

/** Everyone who is in one of the groups, directly or by way of others. */
export function peopleIn({ members, groups }: Pick<OrganizationAccess, 'members' | 'groups'>, wanted: Iterable<string>): ReadonlySet<string> {
  const all = unfold(wanted, inward(groups));
  const people = [...members.values()].filter((member) => member.groups.some((group) => all.has(group)));
  return new Set(people.map(({ personId }) => personId));
}

/** @throws HqError `NOT_FOUND`. */
export function requireGroup(tree: GroupTree, group: string): void {
  if (!tree.has(group)) throw noSuchGroup();
}

export const noSuchGroup = (): HqError => new HqError('NOT_FOUND', 'There is no such group.', { hint: 'See the groups with "hq groups list".' });

function without(tree: GroupTree, gone: string): GroupTree {
  return new Map([...tree].filter(([group]) => group !== gone).map(([group, around]) => [group, around.filter((outer) => outer !== gone)]));
}

function nested(tree: GroupTree, kind: 'add' | 'drop', inner: string, outer: string): GroupTree {
  requireGroup(tree, inner);
  const around = tree.get(inner) ?? [];
  if (around.includes(outer) === (kind === 'add')) return tree;
  if (kind === 'drop')
    return new Map(tree).set(
      inner,
      around.filter((each) => each !== outer),
    );
  checkNesting(tree, inner, outer);
  const nestings = [...tree.values()].reduce((sum, each) => sum + each.length, 0);
  if (nestings >= maxNestings) {
    throw new HqError('TOO_LARGE', `An organization has at most ${maxNestings} groups in groups.`, { hint: 'Put the people into the outer group directly.' });
  }
  return new Map(tree).set(inner, [...around, outer]);
}

/** The groups of a person afterwards; the same list where nothing changes. Groups that are gone are left out of a new one. */
function regrouped(tree: GroupTree, kind: 'add' | 'drop', { groups }: StoredMember, group: string): readonly string[] {
  if (groups.includes(group) === (kind === 'add')) return groups;
  const others = groups.filter((each) => each !== group && tree.has(each));
  if (kind === 'drop') return others;
  if (others.length >= maxDirectGroups) {
    throw new HqError('TOO_LARGE', `A person is in at most ${maxDirectGroups} groups directly.`, {
      hint: 'Put groups into a group, and the person into that one.',
    });
  }
  return [...others, group];
}
