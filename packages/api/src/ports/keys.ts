/** Encryption keys, one a vault, each tagged `hq-vault` with the vault's key tag. Their material never leaves the key service. */

export interface KeyFacts {
  readonly arn: string;
  /** Usable now: neither disabled nor on its way out. */
  readonly enabled: boolean;
}

export interface Keys {
  /** Makes a symmetric key with the tag and the key policy (JSON). Not idempotent: look with `findByTag` first. */
  create(request: { readonly vaultTag: string; readonly description: string; readonly policy?: string | undefined }): Promise<KeyFacts>;
  /** Usable keys with the tag, oldest first. Walks all keys: only for finding what a crash left behind. */
  findByTag(vaultTag: string): Promise<readonly KeyFacts[]>;
  /** @throws HqError `NOT_FOUND`. */
  describe(arn: string): Promise<KeyFacts>;
  /** Idempotent. */
  enableRotation(arn: string): Promise<void>;
  /** Idempotent. @param days 7 to 30. */
  scheduleDeletion(arn: string, days: number): Promise<void>;
}
