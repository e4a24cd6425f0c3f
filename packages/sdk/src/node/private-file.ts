/** Files that only their owner may read, in a folder that only their owner may open, replaced whole or not at all. */
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HqError } from '@hq/shared/errors';

/** The folder, made with mode 0700; one that others may open is closed to them. */
export async function privateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { mode } = await stat(folder);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) await chmod(folder, 0o700);
}

/** Writes beside the file (0600 from its first moment), syncs, and renames over it: a crash leaves the old content or the new. */
export async function writePrivateFile(file: string, content: string): Promise<void> {
  await privateFolder(dirname(file));
  const beside = `${file}.${randomUUID()}.new`;
  try {
    const handle = await open(beside, 'wx', 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

/**
 * The content, or undefined when there is no such file.
 * @throws HqError `FORBIDDEN` for a file that others could read or that is not a plain file: what is in it is no secret any more.
 */
export async function readPrivateFile(file: string): Promise<string | undefined> {
  let handle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const found = await handle.stat();
    if (process.platform !== 'win32' && (!found.isFile() || (found.mode & 0o077) !== 0)) {
      throw new HqError('FORBIDDEN', `Other users of this computer can read ${file}, so it is not trusted.`, {
        hint: `Delete it and sign in again: rm "${file}"`,
      });
    }
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}
