/** What the verbs of this service stand on. */
import type { KeyAccess } from './access.ts';
import type { KeyStore } from './key-store.ts';
import type { SymmetricCrypto } from './symmetric.ts';

export interface Room {
  readonly store: KeyStore;
  readonly access: KeyAccess;
  readonly symmetric: SymmetricCrypto;
  readonly accountId: string;
}
