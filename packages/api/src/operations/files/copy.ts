/** Copy and move, inside one vault and by storage itself: the content does not pass through us. */
import { HqError, isHqError } from '@hq/shared/errors';
import type { Path } from '@hq/shared/path';
import type { WriteCondition } from '../../ports/objects.ts';
import { openCopy, type Job, type StoragePorts } from '../storage-session.ts';
import { describe, keyOf, orMissing } from './file.ts';

/** A decided request about a source and a target. */
export interface CopyJob extends Job {
  readonly at: { readonly from: Path; readonly to: Path };
}

/** @throws HqError `NOT_FOUND` for the source, `PRECONDITION_FAILED` for the target. */
export async function copyFile(ports: StoragePorts, job: CopyJob, condition: WriteCondition) {
  const { vault } = job.access;
  const { from, to } = job.at;
  const bucket = await openCopy(ports, job, from, to, false);
  return describe(to, await orMissing(bucket.copy({ key: keyOf(vault, from) }, keyOf(vault, to), condition)));
}

/**
 * A copy, then the removal of what was copied. Should the source change in between, the change survives: the copy stays, and so does the source.
 *
 * @throws HqError as `copyFile`, and `CONFLICT` where the source changed meanwhile.
 */
export async function moveFile(ports: StoragePorts, job: CopyJob, condition: WriteCondition) {
  const { vault } = job.access;
  const { from, to } = job.at;
  const bucket = await openCopy(ports, job, from, to, true);
  const source = await orMissing(bucket.head(keyOf(vault, from)));
  const target = await bucket.copy({ key: keyOf(vault, from), versionId: source.versionId ?? undefined }, keyOf(vault, to), condition);
  try {
    await bucket.remove(keyOf(vault, from), { ifMatch: source.etag });
  } catch (cause) {
    if (!isHqError(cause) || cause.code !== 'PRECONDITION_FAILED') throw cause;
    throw new HqError('CONFLICT', 'The file was changed while it was being moved. It is in both places now; the old place has the newer content.', {
      hint: 'Compare the two, then remove the one you do not want.',
      cause,
    });
  }
  return describe(to, target);
}
