/** A local file, ready to be uploaded: its size, its hash, and its bytes as often as they are needed. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { HqError } from '@hq/shared/errors';
import type { Content } from '../transfer/remote.ts';

export interface Upload {
  readonly content: Content;
  /** Of the content, in hex; the upload is refused if what is read later differs. */
  readonly sha256: string;
  readonly executable: boolean;
}

/** Reads the file once to hash it. @throws HqError `BAD_REQUEST` for what is no plain file (a folder, a pipe, a device). */
export async function readUpload(file: string): Promise<Upload> {
  const found = await stat(file);
  if (!found.isFile()) throw new HqError('BAD_REQUEST', `"${file}" is not a file.`, { hint: 'Folders are kept in step with "hq sync".' });
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1_048_576 })) hash.update(chunk as Buffer);
  return {
    content: { size: found.size, open: () => createReadStream(file, { highWaterMark: 1_048_576 }) },
    sha256: hash.digest('hex'),
    executable: (found.mode & 0o100) !== 0,
  };
}
