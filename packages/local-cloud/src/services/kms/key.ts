/** What a KMS key is, as its store gives it and its verbs see it. */
import type { PolicyDocument } from '../../iam/policy-document.ts';

export const keySpecs = ['SYMMETRIC_DEFAULT', 'RSA_2048', 'RSA_3072', 'RSA_4096', 'ECC_NIST_P256', 'ECC_NIST_P384'] as const;
export type KeySpec = (typeof keySpecs)[number];
export type KeyUsage = 'ENCRYPT_DECRYPT' | 'SIGN_VERIFY';

/** A key without its secret part. */
export interface Key {
  readonly id: string;
  readonly arn: string;
  readonly spec: KeySpec;
  readonly usage: KeyUsage;
  readonly description: string;
  /** `AWS` for the keys that a service owns (`alias/aws/ssm`): nobody may change them. */
  readonly manager: 'CUSTOMER' | 'AWS';
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly enabled: boolean;
  /** Milliseconds since 1970; the key is destroyed then. Undefined unless a deletion is pending. */
  readonly deleteAt: number | undefined;
  /** Days between automatic rotations; undefined while rotation is off. */
  readonly rotationDays: number | undefined;
  /** When the next automatic rotation is due. Milliseconds since 1970. */
  readonly rotateAt: number | undefined;
  /** The backing key that encrypts now; older ones still decrypt. Starts at 1. */
  readonly version: number;
  readonly tags: ReadonlyMap<string, string>;
  /** The key policy as it was put. */
  readonly policyText: string;
  /** The same, parsed. */
  readonly policy: PolicyDocument;
}

/** AWS's `KeyState`. */
export function stateOf(key: Key): 'Enabled' | 'Disabled' | 'PendingDeletion' {
  if (key.deleteAt !== undefined) return 'PendingDeletion';
  return key.enabled ? 'Enabled' : 'Disabled';
}
