/** Names that some computer cannot hold. The vault takes them all; whoever syncs should know before a colleague's machine refuses. */
import type { Path } from '@hq/shared/path';

const reserved = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;
const encoder = new TextEncoder();

/** Why Windows can't hold this path, as the end of a sentence, or undefined when it can. https://learn.microsoft.com/windows/win32/fileio/naming-a-file */
export function windowsRefusal(path: Path): string | undefined {
  for (const name of path.split('/')) {
    if (reserved.test(name)) return `"${name}" is a device's name there`;
    if (/[<>:"|?*]/.test(name)) return `"${name}" holds one of < > : " | ? *`;
    if (/[. ]$/.test(name)) return `"${name}" ends in a dot or a space`;
  }
  return undefined;
}

/** Why no file system in use can hold this path, or undefined when one can. */
export function anyRefusal(path: Path): string | undefined {
  const long = path.split('/').find((name) => encoder.encode(name).length > 255);
  return long === undefined ? undefined : 'one of its names is longer than 255 bytes';
}
