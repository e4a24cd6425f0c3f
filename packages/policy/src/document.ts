/** The IAM policy language, as far as we write it: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */

/** Condition operator → condition key → value or values (any of which may match). Operators and keys are all required to match. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

export interface Statement {
  /** In role and resource policies only: a session policy has no characters to spare. */
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  /** Resource and trust policies only. */
  readonly Principal?: '*' | { readonly AWS: string | readonly string[] };
  readonly Action: string | readonly string[];
  /** Everywhere but in a trust policy. */
  readonly Resource?: string | readonly string[];
  readonly Condition?: Conditions;
}

export interface PolicyDocument {
  /** Always this one: in `2008-10-17` variables and escapes are literal text. */
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

/** One value stands for itself, several as an array: a one-element array costs two characters. */
export function oneOrMany<T>(values: readonly T[]): T | readonly T[] {
  const [first] = values;
  return values.length === 1 && first !== undefined ? first : values;
}
