/**
 * The session under which the API itself lists a folder. Storage can't leave out what is carved out, so names are read under this session and filtered by
 * `decide()` before they leave. It opens no object, and is never handed to a client.
 */
import { isFolder, parentOf, type Path } from '@hq/shared/path';
import type { Vault } from '@hq/shared/vault';
import { listStatement } from './emit.ts';
import { policyText } from './escape.ts';

/**
 * A session policy that lists the objects and versions under a folder, or, for a file, in the folder that holds it. The bytes for STS.
 */
export function compileListing(vault: Vault, cone: Path): string {
  const folder = isFolder(cone) ? cone : parentOf(cone);
  return policyText({ Version: '2012-10-17', Statement: [listStatement(vault, [folder], ['s3:ListBucket', 's3:ListBucketVersions'])] });
}
