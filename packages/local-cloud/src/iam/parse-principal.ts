/** The Principal and NotPrincipal elements of a policy. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
import type { PrincipalElement } from './policy-document.ts';

/** An account, its root, a user, a role, or one session of a role. No wildcards: AWS takes none here but `*` alone. */
const AWS_PRINCIPAL = /^(\d{12}|arn:aws:iam::\d{12}:(root|(user|role)\/[\w+=,.@/-]+)|arn:aws:sts::\d{12}:assumed-role\/[\w+=,.@-]+\/[\w+=,.@-]+)$/;

/**
 * Reads who a statement is about. An identity policy must not say it and the others must.
 * `NotPrincipal` is refused in an Allow (it would let everyone else in) and in a trust policy, as AWS documents.
 * `Federated` and `CanonicalUser` principals do not exist here, so a policy that names one is refused.
 * @throws SyntaxError
 */
export function parsePrincipal(
  statement: Readonly<Record<string, unknown>>,
  at: string,
  kind: 'identity' | 'resource' | 'trust',
): PrincipalElement | undefined {
  const positive = statement['Principal'];
  const negative = statement['NotPrincipal'];
  if (positive === undefined && negative === undefined) {
    if (kind !== 'identity') throw new SyntaxError(`${at} needs a Principal`);
    return undefined;
  }
  if (kind === 'identity') throw new SyntaxError(`${at} must not have a Principal: this policy hangs on one`);
  if (positive !== undefined && negative !== undefined) throw new SyntaxError(`${at} has both Principal and NotPrincipal`);
  const not = negative !== undefined;
  if (not && (kind === 'trust' || statement['Effect'] === 'Allow')) throw new SyntaxError(`${at}: NotPrincipal is for Deny in a resource policy only`);
  return readPrincipal(positive ?? negative, not, at);
}

function readPrincipal(value: unknown, not: boolean, at: string): PrincipalElement {
  if (value === '*' && !not) return { not, any: true, aws: [], service: [] };
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new SyntaxError(`${at}.Principal must be an object, or * where it is no NotPrincipal`);
  const aws: string[] = [];
  const service: string[] = [];
  let any = false;
  for (const [type, names] of Object.entries(value)) {
    const list: readonly unknown[] = Array.isArray(names) ? names : [names];
    if (list.length === 0) throw new SyntaxError(`${at}.Principal.${type} must not be empty`);
    for (const name of list) {
      if (type === 'AWS' && name === '*') any = true;
      else if (type === 'AWS' && typeof name === 'string' && AWS_PRINCIPAL.test(name)) aws.push(name);
      else if (type === 'Service' && typeof name === 'string' && /^[a-z0-9.-]+$/.test(name)) service.push(name);
      else throw new SyntaxError(`${at}: invalid principal ${JSON.stringify({ [type]: name })}`);
    }
  }
  if (!any && aws.length + service.length === 0) throw new SyntaxError(`${at}.Principal names nobody`);
  if (not && any) throw new SyntaxError(`${at}: NotPrincipal cannot be *`);
  return { not, any, aws, service };
}
