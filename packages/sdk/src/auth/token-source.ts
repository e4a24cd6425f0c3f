/**
 * An access token that works, whenever one is asked for. A refresh token works once and its reuse ends the sign-in, so there is one refresh at a time: in this
 * process by sharing the promise, among processes by a lock, and whoever gets the lock second finds the first one's tokens in the store and uses those.
 */
import { HqError } from '@hq/shared/errors';
import type { Clock } from '@hq/shared/time';
import type { Exclusively, Tokens, TokenStore } from './tokens.ts';

/** A token this close to its end (in seconds) is renewed before it is used. */
const marginSeconds = 60;

export interface TokenSourceOptions {
  readonly server: string;
  readonly store: TokenStore;
  readonly exclusively: Exclusively;
  readonly clock: Clock;
  /** Exchanges the refresh token; called by one holder of the lock at a time. Its tokens are stored before its `trouble`, if it had any, is thrown. */
  readonly refresh: (tokens: Tokens) => Promise<{ readonly tokens: Tokens; readonly trouble?: HqError }>;
}

export interface TokenSource {
  /** @throws HqError `UNAUTHENTICATED` when nobody is signed in, `EXPIRED` when the sign-in has ended. */
  accessToken(): Promise<string>;
  /** After the server refused this access token: the next one is another. */
  reject(accessToken: string): void;
  /** Refreshes now, whatever the clock says, unless another process just did. */
  refreshNow(): Promise<Tokens>;
  /** What is stored now. */
  current(): Promise<Tokens | undefined>;
  /** Stores the tokens of a new sign-in. */
  replace(tokens: Tokens): Promise<void>;
  /** Forgets the tokens and gives them back, so that they can be revoked. */
  forget(): Promise<Tokens | undefined>;
}

/** The tokens of one person at one server. */
export function tokenSource({ server, store, exclusively, clock, refresh }: TokenSourceOptions): TokenSource {
  let held: Tokens | undefined;
  let rejected: string | undefined;
  let underWay: Promise<Tokens> | undefined;

  const usable = (tokens: Tokens): boolean => tokens.accessToken !== rejected && tokens.expiresAt - marginSeconds > clock();

  const locked = <T>(work: () => Promise<T>): Promise<T> => exclusively(`refresh ${server}`, work);

  /** `seen` is the token that has to be replaced: any other usable one in the store was made by someone else meanwhile. */
  const renew = (seen: string | undefined): Promise<Tokens> =>
    locked(async () => {
      const stored = await store.load(server);
      if (stored === undefined) throw new HqError('UNAUTHENTICATED', 'Nobody is signed in here.', { hint: 'Sign in with "hq login".' });
      if (stored.accessToken !== seen && usable(stored)) return stored;
      try {
        const { tokens, trouble } = await refresh(stored);
        await store.save(server, tokens);
        if (trouble !== undefined) throw trouble;
        return tokens;
      } catch (error) {
        if (error instanceof HqError && error.code === 'EXPIRED') await store.clear(server);
        throw error;
      }
    });

  const renewOnce = (seen: string | undefined): Promise<Tokens> => {
    underWay ??= renew(seen)
      .then((tokens) => (held = tokens))
      .finally(() => (underWay = undefined));
    return underWay;
  };

  return {
    accessToken: async () => {
      if (held !== undefined && usable(held)) return held.accessToken;
      held = await store.load(server);
      if (held !== undefined && usable(held)) return held.accessToken;
      return (await renewOnce(held?.accessToken)).accessToken;
    },
    reject: (accessToken) => void (rejected = accessToken),
    refreshNow: async () => renewOnce((await store.load(server))?.accessToken),
    current: () => store.load(server),
    replace: (tokens) =>
      locked(async () => {
        await store.save(server, tokens);
        held = tokens;
      }),
    forget: () =>
      locked(async () => {
        const tokens = await store.load(server);
        await store.clear(server);
        held = undefined;
        return tokens;
      }),
  };
}
