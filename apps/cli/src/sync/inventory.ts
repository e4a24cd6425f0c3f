/** What would go into the vault and what is held back, in a few lines: read before the first upload, and whenever someone asks. */
import type { HeldBack } from '@hq/sdk/sync/local';
import type { Prepared } from '@hq/sdk/sync/prepare';
import { readable } from '../sizes.ts';

const examples = 3;

/** `1 file`, `2 files`. */
export const countOf = (files: number): string => `${files} ${files === 1 ? 'file' : 'files'}`;

interface Group {
  readonly reason: string;
  readonly paths: string[];
}

function groupsOf(heldBack: readonly HeldBack[]): Group[] {
  const groups = new Map<string, Group>();
  for (const { path, reason, layer } of heldBack) {
    const why = layer === 'default' ? reason : `your own ${layer === 'gitignore' ? '.gitignore' : '.hqignore'} (${reason})`;
    const group = groups.get(why) ?? { reason: why, paths: [] };
    group.paths.push(path);
    groups.set(why, group);
  }
  return [...groups.values()].sort((a, b) => b.paths.length - a.paths.length);
}

const some = (paths: readonly string[]): string => paths.slice(0, examples).join(', ') + (paths.length > examples ? `, … (${paths.length} in all)` : '');

/** The folders and files right in the root, each with what it would upload. */
function uploadLines({ actions, waiting }: Prepared): string[] {
  const parts = new Map<string, { files: number; bytes: number }>();
  for (const { kind, path, local } of [...actions, ...waiting]) {
    if (kind !== 'upload') continue;
    const slash = path.indexOf('/');
    const name = slash < 0 ? path : path.slice(0, slash + 1);
    const part = parts.get(name) ?? { files: 0, bytes: 0 };
    parts.set(name, { files: part.files + 1, bytes: part.bytes + (local?.stamp.size ?? 0) });
  }
  const shown = [...parts].sort(([, a], [, b]) => b.bytes - a.bytes);
  const lines = shown.slice(0, 12).map(([name, { files, bytes }]) => `    ${name}  ${name.endsWith('/') ? `${countOf(files)}, ` : ''}${readable(bytes)}`);
  if (shown.length > 12) lines.push(`    … and ${shown.length - 12} more`);
  return lines;
}

export interface Inventory {
  readonly files: number;
  readonly bytes: number;
  readonly heldBack: readonly HeldBack[];
}

/** The same for programs. */
export function inventoryOf(prepared: Prepared): Inventory {
  const uploads = [...prepared.actions, ...prepared.waiting].filter(({ kind }) => kind === 'upload');
  return { files: uploads.length, bytes: uploads.reduce((sum, { local }) => sum + (local?.stamp.size ?? 0), 0), heldBack: prepared.scan.heldBack };
}

/** What stays out of the vault, every reason once, with examples; nothing where nothing does. */
export function heldBackLines(heldBack: readonly HeldBack[]): string[] {
  if (heldBack.length === 0) return [];
  const lines = groupsOf(heldBack).map(({ reason, paths }) => `    ${some(paths)}  ${reason}`);
  return ['Held back (let something in with a line like !folder/ in .hqignore):', ...lines];
}

/** For people; every reason once, with examples. `vault` as it is called in a sentence. */
export function inventoryLines(prepared: Prepared, vault: string): string[] {
  const { files, bytes, heldBack } = inventoryOf(prepared);
  const lines = files === 0 ? [`Nothing here is new to ${vault}.`] : [`To ${vault}: ${countOf(files)}, ${readable(bytes)}`];
  return [...lines, ...uploadLines(prepared), ...heldBackLines(heldBack)];
}
