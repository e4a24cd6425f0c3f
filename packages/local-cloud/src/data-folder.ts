/** The folder everything is kept in. */
import { accessSync, chmodSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** The folder cannot be used; the message says why. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError';
}

/**
 * Makes the folder where it is missing and closes it to everyone but its owner.
 * Its parents are made one by one, because Node's `recursive` never returns where a file system answers ENOENT to a mkdir, as /proc does.
 * @throws DataFolderError
 */
export function openDataFolder(folder: string): void {
  try {
    makeFolder(resolve(folder));
    if (!statSync(folder).isDirectory()) throw new DataFolderError(`the data folder ${folder} is a file: choose another`);
    chmodSync(folder, 0o700);
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof DataFolderError || !(error instanceof Error)) throw error;
    const code = 'code' in error ? String(error.code) : 'unknown error';
    throw new DataFolderError(`the data folder ${folder} cannot be made or written (${code}): choose another, or ask for the right to write there`);
  }
}

function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}
