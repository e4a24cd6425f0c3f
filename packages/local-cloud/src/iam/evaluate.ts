/**
 * The one decision of this cloud: may this principal do this action to this resource, now?
 *
 * 1. A Deny that applies, in any policy, refuses.
 * 2. Identity policies and the policy on the resource each may allow. For KMS keys and for roles (`sts:` actions) the policy on the resource must
 *    allow; one that names the whole account (`…:root`) leaves it to the identity policies. Elsewhere one of the two is enough.
 * 3. A session is also bounded by its session policy, always. AWS lets a resource policy that names the session's own ARN go beyond it; here
 *    nothing does, which can only refuse more.
 * 4. Nothing said Allow: refused. So is all that cannot be judged (see `conditions.ts`).
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
import type { Principal } from '../principals/principal.ts';
import type { Verdict } from './conditions.ts';
import type { PolicyDocument } from './policy-document.ts';
import type { Answers } from './request-context.ts';
import { type CompiledStatement, compilePolicy, judgePrincipal, judgeStatement } from './statements.ts';

export interface Question {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
  readonly resourcePolicy: PolicyDocument | undefined;
  readonly request: Answers;
}

/** Why, in the words AWS puts into its message. */
export type Reason = 'allowed' | 'explicit-deny' | 'no-identity-policy' | 'no-session-policy' | 'no-resource-policy';

/** Decides. `allowed` is the only yes. */
export function evaluate(question: Question): Reason {
  const { principal, action, resourcePolicy } = question;
  const identity = principal.kind === 'anonymous' ? [] : principal.policies;
  const session = principal.kind === 'session' ? principal.sessionPolicy : undefined;

  if (identity.some((policy) => denies(policy, question)) || (session && denies(session, question))) return 'explicit-deny';
  if (resourcePolicy && resourceDenies(resourcePolicy, question)) return 'explicit-deny';

  const byIdentity = identity.some((policy) => allows(policy, question));
  const byResource = resourcePolicy ? resourceAllows(resourcePolicy, question) : 'no';
  const mustAllow = resourcePolicy !== undefined && /^(kms|sts):/i.test(action);
  if (mustAllow && byResource === 'no') return 'no-resource-policy';
  if (byResource !== 'directly' && !byIdentity) return principal.kind === 'anonymous' ? 'no-resource-policy' : 'no-identity-policy';
  if (session && !allows(session, question)) return 'no-session-policy';
  return 'allowed';
}

function denies(policy: PolicyDocument, question: Question): boolean {
  return compilePolicy(policy).some((statement) => statement.effect === 'Deny' && judge(statement, question) !== 'no');
}

function allows(policy: PolicyDocument, question: Question): boolean {
  return compilePolicy(policy).some((statement) => statement.effect === 'Allow' && judge(statement, question) === 'yes');
}

function judge(statement: CompiledStatement, { action, resource, request }: Question): Verdict {
  return judgeStatement(statement, action, resource, request);
}

function resourceDenies(policy: PolicyDocument, question: Question): boolean {
  return compilePolicy(policy).some((statement) => statement.effect === 'Deny' && judgeResourceStatement(statement, question) !== 'no');
}

/** `account` where only the account as a whole is named: it may give its own users and roles the right, and has not done so by this. */
function resourceAllows(policy: PolicyDocument, question: Question): 'directly' | 'account' | 'no' {
  let found: 'account' | 'no' = 'no';
  for (const statement of compilePolicy(policy)) {
    if (statement.effect !== 'Allow' || judgeResourceStatement(statement, question) !== 'yes') continue;
    if (judgePrincipal(statement.principal, question.principal) === 'directly') return 'directly';
    found = 'account';
  }
  return found;
}

function judgeResourceStatement(statement: CompiledStatement, question: Question): Verdict {
  if (judgePrincipal(statement.principal, question.principal) === 'no') return 'no';
  return judge(statement, question);
}
