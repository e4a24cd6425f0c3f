/** What a disk that takes no more looks like, whoever wrote to it. */

const SQLITE_FULL = 13;

/** Whether an error of SQLite or the file system says that the disk is full or the quota spent. */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  return code === 'ENOSPC' || code === 'EDQUOT' || errcode === SQLITE_FULL;
}
