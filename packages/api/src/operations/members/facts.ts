/** A member in words: for the audit trail, and for someone who worked on an older version of them. */
import { HqError } from '@hq/shared/errors';
import { toIso } from '@hq/shared/time';
import type { Value } from '../../ports/table.ts';
import type { Member, StoredMember } from '../../stores/membership.ts';

/** Groups that are named at most: beside them, facts stay small. */
const maxGroups = 20;

/** For the audit trail, before and after. */
export function memberFacts({ personId, role, email, expiresAt, groups }: Member): Readonly<Record<string, Value>> {
  return { personId, role, email, expiresAt, groups: someOf(groups) };
}

function someOf(groups: readonly string[]): readonly string[] {
  return groups.length > maxGroups ? [...groups.slice(0, maxGroups), `and ${groups.length - maxGroups} more`] : groups;
}

/**
 * @param version That the change is based on; undefined where the caller does not care.
 * @throws HqError `CONFLICT` with what the member is now.
 */
export function refuseStale(member: StoredMember, version: number | undefined): void {
  if (version === undefined || version === member.version) return;
  const { role, expiresAt, groups } = member;
  throw new HqError('CONFLICT', 'Someone else changed this member first.', {
    hint: 'Look at the member again, then repeat the change.',
    details: {
      version: member.version,
      changed: [
        `role: ${role} now`,
        expiresAt === null ? 'end: none now' : `end: ${toIso(expiresAt)} now`,
        groups.length === 0 ? 'groups: none now' : `groups: ${someOf(groups).join(' ')} now`,
      ],
    },
  });
}
