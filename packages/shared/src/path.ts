/**
 * Canonical paths. The only module that interprets `/`.
 *
 * A path is relative to its vault. A folder ends in `/`, a file does not, and the root is the empty string. `canonicalPath` is called once, where a path
 * enters; everything after it (store, decide, compile, sign) uses the very string that it returned. `*`, `?`, `$`, `{`, quotes, spaces, emoji and CJK are
 * ordinary characters.
 */
import { HqError } from './errors.ts';

declare const canonical: unique symbol;

/** A path that went through `canonicalPath`. */
export type Path = string & { readonly [canonical]: true };

/** The vault itself. */
export const root = '' as Path;

/** S3's limit for a key and DynamoDB's for a sort key, in UTF-8 bytes, prefix included. */
export const maxKeyBytes = 1024;

/**
 * What the longest vault prefix (`users/{uuid}/hq/`, 47 bytes) and the longest sort-key prefix leave of `maxKeyBytes`, so that a path that is accepted for
 * one vault is accepted for all, and every path has a place in the metadata table.
 */
export const maxPathBytes = maxKeyBytes - 64;

const encoder = new TextEncoder();

function refuse(reason: string, hint: string): never {
  throw new HqError('INVALID_PATH', `This path can't be used: ${reason}.`, { hint, details: { reason } });
}

/**
 * The canonical form (Unicode NFC) of a path that came from outside.
 *
 * @throws HqError `INVALID_PATH` that names the reason: a leading `/`, an empty segment, `.` or `..`, a control character (U+0000–001F, U+007F), a lone
 *   surrogate, a backslash, or more than `maxPathBytes` UTF-8 bytes.
 */
export function canonicalPath(input: string): Path {
  if (!input.isWellFormed()) refuse('it holds half of a surrogate pair', 'Rename the file so that its name is valid Unicode.');
  // NFC never makes a string more than three times as long, nor does UTF-8; a longer input is refused before it costs anything.
  if (input.length > maxPathBytes * 3) refuse(`it is longer than ${maxPathBytes} bytes`, 'Use shorter folder or file names.');
  const path = input.normalize('NFC');
  if (path === '') return root;
  if (/[\u0000-\u001f\u007f]/.test(path)) refuse('it holds a control character', 'Rename the file without control characters.');
  if (path.includes('\\')) refuse('it holds a backslash', 'Separate folders with "/".');
  if (path.startsWith('/')) refuse('it starts with "/"', 'Paths are relative to the vault: leave the first "/" out.');
  const segments = path.split('/');
  if (segments.at(-1) === '') segments.pop();
  for (const segment of segments) {
    if (segment === '') refuse('it holds an empty segment ("//")', 'Use a single "/" between names.');
    if (segment === '.' || segment === '..') refuse(`it holds a "${segment}" segment`, 'Write the path in full, from the root of the vault.');
  }
  // No UTF-16 unit takes more than three bytes: nearly every path is short enough not to be counted.
  if (path.length * 3 > maxPathBytes && encoder.encode(path).length > maxPathBytes)
    refuse(`it is longer than ${maxPathBytes} bytes`, 'Use shorter folder or file names.');
  return path as Path;
}

/** True for the root and for every path that ends in `/`. */
export function isFolder(path: Path): boolean {
  return path === '' || path.endsWith('/');
}

/** The path as a folder: itself, or with `/` added. */
export function asFolder(path: Path): Path {
  return isFolder(path) ? path : (`${path}/` as Path);
}

/** The folder that holds this path; the root holds itself. */
export function parentOf(path: Path): Path {
  return path.slice(0, path.lastIndexOf('/', path.length - 2) + 1) as Path;
}

/** The last name in a path, without a folder's `/`; empty for the root. */
export function nameOf(path: Path): string {
  const end = path.endsWith('/') ? path.length - 1 : path.length;
  return path.slice(path.lastIndexOf('/', end - 1) + 1, end);
}

/** The path itself and every folder above it, longest first, the root last. */
export function selfAndAncestors(path: Path): Path[] {
  const all = [path];
  for (let at = path; at !== ''; ) {
    at = parentOf(at);
    all.push(at);
  }
  return all;
}

/** True when `path` is `cone` or lies under it. A cone is a folder, or a file that then covers only itself. */
export function isInside(path: Path, cone: Path): boolean {
  return isFolder(cone) ? path.startsWith(cone) : path === cone;
}

/** A path under a folder, from a name that was canonical already. */
export function joinPath(folder: Path, relative: Path): Path {
  return canonicalPath(asFolder(folder) + relative);
}

/**
 * Order by UTF-8 bytes, as S3 and DynamoDB list. JavaScript's own `<` compares UTF-16 units and puts U+1F600 before U+FFFF; in code points, as here, the
 * order is that of the bytes.
 */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    let x = a.charCodeAt(i);
    let y = b.charCodeAt(i);
    if (x === y) continue;
    // Move surrogates above the rest of the basic plane, where the code points they stand for are.
    if (x >= 0xd800 && y >= 0xd800) {
      x = x >= 0xe000 ? x - 0x800 : x + 0x2000;
      y = y >= 0xe000 ? y - 0x800 : y + 0x2000;
    }
    return x - y;
  }
  return a.length - b.length;
}
