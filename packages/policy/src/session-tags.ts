/**
 * The session tags of every `AssumeRole`: what the vault role's own policy pins a session to, whatever the session policy says. Only the broker sets them, and
 * the values are ours (ids, bucket names), in the characters that tags may hold.
 */
import type { Vault } from '@hq/shared/vault';

/** What a session is pinned to. */
export interface Pins {
  /** The tag of the vault's key: the organization's id, or `personal` for the key that personal vaults share. */
  readonly vault: string;
  /** `BUCKET/KEYPREFIX`. */
  readonly home: string;
  /** The secret prefix without its first `/`. */
  readonly secrets: string;
}

/** The value of the tag `hq-vault` on a vault's key. */
export function keyTag(vault: Pick<Vault, 'kind' | 'id'>): string {
  return vault.kind === 'organization' ? vault.id : 'personal';
}

export function pinsOf(vault: Vault): Pins {
  return { vault: keyTag(vault), home: `${vault.bucket}/${vault.keyPrefix}`, secrets: vault.secretPrefix.slice(1) };
}

/**
 * The tags, by name. `hq-home` is never empty, so it can't be mistaken for "anywhere"; `hq-bucket` and `hq-prefix` are its two parts, for the places where IAM
 * needs them apart. A vault that is a whole bucket has no `hq-prefix`.
 */
export function sessionTags({ vault, home, secrets }: Pins): Record<string, string> {
  const slash = home.indexOf('/');
  const prefix = home.slice(slash + 1);
  return {
    'hq-vault': vault,
    'hq-home': home,
    'hq-bucket': home.slice(0, slash),
    ...(prefix === '' ? {} : { 'hq-prefix': prefix }),
    'hq-secrets': secrets,
  };
}
