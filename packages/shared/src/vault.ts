/**
 * A vault is one tenant's storage, and nothing but these facts: an organization has a bucket and a key of its own and an empty `keyPrefix`; a personal vault
 * lives at `users/{userId}/hq/` in a shared bucket, or in a bucket of its own where the deployment says so. All code after this point is the same for both.
 */
export interface Vault {
  /** Names the vault in tags, the audit trail and the table: `cmp_…` for an organization, `usr_{personId}` for a personal vault. */
  readonly id: string;
  readonly kind: 'organization' | 'personal';
  readonly bucket: string;
  /** Before every path in the bucket: empty, or ends in `/`. */
  readonly keyPrefix: string;
  readonly kmsKeyArn: string;
  /** Before every secret's path in the Parameter Store: starts and ends in `/`. */
  readonly secretPrefix: string;
  readonly region: string;
}
