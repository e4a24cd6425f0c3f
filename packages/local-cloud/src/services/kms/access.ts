/**
 * The way from a name in a request to a key that this caller may use in this way. The question is always asked before anything about the key is said: who
 * may not know a key learns no more from its absence than from its presence.
 */
import { AwsError } from '../../http/aws-error.ts';
import type { Call } from '../service.ts';
import type { EncryptionContext } from './encryption-context.ts';
import { type Key, type KeyUsage, stateOf } from './key.ts';

export type AskContext = Record<string, string | readonly string[]>;

export interface KeyNames {
  readonly region: string;
  readonly accountId: string;
  /** The key id that an alias (`alias/…`) stands for. */
  aliasTarget(alias: string): string | undefined;
  find(id: string, now: number): Key | undefined;
}

export interface KeyAccess {
  arnOf(id: string): string;
  aliasArn(alias: string): string;
  /** True for a key that may be named now, whatever its state. */
  exists(id: string, now: number): boolean;
  /** A key id from an id, an ARN, an alias or an alias ARN; undefined where the form is wrong or nothing bears that name. */
  idOf(name: string): string | undefined;
  /**
   * The key, once the caller is known to be allowed `action` on it.
   * @throws AwsError `AccessDenied`, or `NotFoundException` for those who could have used it.
   */
  authorized(call: Call, name: string, action: string, extra?: AskContext): Key;
}

/** The rules of naming and asking, over a place where keys are found. */
export function keyAccess(names: KeyNames): KeyAccess {
  const scope = `arn:aws:kms:${names.region}:${names.accountId}:`;
  const arnOf = (id: string): string => `${scope}key/${id}`;
  const idOf = (name: string): string | undefined => {
    const local = name.startsWith('arn:') ? (name.startsWith(scope) ? name.slice(scope.length) : undefined) : name.startsWith('alias/') ? name : `key/${name}`;
    if (local === undefined) return undefined;
    return local.startsWith('alias/') ? names.aliasTarget(local) : local.startsWith('key/') ? local.slice(4) : undefined;
  };
  return {
    arnOf,
    aliasArn: (alias) => `${scope}${alias}`,
    exists: (id, now) => names.find(id, now) !== undefined,
    idOf,
    authorized(call, name, action, extra) {
      const id = idOf(name);
      const key = id === undefined ? undefined : names.find(id, call.now);
      if (key === undefined) {
        const resource = name.startsWith('arn:') ? name : `${scope}${name.startsWith('alias/') ? name : `key/${name}`}`;
        call.authorize({ action: `kms:${action}`, resource, context: extra ?? {} });
        throw new AwsError(400, 'NotFoundException', `${name.startsWith('alias/') ? 'Alias' : 'Key'} ${resource} does not exist.`);
      }
      const alias = name.includes('alias/') ? { 'kms:RequestAlias': name.slice(name.indexOf('alias/')) } : {};
      ask(call, key, action, { ...alias, ...extra });
      return key;
    },
  };
}

function ask(call: Call, key: Key, action: string, extra?: AskContext): void {
  const context: AskContext = {
    ...extra,
    'kms:CallerAccount': call.principal.kind === 'anonymous' ? 'anonymous' : call.principal.accountId,
    'kms:KeySpec': key.spec,
    'kms:KeyUsage': key.usage,
    'kms:KeyOrigin': 'AWS_KMS',
    'kms:MultiRegion': 'false',
  };
  for (const [tag, value] of key.tags) context[`aws:ResourceTag/${tag}`] = value;
  call.authorize({ action: `kms:${action}`, resource: key.arn, context, resourcePolicy: key.policy });
}

/** The condition keys of an encryption context. */
export function contextKeys(context: EncryptionContext, into: AskContext = {}): AskContext {
  if (context.length === 0) return into;
  for (const [name, value] of context) into[`kms:EncryptionContext:${name}`] = value;
  into['kms:EncryptionContextKeys'] = context.map(([name]) => name);
  return into;
}

/** @throws AwsError unless the key is enabled and made for this. */
export function usable(key: Key, usage: KeyUsage): Key {
  const state = stateOf(key);
  if (state === 'Disabled') throw new AwsError(400, 'DisabledException', `${key.arn} is disabled.`);
  if (state === 'PendingDeletion') throw new AwsError(400, 'KMSInvalidStateException', `${key.arn} is pending deletion.`);
  if (key.usage !== usage) throw new AwsError(400, 'InvalidKeyUsageException', `${key.arn} key usage is ${key.usage} which is not valid for this operation.`);
  return key;
}

/** @throws AwsError for a key that is going to be destroyed, or that belongs to a service. */
export function changeable(key: Key): Key {
  if (key.manager === 'AWS') throw new AwsError(400, 'AccessDeniedException', `${key.arn} is managed by a service and cannot be changed.`);
  if (key.deleteAt !== undefined) throw new AwsError(400, 'KMSInvalidStateException', `${key.arn} is pending deletion.`);
  return key;
}
