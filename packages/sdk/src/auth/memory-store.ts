/** Tokens that end with the program: for a browser tab, a test, or a tool that is handed its tokens. */
import type { Tokens, TokenStore } from './tokens.ts';

/** A store in memory. */
export function memoryTokenStore(): TokenStore {
  const kept = new Map<string, Tokens>();
  return {
    load: async (server) => kept.get(server),
    save: async (server, tokens) => void kept.set(server, tokens),
    clear: async (server) => void kept.delete(server),
  };
}
