/** The steps that carry or remove one file. Each is conditional on both sides, and writes to the journal only what has already happened. */
import type { Content } from '../transfer/remote.ts';
import type { Arrival } from './local.ts';
import { entryOf, executableIn, metadataOf, sha256In, stale, stoppedByOwner, type FileAction, type Work } from './work.ts';

/** Content up to this size leaves at once; there is nothing to stop. */
const oneChunkBytes = 1024 * 1024;

/** The same content, ending in an error once the sync is stopped: an upload under way then leaves nothing behind. */
function stoppable(content: Content, signal: AbortSignal): Content {
  if (content.size <= oneChunkBytes) return content;
  return {
    size: content.size,
    async *open() {
      for await (const chunk of content.open()) {
        if (signal.aborted) throw stoppedByOwner();
        yield chunk;
      }
    },
  };
}

/** Content goes to the vault, in place of exactly the version that was planned on. */
export async function upload(work: Work, { path, local, remote }: FileAction): Promise<void> {
  if (local === undefined) throw stale(path);
  const { file, content } = await work.local.snapshot(local);
  const { etag } = await work.remote.put(path, stoppable(content, work.signal), { etag: remote?.etag ?? null }, metadataOf(file));
  work.journal.record(path, entryOf(file, etag));
  work.options.onEvent({ event: 'uploaded', path, size: content.size });
}

/** Called when the content is here and checked, before it takes its place; `agreed` leaves it out. */
type BeforePlace = (arrival: Arrival, executable: boolean) => Promise<'place' | 'agreed'>;

/** Content comes from the vault. With `before`, the place is expected to be empty afterwards. True when it was placed. */
export async function download(work: Work, { path, local, remote }: FileAction, before?: BeforePlace): Promise<boolean> {
  if (remote === undefined) throw stale(path);
  const { body, metadata, etag, size } = await work.remote.get(path, { etag: remote.etag });
  const executable = executableIn(metadata);
  const arrival = await work.local.receive(body, size, sha256In(metadata), work.signal);
  try {
    if (before !== undefined && (await before(arrival, executable)) === 'agreed') return false;
    const file = arrival.place(path, before === undefined ? local : undefined, executable);
    work.journal.record(path, entryOf(file, etag));
  } finally {
    arrival.discard();
  }
  if (before === undefined) work.options.onEvent({ event: 'downloaded', path, size });
  return true;
}

/** Deleted here, so deleted there: as a new version, under which the old ones can be found. */
export async function deleteRemote(work: Work, { path, remote }: FileAction): Promise<void> {
  if (remote === undefined || work.local.look(path) !== undefined) throw stale(path);
  await work.remote.remove(path, { etag: remote.etag });
  work.journal.forget(path);
  work.options.onEvent({ event: 'deleted-in-vault', path });
}

/** Deleted there, so deleted here, if it is still what both sides had. */
export async function deleteLocal(work: Work, { path, local }: FileAction): Promise<void> {
  if (local === undefined) throw stale(path);
  work.local.remove(path, local);
  work.journal.forget(path);
  work.options.onEvent({ event: 'deleted-here', path });
}
