/** The door of the SDK, for browsers and any runtime with `fetch`. In Node, `@hq/sdk/node/hq` adds the keychain, the file lock and faster transfers. */
import { exclusiveInProcess, type TokenStore } from './auth/tokens.ts';
import { composeHq, type Hq } from './hq.ts';
import { fetchTransport } from './transfer/fetch-transport.ts';
import { webHashing } from './transfer/web-hashing.ts';

export interface WebHqOptions {
  /** The server's address: scheme, host and port. */
  readonly server: string;
  readonly tokens: TokenStore;
  readonly fetch?: typeof fetch;
}

/** The client of one server, over `fetch` alone. */
export function createHq({ server, tokens, fetch }: WebHqOptions): Hq {
  const given = fetch === undefined ? {} : { fetch };
  return composeHq({ server, tokens, ...given, exclusively: exclusiveInProcess(), transport: fetchTransport(fetch), hashing: webHashing });
}

export type { Hq, VaultClient, VaultOptions, VaultSelector } from './hq.ts';
export type { Api } from './api/client.ts';
export { memoryTokenStore } from './auth/memory-store.ts';
export type { Tokens, TokenStore } from './auth/tokens.ts';
export type { SignInAttempt } from './auth/sign-in.ts';
export type { Content, Expecting, Remote, RemoteFile, RemoteMetadata } from './transfer/remote.ts';
export type { PutOptions, VaultRemote } from './transfer/vault-remote.ts';
export { HqError, isHqError, type ErrorCode } from '@hq/shared/errors';
