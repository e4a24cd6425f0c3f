/** A download, onto the disk: into a temporary file beside the target, synced, and only then under its name. A failure leaves nothing behind. */
import { randomUUID } from 'node:crypto';
import { link, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HqError } from '@hq/shared/errors';

export interface WriteDownloadOptions {
  /** False refuses a target that exists, also one that appears while we write. */
  readonly replace: boolean;
  readonly executable: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (bytes: number) => void;
}

/** @throws HqError `CONFLICT` when the target exists and may not be replaced; what `body` throws when it is damaged; the disk's own errors. */
export async function writeDownload(
  file: string,
  body: AsyncIterable<Uint8Array>,
  { replace, executable, signal, onProgress }: WriteDownloadOptions,
): Promise<void> {
  const beside = join(dirname(file), `.hq-${randomUUID()}.part`);
  try {
    const handle = await open(beside, 'wx', executable ? 0o777 : 0o666).catch((error: NodeJS.ErrnoException) => {
      // The person named the target, not what we call it until it is whole.
      throw Object.assign(error, { path: file });
    });
    try {
      let written = 0;
      for await (const chunk of body) {
        signal?.throwIfAborted();
        await handle.writeFile(chunk);
        written += chunk.length;
        onProgress?.(written);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (replace) await rename(beside, file);
    else await place(beside, file);
  } finally {
    // After a rename there is nothing left to remove.
    await rm(beside, { force: true });
  }
}

/** Gives the file its name unless that is taken: a link, unlike a rename, replaces nothing. */
async function place(beside: string, file: string): Promise<void> {
  try {
    await link(beside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new HqError('CONFLICT', `"${file}" exists already.`, { hint: 'Choose another place, or replace it with --force.', cause: error });
  }
}
