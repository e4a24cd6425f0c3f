/** The client as Node runs it: tokens in the keychain or in HQ_HOME, one refresh at a time among all programs of this person, storage over `node:http`. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { composeHq, type Hq } from '../hq.ts';
import type { Exclusively, TokenStore } from '../auth/tokens.ts';
import { withFileLock } from './file-lock.ts';
import { fileTokenStore } from './file-store.ts';
import { nodeHashing } from './hashing.ts';
import { nodeTransport } from './http-transport.ts';
import { keychainTokenStore, systemKeychain } from './keychain-store.ts';

export interface NodeHqOptions {
  readonly server: string;
  /** HQ_HOME: the profile's folder. */
  readonly home: string;
  /** False keeps tokens in files even where there is a keychain. */
  readonly keychain?: boolean;
  /** The most connections to storage at a time. */
  readonly connections?: number;
}

/** Where the tokens of a profile are kept. */
export function nodeTokenStore(home: string, keychain: boolean): TokenStore {
  const file = fileTokenStore(home);
  return keychain ? keychainTokenStore(systemKeychain(), home, file) : file;
}

/** Turns taken by a lock file in the profile's folder. */
export function exclusiveByFile(home: string): Exclusively {
  return (name, work) => withFileLock(join(home, 'locks', `${createHash('sha256').update(name).digest('hex').slice(0, 32)}.lock`), work);
}

/** The client of one server for the person of that profile. */
export function createNodeHq({ server, home, keychain = true, connections }: NodeHqOptions): Hq {
  return composeHq({
    server,
    tokens: nodeTokenStore(home, keychain),
    exclusively: exclusiveByFile(home),
    transport: nodeTransport(connections === undefined ? {} : { connections }),
    hashing: nodeHashing,
  });
}
