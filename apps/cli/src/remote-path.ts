/** Paths as they are typed on the command line. */
import { asFolder, canonicalPath, isFolder, nameOf, root, type Path } from '@hq/shared/path';
import { UsageError } from './usage-error.ts';

/** A path of a file in a vault. @throws HqError `INVALID_PATH`, UsageError for a folder. */
export function filePath(text: string): Path {
  const path = canonicalPath(text);
  if (isFolder(path)) throw new UsageError(`"${text}" names a folder; name a file.`);
  return path;
}

/** A path of a folder: `team` and `team/` are the same one, and nothing is the root. */
export function folderPath(text: string | undefined): Path {
  return text === undefined || text === '.' ? root : asFolder(canonicalPath(text));
}

/** A path that rules can be at: a folder (it ends in `/`), a file, or the root for nothing or `.`. */
export function rulePath(text: string | undefined): Path {
  return text === undefined || text === '.' ? root : canonicalPath(text);
}

/** Where something called `name` goes: into a folder, or to that very path. */
export function targetPath(text: string, name: string): Path {
  return filePath(text === '' || text.endsWith('/') ? text + name : text);
}

/** The name that `path` would have in a local folder. */
export function localName(path: Path): string {
  return nameOf(path);
}

/** What to say where nothing was found at a path that may have been meant for a folder; undefined for a folder. */
export function missingSlash(path: Path): string | undefined {
  return path === root || isFolder(path) ? undefined : `Note: "${path}" names a file. For a folder with all that is in it, write "${path}/".`;
}
