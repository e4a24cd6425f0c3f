/**
 * The walk that listing and searching share: from one visible stretch of names to the next, page by page, under a session that opens no object. It stops when a
 * page is full or has cost enough, and says where.
 */
import { isHqError } from '@hq/shared/errors';
import { canonicalPath, compareBytes, isFolder, parentOf, type Path } from '@hq/shared/path';
import { pageSize } from '@hq/shared/schema/files';
import type { Ports } from '../../context.ts';
import type { ListRequest, ObjectEntry, ObjectPage, OpenBucket } from '../../ports/objects.ts';
import { openListing, type Job, type StoragePorts } from '../storage-session.ts';
import { keyOf } from './file.ts';
import type { Binding } from '../page-token.ts';
import { endsBefore, startOf, type Stretch } from './stretches.ts';
import type { Visible } from './visible.ts';

/** Calls to storage for one page: a page that is still not full then leaves with its token, maybe empty. */
const maxCalls = 32;

export type WalkPorts = StoragePorts & Pick<Ports, 'pageTokens'> & { readonly stores: Pick<Ports['stores'], 'sessions' | 'rules'> };

export interface Entry {
  readonly path: Path;
  readonly size: number;
  readonly lastModified: number;
  readonly etag: string;
}

/** Where a walk stopped: behind a name, or in front of the stretch that begins with it. Either way in the order of names, so it holds under changed rules. */
export interface Position {
  readonly at: string;
  readonly behind: boolean;
}

/** One page in the making. */
export interface Page {
  readonly job: Job;
  readonly visible: Visible;
  readonly files: Entry[];
  readonly folders: Set<Path>;
  /** Names that are no path, by the reason. */
  readonly unusable: Map<string, number>;
}

/** One call to storage, inside a stretch. */
export type List = (request: Pick<ListRequest, 'delimiter' | 'limit'> & { readonly prefix: Path; readonly after: string | undefined }) => Promise<ObjectPage>;

/** One step in a stretch. Answers the last name that it came past; undefined when nothing is left there. */
export type Step = (stretch: Stretch, list: List) => Promise<string | undefined>;

/** Answers where the next page goes on; undefined at the end. */
export async function walkStretches(
  ports: WalkPorts,
  page: Page,
  stretches: readonly Stretch[],
  from: Position | undefined,
  step: Step,
): Promise<Position | undefined> {
  const { job } = page;
  let calls = 0;
  let opened: { readonly folder: Path; readonly bucket: OpenBucket } | undefined;
  const list: List = async ({ prefix, after, ...request }) => {
    calls++;
    const folder = isFolder(prefix) ? prefix : parentOf(prefix);
    if (opened === undefined || !folder.startsWith(opened.folder)) opened = { folder, bucket: await openListing(ports, job, folder) };
    const { keyPrefix } = job.access.vault;
    return opened.bucket.list({ ...request, prefix: keyOf(job.access.vault, prefix), startAfter: after === undefined ? undefined : keyPrefix + after });
  };
  for (const stretch of stretches) {
    if (from !== undefined && endsBefore(stretch, from.at)) continue;
    let at = from !== undefined && compareBytes(startOf(stretch), from.at) < (from.behind ? 1 : 0) ? from.at : undefined;
    do {
      if (roomLeft(page) <= 0 || calls >= maxCalls) return at === undefined ? { at: startOf(stretch), behind: false } : { at, behind: true };
      at = await step(at === undefined ? stretch : { ...stretch, after: at }, list);
    } while (at !== undefined);
  }
  return undefined;
}

/** Entries that the page still takes. */
export function roomLeft({ files, folders }: Page): number {
  return pageSize - files.length - folders.size;
}

/** A key without the vault's prefix. Storage clients can make keys that no path of ours is: rules judge the very string, as storage does. */
export function nameIn(page: Page, key: string): Path {
  return key.slice(page.job.access.vault.keyPrefix.length) as Path;
}

/** Why a name can't be used as a path; undefined where it can. */
export function unusableBecause(name: Path): string | undefined {
  try {
    return canonicalPath(name) === name ? undefined : 'it is not in Unicode NFC';
  } catch (error) {
    if (!isHqError(error)) throw error;
    const reason = error.details?.['reason'];
    return typeof reason === 'string' ? reason : 'it is no path';
  }
}

/** Puts a name on the page. One that ends in `/` is a folder, or its mark; the one of the folder that is listed says nothing new. */
export function add(page: Page, path: Path, entry: ObjectEntry | undefined, listed: Path): void {
  const reason = unusableBecause(path);
  if (reason !== undefined) page.unusable.set(reason, (page.unusable.get(reason) ?? 0) + 1);
  else if (entry !== undefined && !isFolder(path)) page.files.push({ path, size: entry.size, lastModified: entry.lastModified, etag: entry.etag });
  else if (path !== listed) page.folders.add(path);
}

/** The position in a token that `sealPosition` made for the same question. @throws HqError `BAD_REQUEST`. */
export function openPosition({ pageTokens }: Pick<Ports, 'pageTokens'>, token: string | undefined, binding: Binding): Position | undefined {
  return token === undefined ? undefined : (JSON.parse(pageTokens.open(token, binding)) as Position);
}

export function sealPosition({ pageTokens }: Pick<Ports, 'pageTokens'>, next: Position | undefined, binding: Binding) {
  return { continuationToken: next === undefined ? null : pageTokens.seal(JSON.stringify(next), binding), isTruncated: next !== undefined };
}
