/** Who signed a request, as far as the front has verified it. */
import type { PolicyDocument } from '../iam/policy-document.ts';

/** A user with long-lived keys, from the principals file. */
export interface UserPrincipal {
  readonly kind: 'user';
  readonly arn: string;
  readonly userId: string;
  readonly accountId: string;
  readonly name: string;
  readonly accessKeyId: string;
  readonly policies: readonly PolicyDocument[];
}

/** An assumed role. What it may do is the role's policies ∩ the session policy. */
export interface SessionPrincipal {
  readonly kind: 'session';
  /** `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`. */
  readonly arn: string;
  readonly roleArn: string;
  /** `ROLE-ID:SESSION`. */
  readonly userId: string;
  readonly accountId: string;
  readonly accessKeyId: string;
  readonly policies: readonly PolicyDocument[];
  /** Undefined only where AssumeRole was called without a policy: then the role alone decides. */
  readonly sessionPolicy: PolicyDocument | undefined;
  /** Session tags: `aws:PrincipalTag/KEY`. */
  readonly tags: Readonly<Record<string, string>>;
  /** Tags that go on into every session this one makes. */
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity: string | undefined;
  /** Milliseconds since 1970. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** An unsigned request. Only a resource policy could allow it anything. */
export interface AnonymousPrincipal {
  readonly kind: 'anonymous';
}

export type Principal = UserPrincipal | SessionPrincipal | AnonymousPrincipal;
