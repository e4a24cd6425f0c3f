/** Copy and move, inside one vault and by storage itself: the content does not pass through us. */
import { HqError, isHqError, type ErrorCode } from '@hq/shared/errors';
import type { Path } from '@hq/shared/path';
import type { ObjectFacts, WriteCondition } from '../../ports/objects.ts';
import { openCopy, openFile, openListing, type Job, type StoragePorts } from '../storage-session.ts';
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
 * A copy, then the removal of what was copied. Should the source change in between, the change survives: the copy stays, and so does the source. Should it go,
 * because somebody else moves it too, then this move didn't happen: its copy is taken back, so that of many moves at once one file comes out.
 *
 * @throws HqError as `copyFile`, and `CONFLICT` where the source changed or went meanwhile.
 */
export async function moveFile(ports: StoragePorts, job: CopyJob, condition: WriteCondition) {
  const { vault } = job.access;
  const { from, to } = job.at;
  const bucket = await openCopy(ports, job, from, to, true);
  const source = await orMissing(bucket.head(keyOf(vault, from)));
  const target = await orMissing(bucket.copy({ key: keyOf(vault, from), versionId: source.versionId ?? undefined }, keyOf(vault, to), condition));
  try {
    await bucket.remove(keyOf(vault, from), { ifMatch: source.etag });
  } catch (cause) {
    if (!isHqError(cause) || !lostRace.has(cause.code)) throw cause;
    const now = await present(bucket.head(keyOf(vault, from)));
    if (now !== undefined && now.etag !== source.etag) {
      throw new HqError('CONFLICT', 'The file was changed while it was being moved. It is in both places now; the old place has the newer content.', {
        hint: 'Compare the two, then remove the one you do not want.',
        cause,
      });
    }
    throw await notMoved(ports, job, target, now === undefined, cause);
  }
  return describe(to, target);
}

/** How storage refuses to remove what is not, or no longer, the version that was named. */
const lostRace: ReadonlySet<ErrorCode> = new Set(['PRECONDITION_FAILED', 'CONFLICT', 'NOT_FOUND']);

/** Storage answers 403 or 404 for what is not there. */
async function present(head: Promise<ObjectFacts>): Promise<ObjectFacts | undefined> {
  try {
    return await orMissing(head);
  } catch (error) {
    if (isHqError(error) && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}

async function notMoved(ports: StoragePorts, job: CopyJob, target: ObjectFacts, gone: boolean, cause: unknown): Promise<HqError> {
  const why = gone ? 'The file was moved or removed by someone else at the same moment' : 'Someone else is writing this file at the same moment';
  const back = await takeBack(ports, job, target);
  return new HqError('CONFLICT', back ? `${why}, so it was not moved.` : `${why}. A copy of it is in the new place.`, {
    hint: gone ? 'List the folder to see where it is now.' : 'Try again.',
    cause,
  });
}

/**
 * Puts the target back as it was before our copy: what the copy replaced is there again, or nothing is. Answers false where somebody wrote over the copy: it is
 * theirs now.
 */
async function takeBack(ports: StoragePorts, job: CopyJob, { key, versionId, etag }: ObjectFacts): Promise<boolean> {
  const { to } = job.at;
  const names = await openListing(ports, job, to);
  const { versions } = await names.versions({ prefix: key, limit: 3 });
  const [ours, replaced] = versions.filter((version) => version.key === key);
  if (ours === undefined || ours.versionId !== versionId) return false;
  const bucket = await openFile(ports, job, to, 'write');
  try {
    if (replaced === undefined || replaced.deleted) await bucket.remove(key, { ifMatch: etag });
    else await bucket.copy({ key, versionId: replaced.versionId }, key, { ifMatch: etag });
    return true;
  } catch (error) {
    if (isHqError(error) && lostRace.has(error.code)) return false;
    throw error;
  }
}
