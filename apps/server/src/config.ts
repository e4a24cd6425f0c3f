/** The only reader of `process.env`: every setting of the server, with its default, judged once at start. */
import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

const port = (fallback: number) => z.coerce.number().int().min(1).max(65_535).default(fallback);

const settings = z.object({
  /** API, REST and sign-in. */
  HQ_PORT: port(8787),
  /** S3, STS, KMS and SSM. */
  HQ_STORAGE_PORT: port(8788),
  /** Everything that outlives a restart. */
  HQ_DATA: z.string().min(1).default('.data'),
});

export interface Config {
  readonly port: number;
  readonly storagePort: number;
  /** An absolute path. */
  readonly data: string;
}

/** A setting that can't be used; the message names it and says what it takes. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads the settings.
 * @throws ConfigError that names the first setting that can't be used.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const parsed = settings.safeParse(environment);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new ConfigError(`${String(issue?.path[0])} can't be used: ${issue?.message}. A port is a number from 1 to 65535, HQ_DATA a folder.`);
  }
  const { HQ_PORT, HQ_STORAGE_PORT, HQ_DATA } = parsed.data;
  if (HQ_PORT === HQ_STORAGE_PORT) throw new ConfigError('HQ_PORT and HQ_STORAGE_PORT are the same: give each a port of its own.');
  const clone = fileURLToPath(new URL('../../..', import.meta.url));
  return { port: HQ_PORT, storagePort: HQ_STORAGE_PORT, data: isAbsolute(HQ_DATA) ? HQ_DATA : resolve(clone, HQ_DATA) };
}
