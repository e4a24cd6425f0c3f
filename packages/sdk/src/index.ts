/** The door of the SDK, for browsers and any runtime with `fetch`. In Node, `@hq/sdk/node/hq` adds the keychain, the file lock and faster transfers. */
export { createHq, type Hq, type HqOptions, type VaultClient, type VaultOptions, type VaultSelector } from './hq.ts';
export type { Api } from './api/client.ts';
export { memoryTokenStore } from './auth/memory-store.ts';
export { exclusiveInProcess, type Exclusively, type Tokens, type TokenStore } from './auth/tokens.ts';
export type { SignInAttempt } from './auth/sign-in.ts';
export type { Content, Expecting, Remote, RemoteFile, RemoteMetadata } from './transfer/remote.ts';
export type { PutOptions, VaultRemote } from './transfer/vault-remote.ts';
export { HqError, isHqError, type ErrorCode } from '@hq/shared/errors';
