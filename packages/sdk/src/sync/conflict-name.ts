/**
 * The name of a conflict copy: `report (conflict from laptop ab12cd34).md`. It depends on nothing but the path, the device and the content, so a sync that was
 * interrupted and repeated makes the same copy and not a second one; and a copy that itself comes into conflict gets a sibling, never a longer chain.
 */
import { canonicalPath, maxPathBytes, nameOf, parentOf, root, type Path } from '@hq/shared/path';

const mark = / \(conflict from [A-Za-z0-9._-]{1,32} [0-9a-f]{8,64}\)/;
/** What every file system in use allows for one name. */
const maxNameBytes = 255;
const encoder = new TextEncoder();
const byteLength = (text: string): number => encoder.encode(text).length;

/** A device's name as it may stand in a file's name: 1 to 32 letters, digits, `.`, `_`, `-`. */
export function deviceLabel(hostname: string): string {
  return hostname.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 32) || 'device';
}

/** The path whose conflict this is a copy of, or undefined for any other path. */
export function conflictBase(path: Path): Path | undefined {
  return mark.test(nameOf(path)) ? canonicalPath(parentOf(path) + nameOf(path).replace(mark, '')) : undefined;
}

/** Shortens by whole characters until it fits. */
function fit(text: string, bytes: number): string {
  const characters = Array.from(text);
  while (characters.length > 0 && byteLength(characters.join('')) > bytes) characters.pop();
  return characters.join('');
}

/** Where the local content goes. `digits` of the hash (8 to 64) are raised by a caller that finds the name taken by something else. */
export function conflictPath(path: Path, device: string, sha256: string, digits = 8): Path {
  const base = conflictBase(path) ?? path;
  const name = nameOf(base);
  // A leading dot is part of the stem (`.profile`), and two endings belong together in `.tar.gz`.
  const extension = /(?<=.)(?:\.tar)?\.[^.\s]{1,16}$/.exec(name)?.[0] ?? '';
  const label = ` (conflict from ${deviceLabel(device)} ${sha256.slice(0, digits)})`;
  const fixed = byteLength(label + extension);
  let folder = parentOf(base);
  // Deep down a path can be too long for any longer name: then the copy goes as far up as it has to.
  while (folder !== root && byteLength(folder) + fixed >= maxPathBytes) folder = parentOf(folder);
  const room = Math.min(maxNameBytes, maxPathBytes - byteLength(folder)) - fixed;
  return canonicalPath(`${folder}${fit(name.slice(0, name.length - extension.length), room)}${label}${extension}`);
}
