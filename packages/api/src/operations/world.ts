/** An organization as the questions about all of it take it. */
import { unfold } from '@hq/shared/acl/groups';
import type { World } from '@hq/shared/acl/preview';
import type { Member } from '@hq/shared/acl/reach';
import type { EpochSeconds } from '@hq/shared/time';
import type { OrganizationAccess } from '../stores/access.ts';

/** All members, their groups unfolded. */
export function membersOf({ members, groups }: Pick<OrganizationAccess, 'members' | 'groups'>): Member[] {
  // Most people are in the same few groups as others.
  const known = new Map<string, ReadonlySet<string>>();
  return [...members.values()].map(({ personId, email, role, groups: direct }) => {
    const key = direct.join(' ');
    let all = known.get(key);
    if (all === undefined) known.set(key, (all = unfold(direct, groups)));
    return { personId, ...(email === null ? {} : { email }), role, groups: all };
  });
}

export function worldOf(organization: OrganizationAccess, now: EpochSeconds): World {
  return { members: membersOf(organization), records: organization.records, now };
}
