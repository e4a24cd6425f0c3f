/** Buckets and their settings. Everything is idempotent: doing it again, or on top of half of it, ends the same. */

/** Which web origins a browser may call storage from. */
export interface CorsRule {
  readonly origins: readonly string[];
}

export interface Buckets {
  /** Makes the bucket; one that we own already is fine. @throws HqError `CONFLICT` where somebody else owns the name. */
  create(bucket: string): Promise<void>;
  /** No ACL and no policy can ever make it public. */
  blockPublicAccess(bucket: string): Promise<void>;
  /** The bucket policy, as JSON. */
  setPolicy(bucket: string, policy: string): Promise<void>;
  /** Old versions are kept. */
  enableVersioning(bucket: string): Promise<void>;
  /** Everything is encrypted under this key, with a bucket key (one KMS context a bucket: its ARN). */
  encryptWith(bucket: string, kmsKeyArn: string): Promise<void>;
  /** In place of the rule that was there; without one no web page may call. */
  allowOrigins(bucket: string, rule: CorsRule | undefined): Promise<void>;
}
