/** What a sign-in leaves behind, where it is kept, and how two programs take turns with it. */
import type { EpochSeconds } from '@hq/shared/time';

/** The tokens of one person at one server, and all it takes to refresh them without asking the server where. */
export interface Tokens {
  readonly accessToken: string;
  readonly idToken: string;
  /** Works once: every refresh answers with the next one. */
  readonly refreshToken: string;
  /** When the access token stops working. */
  readonly expiresAt: EpochSeconds;
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly clientId: string;
}

/** Keeps tokens, one set for each server's address. */
export interface TokenStore {
  load(server: string): Promise<Tokens | undefined>;
  save(server: string, tokens: Tokens): Promise<void>;
  /** Without effect when there are none. */
  clear(server: string): Promise<void>;
}

/** Runs `work` while nobody else who uses the same name, in this process or another, runs theirs. */
export type Exclusively = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** Takes turns within this process only: enough for a browser tab and for stores that nobody else reads. */
export function exclusiveInProcess(): Exclusively {
  const tails = new Map<string, Promise<unknown>>();
  return async (name, work) => {
    const turn = (tails.get(name) ?? Promise.resolve()).then(work, work);
    tails.set(name, turn);
    try {
      return await turn;
    } finally {
      if (tails.get(name) === turn) tails.delete(name);
    }
  };
}

/** True for a value that was written by `save`; a store that holds anything else holds nothing. */
export function isTokens(value: unknown): value is Tokens {
  if (typeof value !== 'object' || value === null) return false;
  const tokens = value as Record<string, unknown>;
  const texts = ['accessToken', 'idToken', 'refreshToken', 'issuer', 'tokenEndpoint', 'clientId'];
  return texts.every((name) => typeof tokens[name] === 'string') && Number.isSafeInteger(tokens['expiresAt']);
}
