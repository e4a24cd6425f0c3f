/**
 * The walk that listing and searching share: from one visible place to the next, page by page, under a session that opens no object. It stops when a page is
 * full or has cost enough, and says where.
 */
import { compareBytes, isFolder, type Path } from '@hq/shared/path';
import { pageSize } from '@hq/shared/schema/files';
import type { Ports } from '../../context.ts';
import type { ListRequest, ObjectEntry, ObjectPage } from '../../ports/objects.ts';
import { openListing, type Job, type StoragePorts } from '../storage-session.ts';
import { keyOf } from './file.ts';
import type { Binding } from '../page-token.ts';
import type { Visible } from './visible.ts';

/** Calls to storage for one page: a page that is still not full then leaves with its token, maybe empty. */
const maxCalls = 10;

export type WalkPorts = StoragePorts & Pick<Ports, 'pageTokens'> & { readonly stores: Pick<Ports['stores'], 'sessions' | 'rules'> };

export interface Entry {
  readonly path: Path;
  readonly size: number;
  readonly lastModified: number;
  readonly etag: string;
}

/** Where a walk stopped: in which place, and there after which path, or at which of storage's own tokens. */
export interface Position {
  readonly place: Path;
  readonly after?: Path;
  readonly token?: string;
}

/** One page in the making. */
export interface Page {
  readonly job: Job;
  readonly visible: Visible;
  readonly files: Entry[];
  readonly folders: Set<Path>;
}

/** Lists in the place that the walk is at. */
export type List = (request: Omit<ListRequest, 'prefix' | 'startAfter'> & { readonly after?: Path | undefined }) => Promise<ObjectPage>;

/** One step in a place, with one call to `list` at most. Answers where to go on there; undefined when nothing is left. */
export type Step = (place: Path, from: Position | undefined, list: List) => Promise<Position | undefined>;

/** Answers where the next page goes on; undefined at the end. */
export async function walkPlaces(
  ports: WalkPorts,
  page: Page,
  places: readonly Path[],
  start: Position | undefined,
  step: Step,
): Promise<Position | undefined> {
  const { job } = page;
  let calls = 0;
  let from = start;
  for (const place of places) {
    // Rules may have changed since the page before: go on at the first place that is not behind.
    if (from !== undefined && compareBytes(place, from.place) < 0 && !from.place.startsWith(place)) continue;
    let at = from?.place === place ? from : undefined;
    from = undefined;
    let bucket: ReturnType<typeof openListing> | undefined;
    const list: List = async ({ after, ...request }) => {
      calls++;
      bucket ??= openListing(ports, job, place);
      const startAfter = after === undefined ? undefined : keyOf(job.access.vault, after);
      return (await bucket).list({ ...request, prefix: keyOf(job.access.vault, place), startAfter });
    };
    do {
      if (roomLeft(page) <= 0 || calls >= maxCalls) return at ?? { place };
      at = await step(place, at, list);
    } while (at !== undefined);
  }
  return undefined;
}

/** Entries that the page still takes. */
export function roomLeft({ files, folders }: Page): number {
  return pageSize - files.length - folders.size;
}

/**
 * A key as a path. Storage clients can make keys that no path of ours is (`a//b`, a name in NFD); they are shown as they are, and rules judge the very string,
 * as storage does.
 */
export function pathOf(page: Page, key: string): Path {
  return key.slice(page.job.access.vault.keyPrefix.length) as Path;
}

/** Puts an entry on the page. A key that ends in `/` marks an empty folder; the one for the folder that is listed says nothing new. */
export function add(page: Page, path: Path, { size, lastModified, etag }: ObjectEntry, listed: Path): void {
  if (!isFolder(path)) page.files.push({ path, size, lastModified, etag });
  else if (path !== listed) page.folders.add(path);
}

/** The position in a token that `sealPosition` made for the same question. @throws HqError `BAD_REQUEST`. */
export function openPosition({ pageTokens }: Pick<Ports, 'pageTokens'>, token: string | undefined, binding: Binding): Position | undefined {
  return token === undefined ? undefined : (JSON.parse(pageTokens.open(token, binding)) as Position);
}

export function sealPosition({ pageTokens }: Pick<Ports, 'pageTokens'>, next: Position | undefined, binding: Binding) {
  return { continuationToken: next === undefined ? null : pageTokens.seal(JSON.stringify(next), binding), isTruncated: next !== undefined };
}
