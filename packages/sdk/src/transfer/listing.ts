/** Everything under a folder: from storage itself where a session may list it, otherwise through the API, which leaves out what the caller may not see. */
import { HqError } from '@hq/shared/errors';
import { canonicalPath, isFolder, type Path } from '@hq/shared/path';
import type { RemoteFile } from './remote.ts';
import type { Lease } from './sessions.ts';
import type { Storage } from './storage.ts';
import { elementsOf, textOf } from './xml.ts';

export interface ApiPage {
  readonly files: readonly { readonly path: string; readonly size: number; readonly etag: string }[];
  readonly continuationToken: string | null;
}

export interface ListingPorts {
  readonly storage: Storage;
  readonly leaseListing: (folder: Path) => Promise<Lease | undefined>;
  /** `files.list`, recursive. */
  readonly listPage: (folder: Path, continuationToken: string | undefined) => Promise<ApiPage>;
  /** Hears of every object whose key is no canonical path: it can't be synced, and must not be skipped in silence. */
  readonly onUnusable: (key: string, reason: string) => void;
}

/** `a+b` is a space and `%2B` a plus in S3's url encoding. */
function decodeKey(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

/** The path of a key as another client may have written it, or nothing for a folder's marker and for a key that is not canonical. */
function pathOf(key: string, onUnusable: ListingPorts['onUnusable']): Path | undefined {
  if (key === '' || key.endsWith('/')) return undefined;
  try {
    const path = canonicalPath(key);
    if (path === key) return path;
    onUnusable(key, 'its name is not in Unicode NFC');
  } catch (error) {
    if (!(error instanceof HqError)) throw error;
    onUnusable(key, String(error.details?.['reason'] ?? error.message));
  }
  return undefined;
}

async function* fromStorage(folder: Path, { storage, leaseListing, onUnusable }: ListingPorts, first: Lease): AsyncGenerator<RemoteFile> {
  const { keyPrefix } = first.grant;
  let token: string | undefined;
  let lease: Lease | undefined = first;
  do {
    const response = await storage.send(
      {
        method: 'GET',
        path: folder,
        access: 'read',
        onBucket: true,
        query: { 'list-type': '2', 'encoding-type': 'url', 'max-keys': '1000', prefix: keyPrefix + folder, 'continuation-token': token },
      },
      async () => {
        // The first one is at hand; after it was refused or has grown old, another is asked for.
        const ready = lease ?? (await leaseListing(folder));
        lease = undefined;
        if (ready === undefined) throw new HqError('FORBIDDEN', `You may no longer list "${folder}".`, { hint: 'Start again: your access has changed.' });
        return ready;
      },
    );
    const xml = await response.text();
    for (const entry of elementsOf(xml, 'Contents')) {
      const key = decodeKey(textOf(entry, 'Key') ?? '');
      const path = key.startsWith(keyPrefix) ? pathOf(key.slice(keyPrefix.length), onUnusable) : undefined;
      if (path !== undefined) yield { path, size: Number(textOf(entry, 'Size')), etag: (textOf(entry, 'ETag') ?? '').replaceAll('"', '') };
    }
    token = textOf(xml, 'IsTruncated') === 'true' ? textOf(xml, 'NextContinuationToken') : undefined;
  } while (token !== undefined);
}

async function* fromApi(folder: Path, { listPage, onUnusable }: ListingPorts): AsyncGenerator<RemoteFile> {
  let token: string | undefined;
  do {
    const page = await listPage(folder, token);
    for (const file of page.files) {
      const path = pathOf(file.path, onUnusable);
      if (path !== undefined) yield { path, size: file.size, etag: file.etag };
    }
    token = page.continuationToken ?? undefined;
  } while (token !== undefined);
}

/** All files under `cone`, in order of UTF-8 bytes; a file as the cone is itself, if it is there. */
export async function* listFiles(cone: Path, ports: ListingPorts): AsyncGenerator<RemoteFile> {
  const lease = isFolder(cone) ? await ports.leaseListing(cone) : undefined;
  for await (const file of lease === undefined ? fromApi(cone, ports) : fromStorage(cone, ports, lease)) {
    if (isFolder(cone) || file.path === cone) yield file;
  }
}
