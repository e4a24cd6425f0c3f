/** The environment, read in one place. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { UsageError } from './usage-error.ts';

export interface Settings {
  /** HQ_API: the server's address. */
  readonly server: string;
  /** HQ_HOME: the folder of this profile: tokens (where there is no keychain), locks, the chosen organization. */
  readonly home: string;
  /** HQ_KEYCHAIN: `off` keeps tokens in files even where there is a keychain. */
  readonly keychain: boolean;
  /** HQ_DEBUG: any value but `0` shows causes and stack traces. */
  readonly debug: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

function readServer(value: string): string {
  if (!URL.canParse(value)) throw new UsageError(`HQ_API is not an address: "${value}". Set it to something like http://127.0.0.1:8787.`);
  const url = new URL(value);
  const loopback = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback)) {
    throw new UsageError(`HQ_API has to be https, since tokens travel there; plain http is for this computer only. It is "${value}".`);
  }
  return url.origin;
}

/** @throws UsageError for a value that can't be meant. */
export function readSettings(environment: Environment): Settings {
  const debug = environment['HQ_DEBUG'] ?? '';
  return {
    server: readServer(environment['HQ_API'] || 'http://127.0.0.1:8787'),
    home: resolve(environment['HQ_HOME'] || join(homedir(), '.hq')),
    keychain: environment['HQ_KEYCHAIN'] !== 'off',
    debug: debug !== '' && debug !== '0',
  };
}
