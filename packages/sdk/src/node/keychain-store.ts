/**
 * Tokens in the operating system's keychain, where there is one, and otherwise in a file. A keychain can be absent, locked, or too small for a token (Windows
 * holds 2,560 bytes), and says so with one generic error: whatever it is, the file takes over.
 */
import { resolve } from 'node:path';
import { isTokens, type Tokens, type TokenStore } from '../auth/tokens.ts';

/** One secret by the account's name. Every method may throw: there may be no keychain. */
export interface Keychain {
  get(account: string): Promise<string | undefined>;
  set(account: string, secret: string): Promise<void>;
  remove(account: string): Promise<void>;
}

/** On Linux the Secret Service alone: the kernel's key ring, the library's second choice, would forget the sign-in at the next boot. */
async function entry(account: string) {
  const { AsyncEntry } = await import('@napi-rs/keyring');
  return new AsyncEntry('hq-cloud', account, { linux: { store: 'secret-service' } });
}

/** The system's own. */
export function systemKeychain(): Keychain {
  return {
    get: async (account) => (await (await entry(account)).getPassword()) ?? undefined,
    set: async (account, secret) => (await entry(account)).setPassword(secret),
    remove: async (account) => void (await (await entry(account)).deletePassword()),
  };
}

/** A store that prefers the keychain and falls back to `file`. The profile's folder is part of the account's name: two profiles are two people. */
export function keychainTokenStore(keychain: Keychain, home: string, file: TokenStore): TokenStore {
  const accountOf = (server: string): string => `${server} ${resolve(home)}`;
  const fromKeychain = async (server: string): Promise<Tokens | undefined> => {
    try {
      const value: unknown = JSON.parse((await keychain.get(accountOf(server))) ?? 'null');
      return isTokens(value) ? value : undefined;
    } catch {
      return undefined;
    }
  };
  return {
    load: async (server) => {
      const [kept, written] = await Promise.all([fromKeychain(server), file.load(server)]);
      // Both exist after the keychain was locked for a while: the later refresh is the one that still works.
      if (kept === undefined || written === undefined) return kept ?? written;
      return written.expiresAt > kept.expiresAt ? written : kept;
    },
    save: async (server, tokens) => {
      try {
        await keychain.set(accountOf(server), JSON.stringify(tokens));
      } catch {
        return file.save(server, tokens);
      }
      return file.clear(server);
    },
    clear: async (server) => {
      await file.clear(server);
      // Without a keychain there is nothing in it to clear.
      await keychain.remove(accountOf(server)).catch(() => undefined);
    },
  };
}
