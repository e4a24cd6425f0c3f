/** Who asks for something in an organization, as they are at the moment of a change: what the request brought along may have changed since. */
import { HqError } from '@hq/shared/errors';
import type { Access } from '../../stores/access.ts';
import type { StoredMember } from '../../stores/membership.ts';
import type { Organization } from '../../stores/organizations.ts';

/** A request by a member about their organization. */
export interface MemberJob {
  readonly access: Access;
}

export interface Place {
  readonly organization: Organization;
  readonly member: StoredMember;
}

/** @throws HqError `NOT_FOUND` for who is no member (any more), and for a personal vault. */
export function placeOf({ organization, member }: Access): Place {
  if (organization !== undefined && member !== undefined) return { organization, member };
  throw new HqError('NOT_FOUND', 'There is no such organization, or you are not a member of it.', { hint: 'See your organizations with "hq org list".' });
}

/** @param toDo What only an admin may, in words. @throws HqError `FORBIDDEN`. */
export function requireAdmin({ role }: Pick<StoredMember, 'role'>, toDo: string): void {
  if (role === 'admin') return;
  throw new HqError('FORBIDDEN', `Only an admin of the organization may ${toDo}.`, { hint: 'Ask an admin; "hq members list" shows who is.' });
}

/** @throws HqError `NOT_FOUND`. */
export function requireMember(member: StoredMember | undefined): StoredMember {
  if (member !== undefined) return member;
  throw new HqError('NOT_FOUND', 'There is no such member.', { hint: 'See who is there with "hq members list".' });
}

/** @param admins How many there are. @throws HqError `LAST_ADMIN`. */
export function keepAnAdmin({ role }: Pick<StoredMember, 'role'>, admins: number): void {
  if (role !== 'admin' || admins > 1) return;
  throw new HqError('LAST_ADMIN', 'This is the last admin of the organization.', { hint: 'Make someone else an admin first.' });
}
