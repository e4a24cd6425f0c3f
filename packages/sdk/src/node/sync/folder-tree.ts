/** A folder of this computer as the engine's `LocalTree`. */
import { closeSync, existsSync, fsync, linkSync, mkdirSync, openSync, readdirSync, renameSync, rmdirSync, rmSync, unlinkSync } from 'node:fs';
import { promisify } from 'node:util';
import { asFolder, parentOf, root, type Path } from '@hq/shared/path';
import type { IgnoreLayers } from '../../sync/ignore/layers.ts';
import type { Journal } from '../../sync/journal.ts';
import type { Arrival, HashedFile, LocalFile, LocalTree, Scan, Snapshot } from '../../sync/local.ts';
import { DiskPaths } from './disk-paths.ts';
import { fsError, occupied } from './fs-error.ts';
import { hashFile, snapshotFile } from './read.ts';
import { changeMode, expectSeen, receiveFile } from './receive.ts';
import { scanFolder } from './scan.ts';
import { localFile, statsAt } from './stamp.ts';

const syncFile = promisify(fsync);

/** Runs one step on the file system; what it refuses comes out in our words. */
function step<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw fsError(error);
  }
}

async function slowStep<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw fsError(error);
  });
}

export class FolderTree implements LocalTree {
  readonly caseSensitive: boolean;
  readonly windows = process.platform === 'win32';
  readonly #paths: DiskPaths;
  readonly #own: string;
  readonly #touched = new Set<Path>();
  #layers: IgnoreLayers | undefined;

  /** @param realRoot absolute and without links; its `.hq` folder exists and is ours alone while this object lives. */
  constructor(realRoot: string) {
    this.#paths = new DiskPaths(realRoot);
    this.#own = `${realRoot}/.hq`;
    this.caseSensitive = !existsSync(`${realRoot}/.HQ`);
    // What an earlier run was receiving when it was killed.
    rmSync(this.#temporary, { recursive: true, force: true });
    mkdirSync(this.#temporary, { recursive: true, mode: 0o700 });
  }

  get #temporary(): string {
    return `${this.#own}/tmp`;
  }

  async scan(journal: Journal, signal: AbortSignal): Promise<Scan> {
    const scan = await scanFolder(this.#paths, journal, signal);
    this.#layers = scan.layers;
    return scan;
  }

  ignores(path: Path): boolean {
    return this.#layers?.holdsBack(path) ?? false;
  }

  look(path: Path): LocalFile | undefined {
    const stats = step(() => statsAt(this.#paths.absolute(path)));
    if (stats === undefined || stats.isDirectory()) return undefined;
    if (!stats.isFile()) throw occupied();
    return localFile(path, stats, undefined);
  }

  async hash(file: LocalFile): Promise<HashedFile> {
    return slowStep(hashFile(this.#paths.absolute(file.path), file));
  }

  async snapshot(file: LocalFile): Promise<Snapshot> {
    return slowStep(snapshotFile(this.#paths.absolute(file.path), file));
  }

  async receive(body: AsyncIterable<Uint8Array>, size: number, sha256: string | undefined, signal: AbortSignal): Promise<Arrival> {
    const onPlaced = (path: Path): unknown => this.#touched.add(parentOf(path));
    const arrival = await slowStep(receiveFile(this.#paths, this.#temporary, onPlaced, { body, size, sha256, signal }));
    return { ...arrival, place: (path, seen, executable) => step(() => arrival.place(path, seen, executable)) };
  }

  remove(path: Path, seen: LocalFile): void {
    step(() => {
      this.#paths.openWay(path);
      expectSeen(this.#paths.absolute(path), seen);
      unlinkSync(this.#paths.absolute(path));
    });
    this.#leaveEmptied(path);
  }

  /** A folder whose last file was removed by a sync goes with it; one that still holds anything stays. */
  #leaveEmptied(path: Path): void {
    let folder = parentOf(path);
    this.#touched.add(folder);
    for (; folder !== root; folder = parentOf(folder)) {
      const place = this.#paths.absolute(folder);
      try {
        if (readdirSync(place).length > 0) return;
        rmdirSync(place);
        this.#touched.add(parentOf(folder));
      } catch {
        // Someone put something in, or it may not be removed: an empty folder does no harm.
        return;
      }
    }
  }

  rename(path: Path, seen: LocalFile, to: Path): LocalFile {
    return step(() => {
      const from = this.#paths.absolute(path);
      const target = this.#paths.absolute(to);
      this.#paths.openWay(path);
      expectSeen(from, seen);
      try {
        // A link, unlike a rename, never replaces what has the name already.
        linkSync(from, target);
        unlinkSync(from);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw occupied();
        // A disk without hard links.
        if (statsAt(target) !== undefined) throw occupied();
        renameSync(from, target);
      }
      this.#touched.add(parentOf(to));
      const stats = statsAt(target);
      if (stats === undefined) throw occupied();
      return localFile(to, stats, undefined);
    });
  }

  /** Puts a file in another's place, in one step. */
  replace(path: Path, seen: LocalFile, by: Path, seenBy: LocalFile): void {
    step(() => {
      for (const each of [path, by]) this.#paths.openWay(each);
      expectSeen(this.#paths.absolute(by), seenBy);
      expectSeen(this.#paths.absolute(path), seen);
      renameSync(this.#paths.absolute(by), this.#paths.absolute(path));
    });
    this.#touched.add(parentOf(path));
  }

  setExecutable(path: Path, seen: HashedFile, executable: boolean): HashedFile {
    const file = step(() => changeMode(this.#paths.absolute(path), seen, executable));
    return { ...file, sha256: seen.sha256 };
  }

  async settle(): Promise<void> {
    for (const folder of this.#touched) {
      // Windows opens no folders, and a folder that went away needs nothing.
      let fd: number;
      try {
        fd = openSync(this.#paths.absolute(asFolder(folder)), 'r');
      } catch {
        continue;
      }
      try {
        await syncFile(fd);
      } catch {
        // A file system that can't is one that has nothing to lose.
      } finally {
        closeSync(fd);
      }
    }
    this.#touched.clear();
  }
}
