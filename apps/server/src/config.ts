/** The only reader of `process.env`: every setting of the server, with its default, judged once at start. */
import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

const port = (fallback: number) =>
  z
    .string()
    .refine((text) => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535, { error: ({ input }) => `"${shown(input)}" is no port` })
    .transform(Number)
    .default(fallback);

/** Origins as browsers send them in `Origin`; anything else (a path, a capital, `*`) would never match, or match too much. */
const origins = z
  .string()
  .default('')
  .transform((list) =>
    list
      .split(',')
      .map((origin) => origin.trim())
      .filter((origin) => origin !== ''),
  )
  .pipe(z.array(z.string().refine(isWebOrigin, { error: ({ input }) => `"${shown(input)}" is no web origin` })).max(20));

/** What was typed, as far as it fits into a line. */
function shown(input: unknown): string {
  return String(input).slice(0, 100);
}

function isWebOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, origin } = new URL(text);
  // To S3 a star is a wildcard, even inside a name.
  return (protocol === 'https:' || protocol === 'http:') && origin === text && !text.includes('*');
}

const settings = z.object({
  /** API, REST and sign-in. */
  HQ_PORT: port(8787),
  /** S3, STS, KMS and SSM. */
  HQ_STORAGE_PORT: port(8788),
  /** Everything that outlives a restart. */
  HQ_DATA: z.string().min(1, { error: 'it is empty' }).default('.data'),
  /** Web origins whose pages may call the API and storage from a browser, separated by commas. */
  HQ_ORIGINS: origins,
});

export interface Config {
  readonly port: number;
  readonly storagePort: number;
  /** An absolute path. */
  readonly data: string;
  /** Web origins whose pages may call us from a browser, for example `https://hq.example.com`; none when absent. */
  readonly origins?: readonly string[];
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
    const takes = 'A port is a number from 1 to 65535, HQ_DATA a folder, HQ_ORIGINS a list such as https://hq.example.com,http://127.0.0.1:3000.';
    throw new ConfigError(`${String(issue?.path[0])} can't be used: ${issue?.message}. ${takes}`);
  }
  const { HQ_PORT, HQ_STORAGE_PORT, HQ_DATA, HQ_ORIGINS } = parsed.data;
  if (HQ_PORT === HQ_STORAGE_PORT) throw new ConfigError('HQ_PORT and HQ_STORAGE_PORT are the same: give each a port of its own.');
  const clone = fileURLToPath(new URL('../../..', import.meta.url));
  const data = isAbsolute(HQ_DATA) ? HQ_DATA : resolve(clone, HQ_DATA);
  return { port: HQ_PORT, storagePort: HQ_STORAGE_PORT, data, origins: [...new Set(HQ_ORIGINS)] };
}
