/** One statement of a policy against one request. Statements are read once and kept with their document. */
import type { Principal } from '../principals/principal.ts';
import { both, type CompiledCondition, compileCondition, either, judgeCondition, type Verdict } from './conditions.ts';
import type { PolicyDocument, PrincipalElement, Statement } from './policy-document.ts';
import type { Answers } from './request-context.ts';
import { compileTemplate, fillTemplate, type Template } from './template.ts';
import { matches } from './wildcard.ts';

export interface CompiledStatement {
  readonly effect: 'Allow' | 'Deny';
  readonly principal: PrincipalElement | undefined;
  readonly actions: { readonly not: boolean; readonly patterns: readonly Template[] };
  /** Undefined in a trust policy, whose resource is the role it hangs on. */
  readonly resources: { readonly not: boolean; readonly patterns: readonly Template[] } | undefined;
  readonly conditions: readonly CompiledCondition[];
}

const compiled = new WeakMap<PolicyDocument, readonly CompiledStatement[]>();

/** The statements of a policy, ready to be judged. */
export function compilePolicy(policy: PolicyDocument): readonly CompiledStatement[] {
  const known = compiled.get(policy);
  if (known) return known;
  const variables = policy.version === '2012-10-17';
  const fresh = policy.statements.map((statement) => compileStatement(statement, variables));
  compiled.set(policy, fresh);
  return fresh;
}

function compileStatement(statement: Statement, variables: boolean): CompiledStatement {
  const { actions, resources } = statement;
  return {
    effect: statement.effect,
    principal: statement.principal,
    actions: { not: actions.not, patterns: actions.patterns.map((text) => compileTemplate(text.toLowerCase(), { variables: false, wildcards: true })) },
    resources: resources && { not: resources.not, patterns: resources.patterns.map((text) => compileTemplate(text, { variables, wildcards: true })) },
    conditions: statement.conditions.map((condition) => compileCondition(condition, variables)),
  };
}

/** Does the statement speak about this action on this resource, with its conditions holding? */
export function judgeStatement(statement: CompiledStatement, action: string, resource: string, request: Answers): Verdict {
  if (judgeElement(statement.actions, action.toLowerCase(), request) === 'no') return 'no';
  const about = statement.resources ? judgeElement(statement.resources, resource, request) : 'yes';
  // What the request says is asked for only where it can still change the answer.
  if (about === 'no') return about;
  return both([about, ...statement.conditions.map((condition) => judgeCondition(condition, request))]);
}

function judgeElement(element: { readonly not: boolean; readonly patterns: readonly Template[] }, text: string, request: Answers): Verdict {
  const found = either(element.patterns.map((template) => judgePattern(template, text, request, element.not)));
  if (!element.not || found === 'unknown') return found;
  return found === 'yes' ? 'no' : 'yes';
}

/** A variable without a value matches nothing, as on AWS. Under `Not…` that would turn into "everything", so there it is unknown instead. */
function judgePattern(template: Template, text: string, request: Answers, negated: boolean): Verdict {
  const pattern = fillTemplate(template, request);
  if (pattern === 'unknown') return 'unknown';
  if (pattern === 'missing') return negated ? 'unknown' : 'no';
  return matches(pattern, text) ? 'yes' : 'no';
}

/**
 * Is this who the statement is about? `account` where only the account is named.
 * A role's sessions answer to the role's ARN and to their own. With `NotPrincipal` (a Deny) a user is let off by its own ARN and a session only where both its
 * ARNs are named, the reading that refuses more.
 */
export function judgePrincipal(element: PrincipalElement | undefined, principal: Principal): 'directly' | 'account' | 'no' {
  if (!element) return 'no';
  if (element.any) return 'directly';
  if (principal.kind === 'anonymous') return element.not ? 'directly' : 'no';
  const names = principal.kind === 'session' ? [principal.arn, principal.roleArn] : [principal.arn];
  if (element.not) return names.every((name) => element.aws.includes(name)) ? 'no' : 'directly';
  if (names.some((name) => element.aws.includes(name))) return 'directly';
  const account = [principal.accountId, `arn:aws:iam::${principal.accountId}:root`];
  return account.some((name) => element.aws.includes(name)) ? 'account' : 'no';
}
