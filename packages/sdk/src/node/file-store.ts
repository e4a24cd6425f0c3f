/** Tokens in files of mode 0600 under HQ_HOME, one a server: for machines without a keychain. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isTokens, type TokenStore } from '../auth/tokens.ts';
import { readPrivateFile, writePrivateFile } from './private-file.ts';

/** A store under `home`. A file that is not ours to read as tokens counts as none. */
export function fileTokenStore(home: string): TokenStore {
  const fileOf = (server: string): string => join(home, 'tokens', `${encodeURIComponent(server)}.json`);
  return {
    load: async (server) => {
      const text = await readPrivateFile(fileOf(server));
      if (text === undefined) return undefined;
      try {
        const value: unknown = JSON.parse(text);
        return isTokens(value) ? value : undefined;
      } catch {
        return undefined;
      }
    },
    save: (server, tokens) => writePrivateFile(fileOf(server), JSON.stringify(tokens)),
    clear: (server) => rm(fileOf(server), { force: true }),
  };
}
