/** A change of a member that is not made: another role, or the end of the membership. */
import { root } from '@hq/shared/path';
import type { Role } from '@hq/shared/roles';
import type { EpochSeconds } from '@hq/shared/time';
import type { Ports } from '../../context.ts';
import { callerOf } from '../../stores/access.ts';
import { refuseUncompilable } from '../compilable.ts';
import { previewChange, type PreviewJob } from '../preview.ts';
import type { StoragePorts } from '../storage-session.ts';
import { keepAnAdmin, placeOf, requireAdmin, requireMember } from './place.ts';
import { endOf, opensMore } from './set-role.ts';

export type MemberChange =
  | { readonly kind: 'set-role'; readonly role: Role; readonly expiresAt?: EpochSeconds | null | undefined }
  | { readonly kind: 'remove' };

type PreviewPorts = StoragePorts & { readonly stores: Pick<Ports['stores'], 'access' | 'members' | 'rules' | 'sessions'> };

/**
 * Who would gain and who would lose: the member. For admins of the organization.
 * @throws HqError `NOT_FOUND` for someone who is not in it; `FORBIDDEN`.
 */
export async function previewMember(ports: PreviewPorts, job: PreviewJob, personId: string, change: MemberChange) {
  const { stores, clock } = ports;
  const { organization, member: asker } = placeOf(job.access);
  requireAdmin(asker, 'ask what a change of someone would do');
  const [before, { admins }] = await Promise.all([stores.access.loadOrganization(organization.id), stores.members.getCounted(organization.id, personId)]);
  const member = requireMember(before.members.get(personId));
  return previewChange(ports, job, before, {
    version: member.version,
    cone: root,
    opens: false,
    async make() {
      const members = new Map(before.members);
      if (change.kind === 'remove') {
        keepAnAdmin(member, admins);
        members.delete(personId);
        return { ...before, members };
      }
      const { role } = change;
      const expiresAt = endOf(member, change, clock());
      if (role !== 'admin') keepAnAdmin(member, admins);
      return { ...before, members: members.set(personId, { ...member, role, expiresAt }) };
    },
    async check(after) {
      if (change.kind === 'remove' || !opensMore(member.role, change.role)) return;
      const { vault } = job.access;
      await refuseUncompilable({ vault, before, after, affected: [personId], asker: callerOf(asker, before.groups), now: clock() });
    },
  });
}
