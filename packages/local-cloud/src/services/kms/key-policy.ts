/**
 * Key policies. The default one, as on AWS, names the account's root and thereby hands the decision to the account's IAM policies.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
import { AwsError } from '../../http/aws-error.ts';
import { parsePolicy } from '../../iam/parse-policy.ts';
import type { PolicyDocument } from '../../iam/policy-document.ts';
import { compilePolicy, judgePrincipal, judgeStatement } from '../../iam/statements.ts';
import type { Principal } from '../../principals/principal.ts';

/** The policy of a key that was made without one. */
export function defaultKeyPolicy(accountId: string): string {
  const statement = {
    Sid: 'Enable IAM User Permissions',
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${accountId}:root` },
    Action: 'kms:*',
    Resource: '*',
  };
  return JSON.stringify({ Version: '2012-10-17', Id: 'key-default-1', Statement: [statement] });
}

const parsed = new Map<string, PolicyDocument>();

/**
 * Parses a key policy. Keys that share a text share the document, and so what the evaluator keeps with it.
 * @throws AwsError 400 `MalformedPolicyDocumentException`.
 */
export function readKeyPolicy(text: string): PolicyDocument {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  if (parsed.size >= 1024) parsed.clear();
  const policy = parsePolicy(text, 'resource', 'MalformedPolicyDocumentException');
  parsed.set(text, policy);
  return policy;
}

/**
 * Refuses a policy under which its author could not change it again: a key that nobody can manage is lost.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#prevent-unmanageable-key
 */
export function assertNoLockout(policy: PolicyDocument, principal: Principal, keyArn: string): void {
  const nothing = { get: () => undefined };
  const admits = compilePolicy(policy).some(
    (statement) =>
      statement.effect === 'Allow' &&
      judgePrincipal(statement.principal, principal) !== 'no' &&
      judgeStatement(statement, 'kms:PutKeyPolicy', keyArn, nothing) === 'yes',
  );
  if (!admits) {
    throw new AwsError(400, 'MalformedPolicyDocumentException', 'The new key policy will not allow you to update the key policy in the future.');
  }
}
