/**
 * The client of one HQ server for one person: signs in, calls the API, and moves files straight to and from storage. What differs between a browser and Node is
 * handed in: `index.ts` and `node/hq.ts` are the two that do so.
 */
import type { Path } from '@hq/shared/path';
import { root } from '@hq/shared/path';
import type { Clock } from '@hq/shared/time';
import { createApi, type Api } from './api/client.ts';
import { randomRequestId } from './api/request-id.ts';
import { serverFetch } from './api/server-fetch.ts';
import type { SignInAttempt } from './auth/sign-in.ts';
import { tokenSource, type TokenSource } from './auth/token-source.ts';
import type { Exclusively, TokenStore } from './auth/tokens.ts';
import type { Hashing } from './transfer/hashing.ts';
import { createPace } from './transfer/pace.ts';
import { createSessionBook, type SessionBook } from './transfer/sessions.ts';
import { createStorage } from './transfer/storage.ts';
import type { Transport } from './transfer/transport.ts';
import { createVaultRemote, type VaultRemote } from './transfer/vault-remote.ts';

/** One's own vault, or an organization's id (`cmp_…`). */
export type VaultSelector = 'personal' | (string & {});

export interface HqOptions {
  /** The server's address: scheme, host and port. */
  readonly server: string;
  readonly tokens: TokenStore;
  /** How programs that share the store take turns with a refresh. */
  readonly exclusively: Exclusively;
  /** How storage is reached. */
  readonly transport: Transport;
  readonly hashing: Hashing;
  readonly fetch?: typeof fetch;
  readonly clock?: Clock;
  /** A number in [0, 1). */
  readonly random?: () => number;
  /** Names a change, so that it is made once however often it is asked for. */
  readonly requestId?: () => string;
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

export interface VaultOptions {
  /** The folder that will be worked on; the whole vault when absent. Sessions are minted for it at once, not file by file. */
  readonly cone?: Path;
  /** Hears of objects in storage whose keys are no canonical paths. */
  readonly onUnusable?: (key: string, reason: string) => void;
}

export interface VaultClient {
  readonly remote: VaultRemote;
  /** The sessions in use; `dropAll` after access has changed. */
  readonly sessions: SessionBook;
}

export interface Hq {
  readonly server: string;
  readonly api: Api;
  readonly tokens: TokenSource;
  /** Begins a sign-in whose browser will be sent to `redirectUri`; store the result with `tokens.replace`. */
  signIn(redirectUri: string): Promise<SignInAttempt>;
  /** Forgets the tokens here and tells the issuer. False when nobody was signed in. */
  signOut(): Promise<boolean>;
  vault(selector: VaultSelector, options?: VaultOptions): VaultClient;
  /** Closes idle connections. */
  close(): void;
}

/** The client of one server. Nothing is sent until something is asked for. */
export function composeHq(options: HqOptions): Hq {
  const server = new URL(options.server).origin;
  const clock: Clock = options.clock ?? (() => Math.floor(Date.now() / 1000));
  const random = options.random ?? Math.random;
  const sleep = options.sleep ?? ((milliseconds) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds)));
  const fetchIt: typeof fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  const { transport, hashing } = options;
  const issuerPorts = { fetch: serverFetch(server, fetchIt, clock), clock };

  /** Rises when nothing that storage granted so far may be used again: access has changed, or someone else is signed in. */
  let generation = 0;
  const startOver = (): void => void (generation += 1);

  const stored = tokenSource({
    server,
    store: options.tokens,
    exclusively: options.exclusively,
    clock,
    // OAuth is loaded by who needs it: most commands find a token that works.
    refresh: async (last) => (await import('./auth/issuer.ts')).refreshTokens(last, issuerPorts),
  });
  const tokens: TokenSource = {
    ...stored,
    replace: (next) => stored.replace(next).finally(startOver),
    forget: () => stored.forget().finally(startOver),
  };
  const api = createApi({
    server,
    fetch: fetchIt,
    clock,
    random,
    accessToken: () => tokens.accessToken(),
    rejectToken: (token) => tokens.reject(token),
    requestId: options.requestId ?? randomRequestId,
    onAccessChange: startOver,
  });

  return {
    server,
    api,
    tokens,
    signIn: async (redirectUri) => {
      const [config, { beginSignIn }] = await Promise.all([api.auth.config.query(), import('./auth/sign-in.ts')]);
      return beginSignIn(config, redirectUri, issuerPorts);
    },
    signOut: async () => {
      const last = await tokens.forget();
      if (last === undefined) return false;
      // Signed out here in any case; the issuer's tokens end by themselves if it can't be told.
      const { revokeTokens } = await import('./auth/issuer.ts');
      await revokeTokens(last, issuerPorts).catch(() => undefined);
      return true;
    },
    vault: (vault, { cone = root, onUnusable } = {}) => {
      const sessions = createSessionBook({
        cone,
        clock,
        generation: () => generation,
        issue: (at, access) => api.credentials.issue.mutate({ vault, cone: at, access }),
      });
      const storage = createStorage({ transport, hashing, clock, pace: createPace({ sleep, random }) });
      const remote = createVaultRemote({
        sessions,
        storage,
        hashing,
        listPage: (prefix, continuationToken) =>
          api.files.list.query({ vault, prefix, recursive: true, ...(continuationToken === undefined ? {} : { continuationToken }) }),
        exists: (path) => exists(api, vault, path),
        levels: async (at, paths) => (await api.files.access.query({ vault, cone: at, paths: [...paths] })).levels,
        ...(onUnusable === undefined ? {} : { onUnusable }),
      });
      return { remote, sessions };
    },
    close: () => transport.close(),
  };
}

async function exists(api: Api, vault: VaultSelector, path: Path): Promise<boolean> {
  try {
    await api.files.stat.query({ vault, path });
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'NOT_FOUND') return false;
    throw error;
  }
}
