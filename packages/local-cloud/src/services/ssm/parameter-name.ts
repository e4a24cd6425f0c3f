/** Names of parameters and their ARNs. https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html#sysman-parameter-name-constraints */
import { AwsError } from '../../http/aws-error.ts';
import { validation } from '../json-protocol.ts';

const maxDepth = 15;
/** Of the name together with `arn:aws:ssm:REGION:ACCOUNT:parameter`, as AWS counts. */
const maxLength = 1011;

/** Turns names into ARNs and back for one account. */
export interface ParameterNames {
  /** `x` and `/x` share an ARN, as on AWS, and so share what policies say. */
  arnOf(name: string): string;
  /** A name from a name or an ARN. @throws AwsError `ValidationException` for what is neither. */
  nameOf(nameOrArn: string): string;
  /** The ARN of no parameter in particular. */
  readonly anyArn: string;
}

/** Names in one region and account. */
export function parameterNames(region: string, accountId: string): ParameterNames {
  const scope = `arn:aws:ssm:${region}:${accountId}:`;
  return {
    anyArn: `${scope}*`,
    arnOf: (name) => `${scope}parameter${name.startsWith('/') ? '' : '/'}${name}`,
    nameOf(text) {
      if (!text.startsWith('arn:')) return text;
      const path = text.startsWith(`${scope}parameter/`) ? text.slice(`${scope}parameter`.length) : undefined;
      if (path === undefined) throw validation('The parameter ARN is not of this account and region.');
      return path.includes('/', 1) ? path : path.slice(1);
    },
  };
}

/** @throws AwsError where no parameter may have this name. */
export function assertNewName(name: string, region: string, accountId: string): void {
  const full = `arn:aws:ssm:${region}:${accountId}:parameter`.length + name.length;
  if (full > maxLength) throw validation(`A parameter name, with its ARN, may have at most ${maxLength} characters.`);
  if (!/^[a-zA-Z0-9_.\-/]+$/.test(name)) throw validation('Parameter names consist of letters, digits and the symbols _ . - /');
  if (name.includes('/') && !name.startsWith('/')) throw validation('Parameter name must be a fully qualified name: it contains / and does not start with it.');
  if (name.endsWith('/') || name.includes('//')) throw validation('A parameter name has no empty level.');
  const levels = name.split('/').filter((level) => level !== '');
  if (levels.length > maxDepth) {
    throw new AwsError(400, 'HierarchyLevelLimitExceededException', `A hierarchy can have a maximum of ${maxDepth} levels.`);
  }
  if (/^(aws|ssm)/i.test(levels[0] ?? '')) throw validation('Parameter names that start with aws or ssm are reserved.');
}

/** A path for listing, with its trailing slash: `/a/` for `/a` and `/a/`. @throws AwsError `ValidationException`. */
export function listedPath(path: string): string {
  if (!/^\/([a-zA-Z0-9_.-]+(\/[a-zA-Z0-9_.-]+)*\/?)?$/.test(path)) throw validation('The path must start with / and have no empty level.');
  return path.endsWith('/') ? path : `${path}/`;
}

/** A name with what may follow it after a colon: a version or a label. */
export function splitSelector(text: string): { name: string; selector: string | undefined } {
  const at = text.startsWith('arn:') ? text.indexOf(':', text.indexOf(':parameter/') + 1) : text.indexOf(':');
  return at < 0 ? { name: text, selector: undefined } : { name: text.slice(0, at), selector: text.slice(at + 1) };
}
