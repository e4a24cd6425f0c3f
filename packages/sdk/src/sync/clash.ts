/**
 * Paths that can't stand beside each other: names that differ by case alone, on a disk that doesn't tell them apart; and one name that is a file on one side and a
 * folder on the other. Each is reported; none is overwritten.
 */
import { asFolder, parentOf, type Path } from '@hq/shared/path';
import { problem, warning, type Problem } from './problem.ts';
import { anyRefusal, windowsRefusal } from './portable.ts';

export interface Surroundings {
  /** The disk keeps `A.md` and `a.md` apart. */
  readonly caseSensitive: boolean;
  readonly windows: boolean;
}

export interface Clashes {
  readonly problems: readonly Problem[];
  /** Files, or folders with everything under them, that this sync must leave alone on both sides. */
  readonly blocked: ReadonlySet<Path>;
  /** Local files in whose place the vault has a folder: they step aside under a conflict copy's name. */
  readonly yielding: ReadonlySet<Path>;
}

/** The form in which names are equal on a disk that ignores case. */
const folded = (path: string): string => path.normalize('NFC').toLowerCase();

/** True when the path itself or a folder above it is in the set. */
export function isUnder(path: Path, set: ReadonlySet<Path>): boolean {
  if (set.size === 0) return false;
  if (set.has(path)) return true;
  for (let folder = parentOf(path); folder !== ''; folder = parentOf(folder)) if (set.has(folder)) return true;
  return false;
}

/** Every folder above the files. */
function foldersOf(files: Iterable<Path>): Set<Path> {
  const folders = new Set<Path>();
  for (const file of files) {
    for (let folder = parentOf(file); folder !== '' && !folders.has(folder); folder = parentOf(folder)) folders.add(folder);
  }
  return folders;
}

function caseClashes(local: readonly Path[], remote: readonly Path[], { caseSensitive }: Surroundings, problems: Problem[], blocked: Set<Path>): void {
  // What is on the disk comes first: it keeps its name, and what would land on it is left out.
  const first = new Map<string, Path>();
  for (const path of new Set([...local, ...remote])) {
    const known = first.get(folded(path));
    if (known === undefined) first.set(folded(path), path);
    else if (known !== path) {
      if (caseSensitive) {
        problems.push(
          warning(path, 'CONFLICT', `Its name differs from "${known}" by case alone; a computer that ignores case can hold only one.`, 'Rename one of them.'),
        );
      } else {
        blocked.add(path);
        problems.push(
          problem(
            path,
            'CONFLICT',
            `Its name differs from "${known}" by case alone, and this disk can hold only one of them.`,
            'Rename one of them in the vault.',
          ),
        );
      }
    }
  }
}

/** True when each side has what the other has: then all there is to say was said when it got there. */
function areEqual(a: ReadonlySet<Path>, b: ReadonlySet<Path>): boolean {
  if (a.size !== b.size) return false;
  for (const path of a) if (!b.has(path)) return false;
  return true;
}

/** Finds all clashes among what is here and what is in the vault. */
export function findClashes(local: ReadonlySet<Path>, remote: ReadonlySet<Path>, surroundings: Surroundings): Clashes {
  const problems: Problem[] = [];
  const blocked = new Set<Path>();
  const yielding = new Set<Path>();
  if (areEqual(local, remote)) return { problems, blocked, yielding };
  const remoteFolders = foldersOf(remote);
  caseClashes([...local, ...foldersOf(local)], [...remote, ...remoteFolders], surroundings, problems, blocked);
  for (const path of local) {
    const windows = remote.has(path) ? undefined : windowsRefusal(path);
    if (windows !== undefined)
      problems.push(warning(path, 'INVALID_PATH', `A computer with Windows can't hold it: ${windows}.`, 'Rename it if someone syncs there.'));
    if (!remoteFolders.has(asFolder(path))) continue;
    if (!remote.has(path)) yielding.add(path);
    else {
      blocked.add(asFolder(path));
      problems.push(
        problem(path, 'CONFLICT', 'In the vault it is a file and a folder at once; a disk can hold only one.', 'Rename or remove the file in the vault.'),
      );
    }
  }
  for (const path of remote) {
    if (local.has(path)) continue;
    const refusal = anyRefusal(path) ?? (surroundings.windows ? windowsRefusal(path) : undefined);
    if (refusal === undefined) continue;
    blocked.add(path);
    problems.push(problem(path, 'INVALID_PATH', `This computer can't hold it: ${refusal}.`, 'Rename it in the vault.'));
  }
  return { problems, blocked, yielding };
}
