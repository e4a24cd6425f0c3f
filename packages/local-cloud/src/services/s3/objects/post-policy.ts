/** The policy of a form upload: what the form may hold, decided by whoever signed it. https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html */
import * as z from 'zod';
import { AwsError } from '../../../http/aws-error.ts';
import { parseStrictJson } from '../../../iam/strict-json.ts';

/** How many bytes a file may have, both ends included. */
export interface SizeRange {
  readonly least: number;
  readonly most: number;
}

const text = z.union([z.string(), z.number()]).transform(String);
const bytes = z.union([
  z.int().nonnegative(),
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
]);
const match = z.tuple([z.string().regex(/^(eq|starts-with)$/i), z.string().regex(/^\\?\$./s), text]);
const range = z.tuple([z.string().regex(/^content-length-range$/i), bytes, bytes]);
const document = z.object({
  expiration: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/),
  conditions: z.array(z.union([range, match, z.record(z.string(), text)])),
});

/** Fields that no condition has to name. */
const EXEMPT = new Set(['policy', 'x-amz-signature', 'file']);

/**
 * Holds a form to its policy.
 * @param policy base64, of which the signature has been verified
 * @param fields by lower-case name, `bucket` among them
 * @param now milliseconds since 1970
 * @returns what the policy says about the file's size
 * @throws AwsError 400 `InvalidPolicyDocument` or 403 `AccessDenied`
 */
export function checkPostPolicy(policy: string, fields: ReadonlyMap<string, string>, now: number): SizeRange {
  const { expiration, conditions } = readPolicy(policy);
  const expires = Date.parse(expiration);
  if (Number.isNaN(expires)) throw invalidPolicy('Invalid expiration');
  if (expires <= now) throw refused('Policy expired.');
  const named = new Set<string>();
  let size: SizeRange = { least: 0, most: Number.MAX_SAFE_INTEGER };
  const demand = (condition: unknown, name: string, holds: (value: string) => boolean): void => {
    named.add(name);
    const value = fields.get(name);
    if (value === undefined || !holds(value)) throw refused(`Policy Condition failed: ${JSON.stringify(condition)}`);
  };
  for (const condition of conditions) {
    if (!Array.isArray(condition)) {
      for (const [name, wanted] of Object.entries(condition)) demand(condition, name.toLowerCase(), (value) => value === wanted);
    } else if (typeof condition[1] === 'number') {
      size = { least: Math.max(size.least, condition[1]), most: Math.min(size.most, Number(condition[2])) };
    } else {
      const [operator, field, wanted] = condition;
      const exact = operator.toLowerCase() === 'eq';
      demand(condition, field.replace(/^\\?\$/, '').toLowerCase(), (value) => (exact ? value === wanted : value.startsWith(String(wanted))));
    }
  }
  const extra = [...fields.keys()].filter((name) => !named.has(name) && !EXEMPT.has(name) && !name.startsWith('x-ignore-'));
  if (extra.length > 0) throw refused(`Extra input fields: ${extra.join(', ')}`);
  return size;
}

function readPolicy(policy: string): z.output<typeof document> {
  let json: unknown;
  try {
    json = parseStrictJson(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(policy, 'base64')));
  } catch {
    throw invalidPolicy('Invalid JSON.');
  }
  const parsed = document.safeParse(json);
  if (!parsed.success) throw invalidPolicy(`Invalid ${parsed.error.issues[0]?.path.join('.') || 'document'}.`);
  return parsed.data;
}

function invalidPolicy(why: string): AwsError {
  return new AwsError(400, 'InvalidPolicyDocument', `Invalid Policy: ${why}`);
}

function refused(why: string): AwsError {
  return new AwsError(403, 'AccessDenied', `Invalid according to Policy: ${why}`);
}
