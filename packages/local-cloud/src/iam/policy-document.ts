/** An IAM policy document in the one shape the evaluator reads. `parse-policy.ts` makes it from JSON and refuses what it does not know. */
export interface PolicyDocument {
  /** With `2008-10-17`, variables and `${*}` escapes are literal text, as on AWS. */
  readonly version: '2012-10-17' | '2008-10-17';
  readonly statements: readonly Statement[];
}

export interface Statement {
  readonly sid: string | undefined;
  readonly effect: 'Allow' | 'Deny';
  /** Resource and trust policies only. */
  readonly principal: PrincipalElement | undefined;
  readonly actions: { readonly not: boolean; readonly patterns: readonly string[] };
  /** Absent in a trust policy. */
  readonly resources: { readonly not: boolean; readonly patterns: readonly string[] } | undefined;
  readonly conditions: readonly Condition[];
}

export interface PrincipalElement {
  readonly not: boolean;
  readonly any: boolean;
  readonly aws: readonly string[];
  readonly service: readonly string[];
}

export interface Condition {
  /** As written, for example `ForAnyValue:StringLikeIfExists`. */
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}
