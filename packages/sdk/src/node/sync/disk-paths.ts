/** Where a canonical path is on the disk: the same, but for names that the disk holds in another Unicode form. */
import { realpathSync, mkdirSync } from 'node:fs';
import { sep } from 'node:path';
import { asFolder, nameOf, parentOf, root, type Path } from '@hq/shared/path';
import { isMissing, occupied } from './fs-error.ts';

export class DiskPaths {
  /** Absolute, without symbolic links, without a separator at its end. */
  readonly root: string;
  /** Files and folders (ending in `/`) whose name on the disk is not their canonical one; values are relative, folders without `/`. */
  readonly #odd = new Map<Path, string>();

  constructor(realRoot: string) {
    this.root = realRoot;
  }

  /** Notes a name as the disk spells it. */
  note(path: Path, onDisk: string): void {
    if (path.replace(/\/$/, '') !== onDisk) this.#odd.set(path, onDisk);
  }

  #relative(path: Path): string {
    if (this.#odd.size === 0) return path.endsWith('/') ? path.slice(0, -1) : path;
    const odd = this.#odd.get(path);
    if (odd !== undefined) return odd;
    const parent = parentOf(path);
    return parent === root ? nameOf(path) : `${this.#relative(parent)}/${nameOf(path)}`;
  }

  /** The absolute place of a file or folder. */
  absolute(path: Path): string {
    return path === root ? this.root : `${this.root}/${this.#relative(path)}`;
  }

  /**
   * Makes sure that the folder of a file exists and is really inside the root: no part of the way is a symbolic link.
   * @throws HqError `CONFLICT` when it is one, or is no folder.
   */
  openWay(path: Path): void {
    const parent = parentOf(path);
    if (parent === root) return;
    const wanted = this.absolute(asFolder(parent));
    const real = (): string => realpathSync.native(wanted);
    let found: string;
    try {
      found = real();
    } catch (error) {
      if (!isMissing(error)) throw error;
      // One folder at a time: a recursive mkdir would follow a link on the way and make folders outside.
      this.openWay(parent);
      try {
        mkdirSync(wanted);
      } catch (failure) {
        if ((failure as NodeJS.ErrnoException).code === 'EEXIST') throw occupied();
        throw failure;
      }
      found = real();
    }
    if (found.normalize('NFC') !== wanted.split('/').join(sep).normalize('NFC')) throw occupied();
  }
}
