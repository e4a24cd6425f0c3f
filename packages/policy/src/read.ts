/**
 * The last look at a session policy before it is minted: the very bytes are read again, by code that shares nothing with what wrote them, and refused unless
 * all that they can open lies in this vault. (In CVE-2026-42809 credentials were minted first and judged after; in CVE-2026-42812 one route forgot to judge.)
 */
import { HqError } from '@hq/shared/errors';
import { canonicalPath } from '@hq/shared/path';
import type { Vault } from '@hq/shared/vault';
import { readPattern, Unreadable, type Pattern } from './read-pattern.ts';

/** One statement, in the words of the vault's bucket: object patterns are whole keys, list patterns are values of `s3:prefix`. */
export type Fact =
  | { readonly kind: 'objects'; readonly effect: 'Allow' | 'Deny'; readonly actions: readonly string[]; readonly keys: readonly Pattern[] }
  | { readonly kind: 'key'; readonly effect: 'Allow'; readonly actions: readonly string[] }
  /** `prefixes` is undefined where the whole bucket may be listed, also by a request without a prefix. */
  | { readonly kind: 'list'; readonly effect: 'Allow'; readonly actions: readonly string[]; readonly prefixes: readonly Pattern[] | undefined };

const kindOfAction = new Map<string, Fact['kind']>([
  ['s3:GetObject', 'objects'],
  ['s3:GetObjectVersion', 'objects'],
  ['s3:PutObject', 'objects'],
  ['s3:DeleteObject', 'objects'],
  ['s3:AbortMultipartUpload', 'objects'],
  ['s3:ListMultipartUploadParts', 'objects'],
  ['kms:Decrypt', 'key'],
  ['kms:GenerateDataKey', 'key'],
  ['s3:ListBucket', 'list'],
  ['s3:ListBucketVersions', 'list'],
]);

/**
 * Passes a session policy that is well formed and stays in the vault. The broker calls it on the bytes that go to STS, right before they go.
 *
 * @throws HqError `INTERNAL`, with what is wrong as its cause. Nothing may be minted then.
 */
export function checkSessionPolicy(bytes: string, vault: Vault): void {
  readSessionPolicy(bytes, vault);
}

/** The statements of a session policy that `checkSessionPolicy` passes; throws like it. */
export function readSessionPolicy(bytes: string, vault: Vault): readonly Fact[] {
  try {
    return readDocument(bytes).map((statement) => readStatement(statement, vault));
  } catch (cause) {
    throw new HqError('INTERNAL', 'Access could not be granted because of a defect on our side. Nothing was granted.', { cause });
  }
}

function readDocument(bytes: string): readonly unknown[] {
  must(bytes.length <= 2048, `${bytes.length} characters`);
  must(/^[\u0020-\u00ff]+$/.test(bytes), 'a character that STS refuses');
  const document: unknown = JSON.parse(bytes);
  // A key that stands twice, or spaces, would make this text differ: what was parsed is all that is there.
  const canonical = JSON.stringify(document).replace(/[^\u0000-\u00ff]/g, (unit) => `\\u${`000${unit.charCodeAt(0).toString(16)}`.slice(-4)}`);
  must(bytes === canonical, 'not in compact form, or a key stands twice');
  const { Version, Statement, ...rest } = asObject(document);
  must(Version === '2012-10-17', 'the version, without which escapes are literal text');
  must(Object.keys(rest).length === 0, `an unknown element ${Object.keys(rest).join()}`);
  must(Array.isArray(Statement) && Statement.length > 0, 'no statement');
  const statements: readonly unknown[] = Statement;
  must(
    statements.some((statement) => asObject(statement)['Effect'] === 'Allow'),
    'nothing is allowed',
  );
  return statements;
}

function readStatement(statement: unknown, vault: Vault): Fact {
  const { Effect, Action, Resource, Condition, ...rest } = asObject(statement);
  must(Object.keys(rest).length === 0, `an unknown element ${Object.keys(rest).join()}`);
  must(Effect === 'Allow' || Effect === 'Deny', 'the effect');
  const actions = asStrings(Action);
  const [kind, ...others] = new Set(actions.map((action) => kindOfAction.get(action)));
  must(kind !== undefined && others.length === 0, `an action that no session needs among ${actions.join()}`);
  const resources = asStrings(Resource);
  if (kind === 'objects') {
    must(Condition === undefined, 'a condition on objects');
    return { kind, effect: Effect, actions, keys: resources.map((resource) => objectsIn(resource, vault)) };
  }
  must(Effect === 'Allow', `a denial of ${actions.join()}`);
  if (kind === 'key') {
    must(Condition === undefined && resources.length === 1 && resources[0] === vault.kmsKeyArn, 'a key other than the vault’s');
    return { kind, effect: Effect, actions };
  }
  must(resources.length === 1 && resources[0] === `arn:aws:s3:::${vault.bucket}`, 'a bucket other than the vault’s');
  return { kind, effect: Effect, actions, prefixes: listedIn(Condition, vault) };
}

function objectsIn(resource: string, vault: Vault): Pattern {
  const home = `arn:aws:s3:::${vault.bucket}/`;
  must(resource.startsWith(home), `a resource outside the bucket: ${resource}`);
  const pattern = readPattern(resource.slice(home.length));
  return inVault(pattern, vault);
}

/** The prefixes of a list statement. Only one exact form is passed: operators such as `…IfExists` also hold for a request that names no prefix. */
function listedIn(condition: unknown, vault: Vault): readonly Pattern[] | undefined {
  if (condition === undefined) {
    must(vault.keyPrefix === '', 'a whole bucket that is shared');
    return undefined;
  }
  const { StringLike, ...operators } = asObject(condition);
  const { 's3:prefix': prefix, ...keys } = asObject(StringLike);
  must(Object.keys(operators).length === 0 && Object.keys(keys).length === 0, 'a condition that is not on the prefix alone');
  const patterns = asStrings(prefix).map(readPattern);
  must(
    patterns.every((pattern) => pattern.prefix && pattern.literal !== ''),
    'a prefix that does not end in "/*"',
  );
  return patterns.map((pattern) => inVault(pattern, vault));
}

/** A pattern below the vault's prefix: a folder with all that is in it, or one file. */
function inVault(pattern: Pattern, vault: Vault): Pattern {
  must(pattern.literal.startsWith(vault.keyPrefix), `a key outside the vault: ${pattern.literal}`);
  const path = pattern.literal.slice(vault.keyPrefix.length);
  must(canonicalPath(path) === path, `a path that is not canonical: ${path}`);
  const folder = path === '' || path.endsWith('/');
  must(folder === pattern.prefix, `a folder without "/*", or a file with it: ${pattern.literal}`);
  return pattern;
}

function must(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Unreadable(`session policy: ${otherwise}`);
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  must(typeof value === 'object' && value !== null && !Array.isArray(value), 'something that is not an object');
  // An object from JSON.parse: its keys are strings, its values are whatever they are.
  return value as Readonly<Record<string, unknown>>;
}

function asStrings(value: unknown): readonly string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  must(values.length > 0, 'an empty list');
  return values.map((text) => {
    must(typeof text === 'string', 'something that is not text');
    return text;
  });
}
