/** Short, narrowed storage credentials (STS AssumeRole in production and locally). */
import type { EpochSeconds } from '@hq/shared/time';

/** What signs storage requests until `expiresAt`. Secret: never logged, audited or put into an error. */
export interface StorageCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiresAt: EpochSeconds;
}

export interface SessionRequest {
  /** The session's name in storage's own trail: 2 to 64 of `[\w+=,.@-]`. */
  readonly name: string;
  /** The session policy, byte for byte as it was checked. Never empty: no policy would mean the full role. */
  readonly policy: string;
  /** The redundant backstop in the role: the vault's key tag, `BUCKET/KEYPREFIX`, and the secret prefix without its first `/`. */
  readonly tags: { readonly vault: string; readonly home: string; readonly secrets: string };
  /** The person's id. */
  readonly sourceIdentity: string;
  /** 900 to 3,600. */
  readonly durationSeconds: number;
}

export interface MintedSession {
  readonly credentials: StorageCredentials;
  /** Per cent of the packed limit that policy and tags use; undefined where the engine does not say. */
  readonly packedPolicySize: number | undefined;
}

export interface Sessions {
  /** @throws HqError `SCOPE_TOO_LARGE` where the packed policy is over STS's own limit, `UNAVAILABLE`, `CLOCK_SKEW`, `INTERNAL`. */
  mint(request: SessionRequest): Promise<MintedSession>;
}
