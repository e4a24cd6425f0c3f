/** Makes a body that was taken in visible as the newest version of a key: the moment of truth of PutObject and CopyObject. */
import type { S3Request } from '../core.ts';
import type { Bucket } from '../store/buckets.ts';
import type { ObjectDetail, Version } from '../store/records.ts';
import { checkWriteConditions, type WriteConditions } from './conditions.ts';
import type { Taken } from './take-body.ts';

/** @returns the new version, once it is on disk. @throws AwsError 412, 404 or 507; the body is discarded then. */
export async function storeVersion(
  { core, call, key }: S3Request,
  bucket: Bucket,
  conditions: WriteConditions,
  { received, etag, checksum }: Taken,
  description: Omit<ObjectDetail, 'segments' | 'checksum'>,
): Promise<Version> {
  const { segment, inline } = received;
  const detail: ObjectDetail = { ...description, segments: [segment], checksum };
  try {
    const { added, cleanUp } = await core.commits.run(() => {
      const versioning = core.buckets.mustStand(bucket).versioning ?? 'Off';
      checkWriteConditions(conditions, key, core.versions.latest(bucket.id, key));
      core.blobs.insert(segment.blob, inline);
      const { added, dropped } = core.versions.add(bucket.id, key, versioning, { size: segment.size, etag, modified: call.now, detail });
      return { added, cleanUp: core.blobs.remove(dropped) };
    });
    cleanUp();
    return added;
  } catch (error) {
    received.discard();
    throw error;
  }
}
