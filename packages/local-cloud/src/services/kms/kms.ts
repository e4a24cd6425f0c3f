/** AWS Key Management Service on one machine. https://docs.aws.amazon.com/kms/latest/APIReference/Welcome.html */
import { jsonProtocol } from '../json-protocol.ts';
import type { KeyUse, RootKey, Service } from '../service.ts';
import { keyAccess } from './access.ts';
import { aliasStore } from './alias-store.ts';
import { aliasing } from './aliases.ts';
import { cryptography } from './cryptography.ts';
import { openKeyStore } from './key-store.ts';
import { keyUse } from './key-use.ts';
import { lifecycle } from './lifecycle.ts';
import { managedKeys } from './managed-key.ts';
import { policies } from './policies.ts';
import type { Room } from './room.ts';
import { rotation } from './rotation.ts';
import { signing } from './signing.ts';
import { symmetricCrypto } from './symmetric.ts';
import { tagging } from './tags.ts';

export interface KmsOptions {
  /** local-cloud's data folder; the keys lie in `kms/` in it. */
  readonly data: string;
  readonly rootKey: RootKey;
  readonly region: string;
  readonly accountId: string;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
}

/** The service, and `use`, its door for S3 and SSM in the same process. */
export function createKms(options: KmsOptions): Service & { readonly use: KeyUse } {
  const { data, rootKey, region, accountId, clock = Date.now } = options;
  const arnOf = (id: string): string => `arn:aws:kms:${region}:${accountId}:key/${id}`;
  const store = openKeyStore(data, rootKey, arnOf);
  const aliases = aliasStore(store.database);
  store.sweep(clock());
  const managedKey = managedKeys(store, aliases, region, accountId, arnOf, clock);
  const aliasTarget = (alias: string): string | undefined => aliases.find(alias)?.keyId ?? managedKey(alias);
  const access = keyAccess({ region, accountId, aliasTarget, find: (id, now) => store.find(id, now) });
  const symmetric = symmetricCrypto(store, access);
  const room: Room = { store, access, symmetric, accountId };
  const operations = {
    ...lifecycle(room),
    ...rotation(room),
    ...tagging(room),
    ...policies(room),
    ...aliasing(room, aliases),
    ...cryptography(room),
    ...signing(room),
  };
  return {
    name: 'kms',
    ...jsonProtocol({ name: 'kms', target: 'TrentService', internalError: 'KMSInternalException', operations, maxBody: 256 * 1024 }),
    use: keyUse(access, symmetric, region, clock),
    close: async () => store.close(),
  };
}
