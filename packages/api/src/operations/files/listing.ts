/**
 * Listing and searching. What `decide()` does not let the caller read is left out before anything leaves, and places that hold nothing for the caller are not
 * even visited, so that neither names nor their number show.
 */
import { nameOf, type Path } from '@hq/shared/path';
import type { Job } from '../storage-session.ts';
import { loadVisible } from './visible.ts';
import { add, openPosition, pathOf, roomLeft, sealPosition, walkPlaces, type Page, type Step, type WalkPorts } from './walk.ts';

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
  const { places } = page.visible;
  const next = recursive
    ? await walkPlaces(
        ports,
        page,
        places,
        start,
        deep(
          page,
          prefix,
          () => true,
          () => roomLeft(page),
        ),
      )
    : await walkPlaces(ports, page, [...new Set(places.map((place) => folderOnTheWay(prefix, place) ?? place))], start, flat(page, prefix));
  return { ...sealPosition(ports, next, binding), files: page.files, folders: [...page.folders] };
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
  const next = await walkPlaces(
    ports,
    page,
    page.visible.places,
    start,
    deep(page, under, matches, () => searchBatch),
  );
  return { ...sealPosition(ports, next, binding), files: page.files };
}

async function newPage(ports: WalkPorts, job: Job, prefix: Path): Promise<Page> {
  return { job, visible: await loadVisible(ports.stores, job.access, prefix, ports.clock()), files: [], folders: new Set() };
}

/** All names in a place, however deep. Stops right after the name that fills the page. */
function deep(page: Page, listed: Path, matches: (path: Path) => boolean, batch: () => number): Step {
  return async (place, from, list) => {
    const { entries, token } = await list({ after: from?.after, limit: batch() });
    for (const [index, entry] of entries.entries()) {
      const path = pathOf(page, entry.key);
      if (page.visible.has(path) && matches(path)) add(page, path, entry, listed);
      if (roomLeft(page) <= 0 && (token !== null || index + 1 < entries.length)) return { place, after: path };
    }
    const last = entries.at(-1);
    return token === null || last === undefined ? undefined : { place, after: pathOf(page, last.key) };
  };
}

/** The names right in a folder. */
function flat(page: Page, prefix: Path): Step {
  return async (place, from, list) => {
    if (folderOnTheWay(prefix, place) === place) {
      page.folders.add(place);
      return undefined;
    }
    const { entries, folders, token } = await list({ delimiter: '/', token: from?.token, limit: roomLeft(page) });
    for (const entry of entries) {
      const path = pathOf(page, entry.key);
      if (page.visible.has(path)) add(page, path, entry, prefix);
    }
    for (const folder of folders) {
      const path = pathOf(page, folder);
      if (page.visible.leadsTo(path)) page.folders.add(path);
    }
    return token === null ? undefined : { place, token };
  };
}

/**
 * The sub-folder of the prefix that a deeper place is in; undefined for a place that is not deeper. The folder is shown without a look at storage: the caller
 * knows it from the rule that leads there.
 */
function folderOnTheWay(prefix: Path, place: Path): Path | undefined {
  const slash = place === prefix ? -1 : place.indexOf('/', prefix.length);
  return slash < 0 ? undefined : (place.slice(0, slash + 1) as Path);
}
