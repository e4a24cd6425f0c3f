/** What a profile remembers beside its tokens: the vault that is meant when none is named, for each server. */
import { join } from 'node:path';
import { readPrivateFile, writePrivateFile } from '@hq/sdk/node/private-file';

export interface Profile {
  /** An organization's id, or `personal`; undefined when nothing was chosen. */
  vault(server: string): Promise<string | undefined>;
  choose(server: string, vault: string): Promise<void>;
}

/** The profile in that folder. */
export function openProfile(home: string): Profile {
  const file = join(home, 'profile.json');
  const read = async (): Promise<Record<string, string>> => {
    try {
      const value: unknown = JSON.parse((await readPrivateFile(file)) ?? '{}');
      return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).filter(([, vault]) => typeof vault === 'string')) : {};
    } catch (error) {
      if (error instanceof SyntaxError) return {};
      throw error;
    }
  };
  return {
    vault: async (server) => (await read())[server],
    choose: async (server, vault) => writePrivateFile(file, `${JSON.stringify({ ...(await read()), [server]: vault }, null, 2)}\n`),
  };
}
