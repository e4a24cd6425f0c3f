/** One process at a time on a data folder. */
import { join } from 'node:path';
import { openPrivateDatabase } from './private-database.ts';

/** The folder belongs to another process. */
export class DataLockedError extends Error {
  override readonly name = 'DataLockedError';
}

/**
 * Takes the folder, or throws `DataLockedError`. The lock is SQLite's on a file of its own, that is the kernel's: it leaves with the process, however that ends.
 * @returns gives the folder back
 */
export function lockData(folder: string): () => void {
  const database = openPrivateDatabase(join(folder, 'lock.sqlite'), { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === 5) {
      throw new DataLockedError(`the data folder ${folder} is in use by another process: stop that one, or choose another folder`);
    }
    throw error;
  }
  return () => database.close();
}
