/** Standard input as a file: an upload is hashed before it is sent and may be sent twice, and a pipe can be read only once. */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

export interface SpooledInput {
  readonly file: string;
  /** Removes it. */
  discard(): Promise<void>;
}

/** Writes all of standard input to a file that only its owner can read. */
export async function spoolInput(): Promise<SpooledInput> {
  const folder = await mkdtemp(join(tmpdir(), 'hq-input-'));
  const discard = () => rm(folder, { recursive: true, force: true });
  const file = join(folder, 'input');
  try {
    await pipeline(process.stdin, createWriteStream(file, { mode: 0o600 }));
  } catch (error) {
    await discard();
    throw error;
  }
  return { file, discard };
}
