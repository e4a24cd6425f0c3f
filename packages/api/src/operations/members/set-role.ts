/** Another role for a member, or another end of their membership. */
import type { Caller } from '@hq/shared/acl/rule';
import { HqError } from '@hq/shared/errors';
import { newId } from '@hq/shared/ids';
import { roleAtLeast, type Role } from '@hq/shared/roles';
import type { EpochSeconds } from '@hq/shared/time';
import type { Ports } from '../../context.ts';
import type { Commit } from '../commit.ts';
import { changing, type StoredMember } from '../../stores/membership.ts';
import { refuseUncompilable } from '../compilable.ts';
import { memberFacts, refuseStale } from './facts.ts';
import { describeMember } from './list.ts';
import { keepAnAdmin, type MemberJob, placeOf, requireAdmin, requireMember } from './place.ts';

export interface RoleChange {
  readonly personId: string;
  readonly role: Role;
  /** Null takes an end away; undefined leaves it. */
  readonly expiresAt?: EpochSeconds | null | undefined;
  readonly version?: number | undefined;
}

type RolePorts = Pick<Ports, 'clock' | 'randomBytes'> & {
  readonly stores: Pick<Ports['stores'], 'access' | 'members' | 'people' | 'revisions' | 'sessions'>;
};

/**
 * @throws HqError `FORBIDDEN`, `NOT_FOUND`, `LAST_ADMIN`; `CONFLICT` for another version, and where an admin would keep an end; `BAD_REQUEST` for an end that has
 *   passed or is an admin's; `SCOPE_TOO_LARGE` where the new role would give more rules than sessions can hold.
 */
export function setRole({ stores, clock, randomBytes }: RolePorts, job: MemberJob, change: RoleChange, commit: Commit) {
  const { id } = placeOf(job.access).organization;
  const { personId, role, version } = change;
  return stores.revisions.change(id, async () => {
    const [asker, { member: found, admins }, person, sessionsEndBy] = await Promise.all([
      stores.access.load(id, job.access.person.id, []),
      stores.members.getCounted(id, personId),
      stores.people.get(personId),
      stores.sessions.latestEnd(id, personId),
    ]);
    requireAdmin(placeOf(asker).member, 'change what someone is');
    const before = requireMember(found);
    refuseStale(before, version);
    const expiresAt = endOf(before, change, clock());
    if (before.role === role && before.expiresAt === expiresAt) {
      return { writes: [], result: { ...describeMember(before, before.version, person), sessionsEndBy } };
    }
    if (role !== 'admin') keepAnAdmin(before, admins);
    const after = { ...before, role, expiresAt, term: newId('term', randomBytes) };
    if (opensMore(before.role, role)) await refuseTooMuch(after, asker.caller);
    const answer = { ...describeMember(after, before.version + 1, person), sessionsEndBy };
    return { writes: [...changing(before, after), ...commit(answer, { before: memberFacts(before), after: memberFacts(after) })], result: answer };
  });

  async function refuseTooMuch(after: StoredMember, asker: Caller): Promise<void> {
    if (after.role === 'admin') return;
    const organization = await stores.access.loadOrganization(id);
    const changed = { ...organization, members: new Map(organization.members).set(personId, after) };
    await refuseUncompilable({ vault: job.access.vault, before: organization, after: changed, affected: [personId], asker, now: clock() });
  }
}

/** Taking away is never refused; what more a role opens has to fit into sessions. */
export function opensMore(before: Role, after: Role): boolean {
  return roleAtLeast(after, before) && after !== before;
}

/** When the membership will end. @throws HqError `BAD_REQUEST`, `CONFLICT`. */
export function endOf(before: StoredMember, { role, expiresAt }: Pick<RoleChange, 'role' | 'expiresAt'>, now: EpochSeconds): EpochSeconds | null {
  const end = expiresAt === undefined ? before.expiresAt : expiresAt;
  if (expiresAt !== undefined && expiresAt !== null) refuseEnd(role, expiresAt, now);
  if (role !== 'admin' || end === null) return end;
  throw new HqError('CONFLICT', 'This membership ends by itself, and the membership of an admin never does.', {
    hint: 'Take the end away in the same change: "hq members role PERSON admin --until never", "expiresAt": null in the API.',
  });
}

/** @throws HqError `BAD_REQUEST` for an end that a membership in this role can not have. */
export function refuseEnd(role: Role, end: EpochSeconds, now: EpochSeconds): void {
  if (role === 'admin') {
    throw new HqError('BAD_REQUEST', 'The membership of an admin never ends by itself: an organization could be left without one.', {
      hint: 'Choose another role, or no end.',
    });
  }
  if (end <= now) throw new HqError('BAD_REQUEST', 'This membership would have ended before it began.', { hint: 'Name an end in the future.' });
}
