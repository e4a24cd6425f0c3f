/** What each action on files and rules asks for, and how a refusal is told. */
import { HqError } from '../errors.ts';
import { compareLevels, type Level } from './rule.ts';

/** The level each action needs at the path it names. `move` and `copy` name two paths, hence two entries each. */
export const levelOfAction = {
  list: 'read',
  stat: 'read',
  get: 'read',
  versions: 'read',
  search: 'read',
  put: 'write',
  remove: 'write',
  restore: 'write',
  moveFrom: 'write',
  moveTo: 'write',
  copyFrom: 'read',
  copyTo: 'write',
  readRules: 'admin',
  changeRules: 'admin',
  share: 'admin',
} as const satisfies Record<string, Level>;

/** Paths that one `files.access` asks about at most. Here, and not in its schema, so that clients know it without carrying zod. */
export const maxAccessPaths = 1000;

export type FileAction = keyof typeof levelOfAction;

/** True when a level is enough for what is needed. Nothing needs `none`; asking for it is always granted. */
export function allows(level: Level, needed: Level): boolean {
  return compareLevels(level, needed) >= 0;
}

/**
 * The one answer for a path where nothing is and for one that the caller may not see: were the words different, they would tell which of the two it is.
 *
 * @returns `NOT_FOUND`, for the caller to throw.
 */
export function nothingHere(cause?: unknown): HqError {
  return new HqError('NOT_FOUND', 'There is nothing here that you may see.', { hint: 'Check the path, or ask an admin for access.', cause });
}

/**
 * Refuses an action that the level at a path doesn't allow.
 *
 * @throws HqError `NOT_FOUND` where the caller may not even read (names are data too, so this is the answer for a path that isn't there), `FORBIDDEN` where
 *   the caller may read.
 */
export function requireLevel(level: Level, action: FileAction): void {
  const needed = levelOfAction[action];
  if (allows(level, needed)) return;
  if (!allows(level, 'read')) throw nothingHere();
  throw new HqError('FORBIDDEN', `This needs ${needed} access, and you have ${level}.`, {
    hint: `Ask an admin of this folder for ${needed} access.`,
    details: { level, needed },
  });
}
