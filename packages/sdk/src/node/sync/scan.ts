/** Walks the folder: what takes part, what is held back and why, and what could not be looked at. Follows no link; opens no file whose stamp is known. */
import { readdirSync, readFileSync, type Dirent } from 'node:fs';
import { setImmediate as breathe } from 'node:timers/promises';
import { asFolder, canonicalPath, root, type Path } from '@hq/shared/path';
import { ignoreFiles, IgnoreLayers } from '../../sync/ignore/layers.ts';
import { neverSynced } from '../../sync/ignore/defaults.ts';
import type { Journal } from '../../sync/journal.ts';
import type { HeldBack, LocalFile, Scan } from '../../sync/local.ts';
import { problem, problemOf, warning, type Problem } from '../../sync/problem.ts';
import type { DiskPaths } from './disk-paths.ts';
import { fsError, isMissing } from './fs-error.ts';
import { hashFile } from './read.ts';
import { isUntouched, localFile, statsAt } from './stamp.ts';

/** How long the walk keeps the process to itself. */
const sliceMs = 15;

/** True for a name in the canonical Unicode form; most are plain ASCII. */
const isComposed = (name: string): boolean => /^[\0-\x7f]*$/.test(name) || name === name.normalize('NFC');

export interface ScanResult extends Scan {
  readonly layers: IgnoreLayers;
}

/** One walk over one folder. */
class Walk {
  readonly files = new Map<Path, LocalFile>();
  readonly blind = new Set<Path>();
  readonly heldBack: HeldBack[] = [];
  readonly problems: Problem[] = [];
  readonly layers = new IgnoreLayers();
  readonly unsure: LocalFile[] = [];
  readonly #folders: Path[] = [root];
  readonly #taken = new Set<Path>();

  readonly #paths: DiskPaths;
  readonly #journal: Journal;

  constructor(paths: DiskPaths, journal: Journal) {
    this.#paths = paths;
    this.#journal = journal;
  }

  async run(signal: AbortSignal): Promise<void> {
    let sliceEnd = performance.now() + sliceMs;
    for (let folder = this.#folders.pop(); folder !== undefined; folder = this.#folders.pop()) {
      this.#visitFolder(folder);
      if (performance.now() > sliceEnd) {
        await breathe();
        signal.throwIfAborted();
        sliceEnd = performance.now() + sliceMs;
      }
    }
  }

  #visitFolder(folder: Path): void {
    const place = this.#paths.absolute(folder);
    let entries: Dirent[];
    try {
      entries = readdirSync(place, { withFileTypes: true });
    } catch (error) {
      if (folder === root) throw fsError(error);
      if (!isMissing(error)) this.#unseen(folder, problemOf(folder, fsError(error)));
      return;
    }
    const texts: { gitignore?: string; hqignore?: string } = {};
    for (const entry of entries) {
      const layer = ignoreFiles.get(entry.name);
      if (layer !== undefined && entry.isFile()) texts[layer] = readFileSync(`${place}/${entry.name}`, 'utf8');
    }
    this.layers.add(folder, texts);
    // A name in canonical form comes before one that only becomes it.
    if (!entries.every(({ name }) => isComposed(name))) entries.sort((a, b) => Number(isComposed(b.name)) - Number(isComposed(a.name)));
    for (const entry of entries) this.#visitEntry(folder, place, entry);
  }

  #visitEntry(folder: Path, place: string, entry: Dirent): void {
    if (neverSynced.has(entry.name.toLowerCase())) return;
    const shown = folder + entry.name;
    let path: Path;
    try {
      path = canonicalPath(entry.isDirectory() ? `${shown}/` : shown);
    } catch (error) {
      this.problems.push(problemOf(shown, error));
      return;
    }
    const onDisk = `${place}/${entry.name}`;
    const stats = entry.isDirectory() ? undefined : statsAt(onDisk);
    if (stats === undefined && !entry.isDirectory()) {
      // Gone since it was listed; or its bytes are no Unicode, and the name that Node made of them finds nothing.
      if (entry.name.includes('\uFFFD')) this.problems.push(problem(shown, 'INVALID_PATH', 'Its name is not valid Unicode.', 'Rename it.'));
      return;
    }
    const verdict = this.layers.verdict(path);
    if (verdict !== undefined) {
      this.heldBack.push({ path, ...verdict, size: stats?.size });
      return;
    }
    if (stats !== undefined && !stats.isFile()) {
      const what = stats.isSymbolicLink()
        ? 'a symbolic link'
        : stats.isDirectory()
          ? 'a folder that was a file a moment ago'
          : 'not a file but a pipe, a socket or a device';
      this.#unseen(path, warning(path, 'BAD_REQUEST', `Left out: it is ${what}.`));
      this.blind.add(asFolder(path));
      return;
    }
    const key = path.replace(/\/$/, '') as Path;
    if (this.#taken.has(key)) {
      this.problems.push(
        problem(shown, 'CONFLICT', 'Another name here is the same letters in another Unicode form; only that one is synced.', 'Rename one of them.'),
      );
      return;
    }
    if (!isComposed(entry.name)) {
      this.#paths.note(path, onDisk.slice(this.#paths.root.length + 1));
    }
    this.#taken.add(key);
    if (stats === undefined) this.#folders.push(path);
    else this.#keep(localFile(path, stats, this.#journal.get(path)));
  }

  #keep(file: LocalFile): void {
    const entry = this.#journal.get(file.path);
    if (entry === undefined) this.files.set(file.path, file);
    else if (isUntouched(file.stamp, entry)) this.files.set(file.path, { ...file, sha256: entry.sha256, readAt: entry.readAt });
    else this.unsure.push(file);
  }

  #unseen(path: Path, why: Problem): void {
    this.blind.add(path);
    this.problems.push(why);
  }

  /** Reads the files whose stamps say nothing. */
  async settle(signal: AbortSignal): Promise<void> {
    for (const file of this.unsure) {
      signal.throwIfAborted();
      try {
        this.files.set(file.path, await hashFile(this.#paths.absolute(file.path), file));
      } catch (error) {
        if (isMissing(error)) continue;
        this.#unseen(file.path, problemOf(file.path, fsError(error)));
      }
    }
  }
}

/** Everything under the root. @throws HqError when the root itself can't be read. */
export async function scanFolder(paths: DiskPaths, journal: Journal, signal: AbortSignal): Promise<ScanResult> {
  const walk = new Walk(paths, journal);
  await walk.run(signal);
  await walk.settle(signal);
  return walk;
}
