/**
 * The groups of an organization. Who is in one is on the members' items, so there is no second list to keep in step.
 *
 *     cmp_… · groups                  every live group and those that each lies in (`group-tree.ts`)
 *     cmp_… · group/{id}              {name, createdAt}; its version counts what came into the group and what left it
 *     cmp_… · group-name/{name}       {groupId}: makes a name unique
 *
 * All of it changes inside `revisions.change` alone, which is what keeps the three in step. An id is random and is never used again.
 */
import type { GroupTree } from '@hq/shared/acl/groups';
import type { EpochSeconds } from '@hq/shared/time';
import { absent, versionIs } from '../ports/table-condition.ts';
import type { Item, Table, Write } from '../ports/table.ts';
import { groupTreeAttributes, toGroupTree } from './group-tree.ts';
import { groupKey, groupNameKey, groupPrefix, groupsKey, memberKey } from './keys.ts';
import { type StoredMember, toMember } from './membership.ts';
import { number, text } from './read-item.ts';
import { walk } from './walk.ts';

/** Groups in an organization. The whole graph is read with each decision, so it stays small. */
export const maxGroups = 1000;
/** Groups that lie in others, each counted once for every group that it lies in. */
export const maxNestings = 1000;
/** Groups that a person is in directly. */
export const maxDirectGroups = 100;

export interface Group {
  readonly id: string;
  readonly name: string;
  readonly createdAt: EpochSeconds;
  readonly version: number;
}

/** What making a group depends on. */
export interface GroupGround {
  /** The one who makes it. */
  readonly member: StoredMember | undefined;
  readonly tree: GroupTree;
  /** True where a group has the name. */
  readonly taken: boolean;
}

export interface Groups {
  get(organizationId: string, groupId: string): Promise<Group | undefined>;
  /** All, by name. */
  list(organizationId: string): Promise<Group[]>;
  /** One round trip. */
  ground(organizationId: string, personId: string, name: string): Promise<GroupGround>;
  /** @param tree All groups, without the new one. */
  planCreate(organizationId: string, group: Group, tree: GroupTree): Write[];
  /** @param tree All groups, without the one that goes. */
  planRemove(organizationId: string, group: Group, tree: GroupTree): Write[];
  planTree(organizationId: string, tree: GroupTree): Write;
  /** The next version of a group. */
  planTouch(organizationId: string, group: Group): Write;
  /** The groups that a member is in directly, as they are from now on. */
  planMember(member: StoredMember, groups: readonly string[]): Write;
}

function toGroup(item: Item): Group {
  return { id: item.sk.slice(groupPrefix.length), name: text(item, 'name'), createdAt: number(item, 'createdAt'), version: item.version };
}

function planTree(organizationId: string, tree: GroupTree): Write {
  return { put: { ...groupsKey(organizationId), attributes: groupTreeAttributes(tree) } };
}

export function createGroups(table: Table): Groups {
  return {
    planTree,
    async get(organizationId, groupId) {
      const item = await table.get(groupKey(organizationId, groupId));
      return item === undefined ? undefined : toGroup(item);
    },
    async list(organizationId) {
      const items = await walk(table, { pk: organizationId, prefix: groupPrefix }, maxGroups);
      return items.map(toGroup).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    },
    async ground(organizationId, personId, name) {
      const [member, tree, named] = await table.getMany([memberKey(organizationId, personId), groupsKey(organizationId), groupNameKey(organizationId, name)]);
      return { member: member && toMember(member), tree: toGroupTree(tree), taken: named !== undefined };
    },
    planCreate: (organizationId, { id, name, createdAt }, tree) => [
      planTree(organizationId, new Map(tree).set(id, [])),
      { put: { ...groupKey(organizationId, id), attributes: { name, createdAt }, condition: absent } },
      { put: { ...groupNameKey(organizationId, name), attributes: { groupId: id }, condition: absent } },
    ],
    planRemove: (organizationId, { id, name, version }, tree) => [
      planTree(organizationId, tree),
      { remove: { ...groupKey(organizationId, id), condition: versionIs(version) } },
      { remove: groupNameKey(organizationId, name) },
    ],
    planTouch: (organizationId, { id, name, createdAt, version }) => ({
      put: { ...groupKey(organizationId, id), attributes: { name, createdAt }, condition: versionIs(version) },
    }),
    planMember: ({ organizationId, personId, version }, groups) => ({
      update: { ...memberKey(organizationId, personId), set: { groups }, condition: versionIs(version) },
    }),
  };
}
