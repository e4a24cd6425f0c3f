/** What every change of a group stands on: who asks, and the organization as it is at that moment. */
import type { Caller } from '@hq/shared/acl/rule';
import { HqError } from '@hq/shared/errors';
import type { EpochSeconds } from '@hq/shared/time';
import type { Ports } from '../context.ts';
import { callerOf, type Access, type OrganizationAccess } from '../stores/access.ts';
import type { Group } from '../stores/groups.ts';
import type { StoredMember } from '../stores/membership.ts';
import type { Organization } from '../stores/organizations.ts';
import { noSuchGroup, requireGroup } from './group-change.ts';
import { refuseStaleGroup } from './group-history.ts';

/** A request by a member about the groups of their organization. */
export interface GroupsJob {
  readonly access: Access;
}

export type GroupsPorts = Pick<Ports, 'clock'> & {
  readonly stores: Pick<Ports['stores'], 'access' | 'audit' | 'groups' | 'people' | 'revisions' | 'rules' | 'sessions'>;
};

export interface Ground {
  readonly before: OrganizationAccess;
  readonly group: Group;
  /** The one who asks: an admin. */
  readonly asker: Caller;
}

/**
 * Everything anew, for one attempt of a change.
 * @throws HqError `NOT_FOUND` for an unknown group, or who is no member any more; `FORBIDDEN` for who is no admin; `CONFLICT` for another version.
 */
export async function groundOf({ stores }: GroupsPorts, { access }: GroupsJob, groupId: string, version: number | undefined): Promise<Ground> {
  const { id } = organizationOf(access);
  const [before, group] = await Promise.all([stores.access.loadOrganization(id), stores.groups.get(id, groupId)]);
  const asker = requireAdmin(before.members.get(access.person.id));
  requireGroup(before.groups, groupId);
  // The two are read beside each other: the group may go in between.
  if (group === undefined) throw noSuchGroup();
  await refuseStaleGroup(stores, id, group, version);
  return { before, group, asker: callerOf(asker, before.groups) };
}

/** When the last session of some people ends, at the latest; null where none is live. */
export async function lastSessionEnd({ stores }: GroupsPorts, organizationId: string, people: ReadonlySet<string>): Promise<EpochSeconds | null> {
  return people.size === 0 ? null : stores.sessions.latestEndOf(organizationId, ({ personId }) => people.has(personId));
}

/** @throws HqError `NOT_FOUND` for the personal vault, which has no groups. */
export function organizationOf({ organization }: Access): Organization {
  if (organization === undefined) throw noOrganization();
  return organization;
}

/** @throws HqError `NOT_FOUND` for who is no member (any more); `FORBIDDEN`. */
export function requireAdmin(member: StoredMember | undefined): StoredMember {
  if (member === undefined) throw noOrganization();
  if (member.role === 'admin') return member;
  throw new HqError('FORBIDDEN', 'Only an admin of the organization may change groups.', { hint: 'Ask an admin; "hq members list" shows who is.' });
}

const noOrganization = () => new HqError('NOT_FOUND', 'There is no such organization, or you are not a member of it.');
