/** What a parameter is: a name, tags, and numbered versions of a value. */

export const parameterTypes = ['String', 'StringList', 'SecureString'] as const;
export type ParameterType = (typeof parameterTypes)[number];
export type Tier = 'Standard' | 'Advanced';

/** What all versions share. */
export interface Parameter {
  readonly name: string;
  readonly tags: ReadonlyMap<string, string>;
  /** The newest version. */
  readonly current: ParameterVersion;
}

export interface ParameterVersion {
  readonly version: number;
  readonly type: ParameterType;
  readonly tier: Tier;
  readonly description: string;
  /** As the caller named it; undefined unless the type is SecureString. */
  readonly keyId: string | undefined;
  /** UTF-8 for plain types, KMS ciphertext for SecureString. */
  readonly value: Uint8Array;
  readonly labels: readonly string[];
  /** Milliseconds since 1970. */
  readonly modifiedAt: number;
  /** The ARN of whoever put it. */
  readonly modifiedBy: string;
}
