/** Database files that only their owner may read, in a folder that is closed as well: a copy of the data keeps the files' modes and may lose the folder's. */
import { chmodSync, closeSync, existsSync, openSync } from 'node:fs';
import { DatabaseSync, type DatabaseSyncOptions } from 'node:sqlite';

/** Opens a SQLite file as 0600 and makes it where there is none; one that was made wider is closed. Its folder must exist. */
export function openPrivateDatabase(file: string, options: DatabaseSyncOptions = {}): DatabaseSync {
  // SQLite gives its side files the mode of the main one. A file that exists is not opened here: closing it would end this process's POSIX locks on it.
  if (!existsSync(file)) closeSync(openSync(file, 'wx', 0o600));
  for (const name of [file, `${file}-wal`, `${file}-shm`]) if (existsSync(name)) chmodSync(name, 0o600);
  return new DatabaseSync(file, options);
}
