/** A local file, ready to be uploaded: its size, its hash, and its bytes as often as they are needed. */
import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { HqError } from '@hq/shared/errors';
import type { Content } from '../transfer/remote.ts';

/** How much is read at a time. */
const chunkBytes = 262_144;

export interface Upload {
  readonly content: Content;
  /** Of the content, in hex; the upload is refused if what is read later differs. */
  readonly sha256: string;
  readonly executable: boolean;
}

/** The file's bytes, always in the same buffer: each chunk has to be used before the next is asked for. Streams would leave garbage as long as the file. */
async function* chunksOf(file: string): AsyncGenerator<Uint8Array> {
  const handle = await open(file, 'r');
  try {
    const buffer = new Uint8Array(chunkBytes);
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, chunkBytes);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

/** Reads the file once to hash it. @throws HqError `BAD_REQUEST` for what is no plain file (a folder, a pipe, a device). */
export async function readUpload(file: string): Promise<Upload> {
  const found = await stat(file);
  if (!found.isFile()) throw new HqError('BAD_REQUEST', `"${file}" is not a file.`, { hint: 'Folders are kept in step with "hq sync".' });
  const hash = createHash('sha256');
  for await (const chunk of chunksOf(file)) hash.update(chunk);
  return {
    content: { size: found.size, open: () => chunksOf(file) },
    sha256: hash.digest('hex'),
    executable: (found.mode & 0o100) !== 0,
  };
}
