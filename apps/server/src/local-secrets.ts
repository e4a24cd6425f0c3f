/**
 * What one machine has to keep to itself: the broker's access key and the key that seals continuation tokens. Made once at the first start, in a file that only
 * its owner can read; whoever has it can be the broker, so it lies beside the data that it guards.
 */
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { RandomBytes } from '@hq/shared/ids';

const secrets = z.object({ accessKeyId: z.string().min(16), secretAccessKey: z.string().min(32), pageTokenKey: z.base64().length(44) });

export type LocalSecrets = z.infer<typeof secrets>;

/** Reads the secrets, or makes them. Two starts at once end with the same ones. @throws where the folder can't be written or the file is not ours. */
export function localSecrets(folder: string, randomBytes: RandomBytes): LocalSecrets {
  const file = join(folder, 'secrets.json');
  return read(file) ?? make(file, randomBytes);
}

function read(file: string): LocalSecrets | undefined {
  try {
    return secrets.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    // Never the parser's message: it quotes the text.
    throw new Error(`${file} is damaged. Restore it from a backup of this folder.`, { cause: error });
  }
}

function make(file: string, randomBytes: RandomBytes): LocalSecrets {
  const text = (length: number) => Buffer.from(randomBytes(length)).toString('base64url');
  const made: LocalSecrets = {
    accessKeyId: `AKIA${Buffer.from(randomBytes(8)).toString('hex').toUpperCase()}`,
    secretAccessKey: text(30),
    pageTokenKey: Buffer.from(randomBytes(32)).toString('base64'),
  };
  // Whole under another name first, then linked: a crash leaves no half of it, and of two starts the first one's holds.
  const draft = `${file}.${process.pid}`;
  const handle = openSync(draft, 'w', 0o600);
  writeSync(handle, JSON.stringify(made));
  fsyncSync(handle);
  closeSync(handle);
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    unlinkSync(draft);
  }
  const kept = read(file);
  if (kept === undefined) throw new Error(`${file} went away while it was made.`);
  return kept;
}
