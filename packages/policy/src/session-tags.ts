/**
 * The session tags of every `AssumeRole`: what the vault role's own policy pins a session to, whatever the session policy says. Only the broker sets them, and
 * the values are ours (ids, bucket names), in the characters that tags may hold.
 */
import type { Vault } from '@hq/shared/vault';

/** Names of the tags. `hq-vault` is also the tag of a vault's KMS key. */
export const tagNames = { vault: 'hq-vault', home: 'hq-home', bucket: 'hq-bucket', prefix: 'hq-prefix', secrets: 'hq-secrets' } as const;

/** The tag of the key that encrypts a vault: the organization's id, or `personal` for the key that all personal vaults share. */
export function keyTag(vault: Vault): string {
  return vault.kind === 'organization' ? vault.id : 'personal';
}

/**
 * The tags of a session in a vault. `hq-home` is never empty and so can't be mistaken for "anywhere"; `hq-bucket` and `hq-prefix` are its parts, for the
 * places where IAM needs them apart. A vault that is a whole bucket has no `hq-prefix`.
 */
export function sessionTags(vault: Vault): Record<string, string> {
  return {
    [tagNames.vault]: keyTag(vault),
    [tagNames.home]: `${vault.bucket}/${vault.keyPrefix}`,
    [tagNames.bucket]: vault.bucket,
    ...(vault.keyPrefix === '' ? {} : { [tagNames.prefix]: vault.keyPrefix }),
    [tagNames.secrets]: vault.secretPrefix.slice(1),
  };
}
