/** Whether a bucket policy is public, in the sense of "Blocking public access to your Amazon S3 storage": an Allow to everybody that no fixed value narrows. */
import type { PolicyDocument, Statement } from '../../../iam/policy-document.ts';

/** Keys whose fixed value makes a statement non-public. */
const NARROWING = new Set(
  [
    'aws:SourceIp aws:SourceArn aws:SourceVpc aws:SourceVpce aws:SourceOwner aws:SourceAccount aws:userid s3:x-amz-server-side-encryption-aws-kms-key-id',
    's3:DataAccessPointArn aws:PrincipalOrgID aws:PrincipalOrgPaths aws:PrincipalArn aws:PrincipalAccount aws:PrincipalTag',
  ]
    .join(' ')
    .toLowerCase()
    .split(' '),
);

/** True where some statement allows anybody at all. */
export function isPublicPolicy(policy: PolicyDocument): boolean {
  return policy.statements.some(isPublicStatement);
}

function isPublicStatement({ effect, principal, conditions }: Statement): boolean {
  if (effect !== 'Allow' || principal === undefined) return false;
  const anybody = principal.not || principal.any || principal.aws.some((name) => name.includes('*'));
  return (
    anybody &&
    !conditions.some(({ operator, key, values }) => {
      const name = key.toLowerCase().split('/', 1)[0] ?? '';
      const fixed = values.every((value) => !/[*?]|\$\{/.test(value) && value !== '0.0.0.0/0' && value !== '::/0');
      return NARROWING.has(name) && fixed && !/Not|IfExists|Null/.test(operator);
    })
  );
}
