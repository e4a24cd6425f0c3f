/**
 * The ignore rules of a folder, in three layers of which the later wins: built-in defaults, every `.gitignore`, every `.hqignore`. Patterns mean what they mean to
 * git, also in nested folders: inside a layer the deeper file wins, and nothing can be let back in while the folder around it is held back.
 */
import ignore, { type Ignore } from 'ignore';
import { nameOf, parentOf, root, selfAndAncestors, type Path } from '@hq/shared/path';
import { defaultRules, neverSynced } from './defaults.ts';

export type IgnoreLayer = 'default' | 'gitignore' | 'hqignore';

/** Why a path is held back. */
export interface Verdict {
  readonly layer: IgnoreLayer;
  readonly reason: string;
}

interface Pattern {
  readonly pattern: string;
  readonly mark: string;
}

/** The files that hold rules, and the layer each belongs to. */
export const ignoreFiles: ReadonlyMap<string, 'gitignore' | 'hqignore'> = new Map([
  ['.gitignore', 'gitignore'],
  ['.hqignore', 'hqignore'],
]);
/** More than any real file; a longer one is cut, so that it costs nothing. */
const maxLines = 10_000;

const mark = (layer: IgnoreLayer, reason: string): string => `${layer}\n${reason}`;
const anyCase = (pattern: string): string => pattern.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);

/** To git a slash inside a pattern ties it to the root; a default rule holds at any depth. */
const anywhere = (pattern: string): string => (pattern.slice(0, -1).includes('/') ? `**/${pattern}` : pattern);

const defaults: readonly Pattern[] = defaultRules.flatMap(({ patterns, kind, reason }) =>
  patterns.map((pattern) => ({ pattern: anywhere(anyCase(pattern)), mark: mark('default', `${kind}: ${reason}`) })),
);

/**
 * Matches every name at which some default rule could end; nearly no other. Asked first, it spares most files the hundred rules one by one. A pattern is tied to
 * its last name here, so this can only say too often that the rules have to be asked.
 */
const suspicious = new RegExp(
  `^(?:${defaultRules
    .flatMap(({ patterns }) => patterns.filter((pattern) => !pattern.startsWith('!')))
    .map((pattern) => pattern.replace(/\/$/, '').replace(/^(?:.*\/|\\)/, ''))
    .map((name) =>
      name
        .replace(/[.+^${}()|\\]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.'),
    )
    .join('|')})$`,
  'is',
);

/** A pattern of a nested file, written as its root would write it. */
function rooted(line: string, folder: Path): string {
  if (folder === root) return line;
  const negative = line.startsWith('!');
  const body = negative ? line.slice(1) : line;
  const here = `/${folder.replace(/[\\*?[\]!# ]/g, '\\$&')}`;
  // A slash before the end ties a pattern to its folder; without one it holds at any depth.
  const tied = body.replace(/\s+$/, '').slice(0, -1).includes('/');
  return `${negative ? '!' : ''}${here}${tied ? '' : '**/'}${body.replace(/^\//, '')}`;
}

function patternsIn(text: string, layer: 'gitignore' | 'hqignore', folder: Path): Pattern[] {
  return text
    .normalize('NFC')
    .split(/\r?\n/, maxLines)
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => ({ pattern: rooted(line, folder), mark: mark(layer, `${folder}.${layer}: ${line}`) }));
}

interface FolderRules {
  readonly gitignore: readonly Pattern[];
  readonly hqignore: readonly Pattern[];
  readonly judge: Ignore;
}

function compile(gitignore: readonly Pattern[], hqignore: readonly Pattern[]): FolderRules {
  return { gitignore, hqignore, judge: ignore({ ignorecase: false }).add([...defaults, ...gitignore, ...hqignore]) };
}

/** Filled folder by folder, from the root down, while a tree is walked; answers for any path afterwards. */
export class IgnoreLayers {
  readonly #folders = new Map<Path, FolderRules>([[root, compile([], [])]]);

  /** The rules that a folder's own files add. Either may be undefined. */
  add(folder: Path, texts: { readonly gitignore?: string | undefined; readonly hqignore?: string | undefined }): void {
    if (texts.gitignore === undefined && texts.hqignore === undefined) return;
    const above = this.#rulesFor(folder);
    const own = (layer: 'gitignore' | 'hqignore'): Pattern[] => [...above[layer], ...patternsIn(texts[layer] ?? '', layer, folder)];
    this.#folders.set(folder, compile(own('gitignore'), own('hqignore')));
  }

  #rulesFor(folder: Path): FolderRules {
    for (let at = folder; ; at = parentOf(at)) {
      const rules = this.#folders.get(at);
      if (rules !== undefined) return rules;
    }
  }

  /** Why this file, or this folder (ending in `/`), is held back, or undefined when it takes part. The folders above it are asked on their own. */
  verdict(path: Path): Verdict | undefined {
    const never = neverSynced.get(nameOf(path).toLowerCase());
    if (never !== undefined) return { layer: 'default', reason: never };
    const { gitignore, hqignore, judge } = this.#rulesFor(parentOf(path));
    if (gitignore.length === 0 && hqignore.length === 0 && !suspicious.test(nameOf(path))) return undefined;
    const { ignored, rule } = judge.test(path);
    if (!ignored) return undefined;
    const [layer, reason] = (rule?.mark ?? mark('default', 'held back')).split('\n', 2);
    return { layer: layer as IgnoreLayer, reason: reason ?? '' };
  }

  /** True when the path or a folder above it is held back. */
  holdsBack(path: Path): boolean {
    return selfAndAncestors(path).some((at) => at !== root && this.verdict(at) !== undefined);
  }
}
