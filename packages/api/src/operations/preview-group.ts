/** A change of a group that is not made. */
import { root } from '@hq/shared/path';
import { refuseUncompilable } from './compilable.ts';
import { changeGroup, type ChangedGroup, type GroupChange } from './group-change.ts';
import { groundOf, type GroupsPorts } from './group-ground.ts';
import { previewChange, type PreviewJob } from './preview.ts';
import type { StoragePorts } from './storage-session.ts';

/**
 * Who would gain and who would lose. For admins of the organization.
 * @throws HqError `NOT_FOUND` for an unknown group; `FORBIDDEN`.
 */
export async function previewGroup(ports: GroupsPorts & StoragePorts, job: PreviewJob, groupId: string, change: GroupChange) {
  const { before, group, asker } = await groundOf(ports, job, groupId, undefined);
  let changed: ChangedGroup | undefined;
  return previewChange(ports, job, before, {
    version: group.version,
    cone: root,
    opens: false,
    async make() {
      changed = changeGroup(before, groupId, change);
      return changed.after;
    },
    async check(after) {
      // As for the change itself: what only takes away is never refused.
      if (changed === undefined || after === before || change.kind !== 'add') return;
      await refuseUncompilable({ vault: job.access.vault, before, after, affected: changed.affected, asker, now: ports.clock() });
    },
  });
}
