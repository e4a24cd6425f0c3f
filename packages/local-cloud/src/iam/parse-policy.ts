/**
 * From JSON to the one shape the evaluator reads. Strict: what AWS would refuse is refused, and so is what this evaluator cannot judge,
 * because a policy that is half understood is worse than none.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
import { AwsError } from '../http/aws-error.ts';
import { readOperator } from './operators.ts';
import { parsePrincipal } from './parse-principal.ts';
import type { Condition, PolicyDocument, Statement } from './policy-document.ts';
import { parseStrictJson } from './strict-json.ts';

/** Where a policy hangs decides what it must say: only resource and trust policies name principals, and a trust policy names no resource. */
export type PolicyKind = 'identity' | 'resource' | 'trust';

/**
 * Parses a policy.
 * @param code the service's own word for a refusal: STS's `MalformedPolicyDocument`, S3's `MalformedPolicy`, KMS's `MalformedPolicyDocumentException`.
 * @throws AwsError 400 with that code; its message names the element.
 */
export function parsePolicy(text: string, kind: PolicyKind, code = 'MalformedPolicyDocument'): PolicyDocument {
  try {
    return readPolicy(parseStrictJson(text), kind);
  } catch (error) {
    if (error instanceof SyntaxError) throw new AwsError(400, code, `Syntax errors in policy: ${error.message}`);
    throw error;
  }
}

/**
 * Reads a policy that is already JSON, for example out of the principals file.
 * @throws SyntaxError whose message names the element.
 */
export function readPolicy(value: unknown, kind: PolicyKind): PolicyDocument {
  const policy = fields(value, 'the policy', ['Version', 'Id', 'Statement']);
  const version = policy['Version'] ?? '2008-10-17';
  if (version !== '2012-10-17' && version !== '2008-10-17') throw new SyntaxError('Version must be 2012-10-17 or 2008-10-17');
  if (policy['Id'] !== undefined && typeof policy['Id'] !== 'string') throw new SyntaxError('Id must be a string');
  const statements = Array.isArray(policy['Statement']) ? (policy['Statement'] as readonly unknown[]) : [policy['Statement']];
  if (statements.length === 0) throw new SyntaxError('Statement must not be empty');
  return { version, statements: statements.map((statement, index) => readStatement(statement, `Statement[${index}]`, kind)) };
}

const STATEMENT_FIELDS = ['Sid', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'];

function readStatement(value: unknown, at: string, kind: PolicyKind): Statement {
  const statement = fields(value, at, STATEMENT_FIELDS);
  const { Sid: sid, Effect: effect } = statement;
  if (sid !== undefined && typeof sid !== 'string') throw new SyntaxError(`${at}.Sid must be a string`);
  if (effect !== 'Allow' && effect !== 'Deny') throw new SyntaxError(`${at}.Effect must be Allow or Deny`);
  const actions = oneOf(statement, 'Action', at);
  if (!actions) throw new SyntaxError(`${at} needs Action or NotAction`);
  for (const action of actions.patterns) {
    if (!/^(\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+)$/.test(action))
      throw new SyntaxError(`${at}: the action ${JSON.stringify(action)} needs a vendor, as in s3:GetObject`);
  }
  const resources = oneOf(statement, 'Resource', at);
  if (kind === 'trust' ? resources : !resources) throw new SyntaxError(`${at} ${kind === 'trust' ? 'must not have' : 'needs'} Resource or NotResource`);
  for (const resource of resources?.patterns ?? []) {
    if (resource !== '*' && !resource.startsWith('arn:')) throw new SyntaxError(`${at}: the resource ${JSON.stringify(resource)} must be an ARN or *`);
  }
  return { sid, effect, principal: parsePrincipal(statement, at, kind), actions, resources, conditions: readConditions(statement['Condition'], at) };
}

function readConditions(value: unknown, at: string): Condition[] {
  if (value === undefined) return [];
  return Object.entries(object(value, `${at}.Condition`)).flatMap(([operator, block]) => {
    if (!readOperator(operator)) throw new SyntaxError(`${at}.Condition: there is no operator ${JSON.stringify(operator)}`);
    return Object.entries(object(block, `${at}.Condition.${operator}`)).map(([key, values]) => {
      if (!/^[A-Za-z0-9-]+:.+$/.test(key))
        throw new SyntaxError(`${at}.Condition.${operator}: the key ${JSON.stringify(key)} needs a vendor, as in aws:SourceIp`);
      return { operator, key, values: strings(values, `${at}.Condition.${operator}.${key}`, true) };
    });
  });
}

function oneOf(statement: Readonly<Record<string, unknown>>, name: string, at: string): { not: boolean; patterns: readonly string[] } | undefined {
  const positive = statement[name];
  const negative = statement[`Not${name}`];
  if (positive !== undefined && negative !== undefined) throw new SyntaxError(`${at} has both ${name} and Not${name}`);
  if (positive === undefined && negative === undefined) return undefined;
  return { not: negative !== undefined, patterns: strings(positive ?? negative, `${at}.${name}`, false) };
}

/** One string or a list of them; in conditions numbers and booleans too, as their JSON text. */
function strings(value: unknown, at: string, scalars: boolean): string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0) throw new SyntaxError(`${at} must not be empty`);
  return list.map((entry) => {
    if (typeof entry === 'string') return entry;
    if (scalars && (typeof entry === 'number' || typeof entry === 'boolean')) return String(entry);
    throw new SyntaxError(`${at} must be a string or a list of strings`);
  });
}

function object(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new SyntaxError(`${at} must be an object`);
  return value as Readonly<Record<string, unknown>>;
}

function fields(value: unknown, at: string, known: readonly string[]): Readonly<Record<string, unknown>> {
  const found = object(value, at);
  const unknown = Object.keys(found).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new SyntaxError(`${at} has the unknown element ${JSON.stringify(unknown)}`);
  return found;
}
