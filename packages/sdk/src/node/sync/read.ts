/** Reads content as it is at one moment: a file that changes under the reader is noticed, never sent as if it were whole. */
import { createHash, hash as hashAtOnce } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Content } from '../../transfer/remote.ts';
import { sameStamp, type Stamp } from '../../sync/journal.ts';
import type { HashedFile, LocalFile, Snapshot } from '../../sync/local.ts';
import { changedMeanwhile, fsError } from './fs-error.ts';
import { stampOf } from './stamp.ts';

/** Up to this size a file is read whole and sent from memory, so that what is hashed is what is sent. */
const wholeBytes = 1024 * 1024;
const chunkBytes = 256 * 1024;
const attempts = 3;
/** A link that took the file's place is not followed; a FIFO does not block. */
const openFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** The bytes of an open file that should have that size, or undefined when it has fewer. */
function readWhole(fd: number, size: number): Buffer | undefined {
  const content = Buffer.allocUnsafe(size);
  for (let filled = 0; filled < size; ) {
    const count = readSync(fd, content, filled, size - filled, filled);
    if (count === 0) return undefined;
    filled += count;
  }
  return content;
}

/** The whole content with the stamp it had before and after it was read. The first try believes what the scan saw, and nearly always may. */
function readSteadily(place: string, expected: Stamp): { bytes: Buffer; stats: Stats; readAt: number } {
  const fd = openSync(place, openFlags);
  try {
    let before = expected;
    for (let attempt = 0; attempt < attempts; attempt++) {
      const readAt = Date.now();
      const bytes = before.size > wholeBytes ? undefined : readWhole(fd, before.size);
      const stats = fstatSync(fd);
      if (!stats.isFile() || stats.size > wholeBytes) break;
      const after = stampOf(stats);
      if (bytes !== undefined && sameStamp(before, after)) return { bytes, stats, readAt };
      before = after;
    }
  } finally {
    closeSync(fd);
  }
  throw changedMeanwhile();
}

function snapshotSmall(place: string, file: LocalFile): Snapshot {
  const { bytes, stats, readAt } = readSteadily(place, file.stamp);
  const sha256 = hashAtOnce('sha256', bytes, 'hex');
  const executable = process.platform === 'win32' ? file.executable : (stats.mode & 0o100) !== 0;
  return {
    file: { ...file, executable, stamp: stampOf(stats), sha256, readAt },
    content: {
      size: bytes.length,
      async *open() {
        if (bytes.length > 0) yield bytes;
      },
      whole: { bytes, sha256 },
    },
  };
}

/** Chunks of a file whose stamp stays `file.stamp` from the first byte to the last. */
async function* chunksOf(place: string, file: LocalFile): AsyncGenerator<Uint8Array, void, undefined> {
  const handle = await open(place, openFlags);
  try {
    if (!sameStamp(stampOf(await handle.stat()), file.stamp)) throw changedMeanwhile();
    for (let at = 0; at < file.stamp.size; ) {
      const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, file.stamp.size - at));
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, at);
      if (bytesRead === 0) throw changedMeanwhile();
      at += bytesRead;
      // The last chunk leaves only when nothing changed since the first: without it no upload is complete.
      if (at === file.stamp.size && !sameStamp(stampOf(await handle.stat()), file.stamp)) throw changedMeanwhile();
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

/** The file with the hash of its content. @throws HqError `PRECONDITION_FAILED` when it is no longer the file that was seen. */
export async function hashFile(place: string, file: LocalFile): Promise<HashedFile> {
  if (file.stamp.size <= wholeBytes) {
    const { file: read } = snapshotSmall(place, file);
    if (!sameStamp(read.stamp, file.stamp)) throw changedMeanwhile();
    return read;
  }
  const readAt = Date.now();
  const hash = createHash('sha256');
  for await (const chunk of chunksOf(place, file)) hash.update(chunk);
  return { ...file, sha256: hash.digest('hex'), readAt };
}

/** The content to send. Small files are taken as they are now; large ones are read again as they are sent. A change between
 * the hash and the last byte shows in the stamp; one that hides from that shows in the hash, which whoever stores it compares. */
export async function snapshotFile(place: string, file: LocalFile): Promise<Snapshot> {
  if (file.stamp.size <= wholeBytes) return snapshotSmall(place, file);
  const hashed = file.sha256 === undefined ? await hashFile(place, file) : { ...file, sha256: file.sha256 };
  const content: Content = {
    size: hashed.stamp.size,
    async *open() {
      try {
        yield* chunksOf(place, hashed);
      } catch (error) {
        throw fsError(error);
      }
    },
  };
  return { file: hashed, content };
}
