/**
 * Listing and searching. What is not the caller's to read is not visited: names, their number and the time they take don't show. `decide()` judges each name
 * once more before it leaves.
 */
import { compareBytes, nameOf, type Path } from '@hq/shared/path';
import type { Job } from '../storage-session.ts';
import { lastNameUnder, stretchesOfLevel, stretchesUnder, type Stretch } from './stretches.ts';
import { loadVisible } from './visible.ts';
import { add, nameIn, openPosition, roomLeft, sealPosition, walkStretches, type List, type Page, type Step, type WalkPorts } from './walk.ts';

/** Names that a search looks at in one call. */
const searchBatch = 1000;

interface Continued {
  readonly continuationToken?: string | undefined;
}

/** A decided request about a folder, or the beginning of a name. */
export interface ListJob extends Job {
  readonly at: { readonly prefix: Path };
}

/** One page of what the caller may see under the prefix. With `recursive: false`, sub-folders stand for what is in them. */
export async function listFiles(ports: WalkPorts, job: ListJob, { recursive, continuationToken }: Continued & { readonly recursive: boolean }) {
  const { prefix } = job.at;
  const binding = ['list', job.access.person.id, job.access.vault.id, prefix, recursive];
  const start = openPosition(ports, continuationToken, binding);
  const page = await newPage(ports, job, prefix);
  const { regions } = page.visible;
  // One name more than the page takes tells whether there is another page.
  const step = recursive
    ? deep(
        page,
        prefix,
        () => true,
        () => roomLeft(page) + 1,
      )
    : flat(page, prefix);
  const next = await walkStretches(ports, page, (recursive ? stretchesUnder : stretchesOfLevel)(regions, prefix), start, step);
  const unusable = [...page.unusable].map(([reason, count]) => ({ reason, count }));
  return { ...sealPosition(ports, next, binding), files: page.files, folders: [...page.folders], unusable };
}

/** A decided request about all that is under a folder. */
export interface SearchJob extends Job {
  readonly at: { readonly under: Path };
}

/** One page of the files whose own name holds the text, whatever the case. */
export async function searchFiles(ports: WalkPorts, job: SearchJob, { text, continuationToken }: Continued & { readonly text: string }) {
  const { under } = job.at;
  const wanted = text.normalize('NFC').toLowerCase();
  const binding = ['search', job.access.person.id, job.access.vault.id, under, wanted];
  const start = openPosition(ports, continuationToken, binding);
  const page = await newPage(ports, job, under);
  const matches = (path: Path) => !path.endsWith('/') && nameOf(path).toLowerCase().includes(wanted);
  const step = deep(page, under, matches, () => searchBatch);
  const next = await walkStretches(ports, page, stretchesUnder(page.visible.regions, under), start, step);
  return { ...sealPosition(ports, next, binding), files: page.files };
}

async function newPage(ports: WalkPorts, job: Job, prefix: Path): Promise<Page> {
  return { job, visible: await loadVisible(ports.stores, job.access, prefix, ports.clock()), files: [], folders: new Set(), unusable: new Map() };
}

/** All names in a stretch, however deep. */
function deep(page: Page, listed: Path, matches: (path: Path) => boolean, batch: () => number): Step {
  return async (stretch, list) => {
    const limit = batch();
    const { entries, token } = await list({ prefix: stretch.prefix, after: stretch.after, limit });
    return take(page, stretch, entries, { limit, token }, (name, entry) => {
      if (page.visible.has(name) && matches(name)) add(page, name, entry, listed);
      return name;
    });
  };
}

/** The names right in a folder. */
function flat(page: Page, listed: Path): Step {
  return async (stretch, list) => {
    if (stretch.folder !== undefined) {
      if (stretch.folder === 'known' || (await holdsSomething(page, stretch.prefix, list))) page.folders.add(stretch.prefix);
      return undefined;
    }
    const limit = roomLeft(page) + 1;
    const { entries, folders, token } = await list({ prefix: stretch.prefix, after: stretch.after, delimiter: '/', limit });
    const items = [...entries, ...folders.map((key) => ({ key }))].toSorted((a, b) => compareBytes(a.key, b.key));
    return take(page, stretch, items, { limit, token }, (name, item) => {
      const entry = 'etag' in item ? item : undefined;
      if (page.visible.has(name)) add(page, name, entry, listed);
      return entry === undefined ? lastNameUnder(name, page.job.access.vault.keyPrefix) : name;
    });
  };
}

/**
 * Goes through what storage answered, as far as the stretch and the page reach; answers the last name that was come past, undefined at the stretch's end. Where
 * a stretch ends at something hidden, storage's own token would tell whether anything is there; so a full answer is what says that there may be more.
 */
function take<Item extends { readonly key: string }>(
  page: Page,
  { before }: Stretch,
  items: readonly Item[],
  { limit, token }: { readonly limit: number; readonly token: string | null },
  visit: (name: Path, item: Item) => string,
): string | undefined {
  let last: string | undefined;
  for (const item of items) {
    const name = nameIn(page, item.key);
    if (before !== undefined && compareBytes(name, before) >= 0) return undefined;
    if (roomLeft(page) <= 0) return last;
    last = visit(name, item);
  }
  return token === null && (before === undefined || items.length < limit) ? undefined : last;
}

/** True where something that the caller may read is in a folder inside which rules draw lines. */
async function holdsSomething(page: Page, folder: Path, list: List): Promise<boolean> {
  for (const { prefix, after, before } of stretchesUnder(page.visible.regions, folder)) {
    const { entries } = await list({ prefix, after, limit: 1 });
    const [first] = entries;
    if (first !== undefined && (before === undefined || compareBytes(nameIn(page, first.key), before) < 0)) return true;
  }
  return false;
}
