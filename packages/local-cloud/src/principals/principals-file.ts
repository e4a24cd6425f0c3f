/** The users and roles of this cloud, as its operator writes them down. There is no other way in: nobody has a right that is not in this file. */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { type PolicyKind, readPolicy } from '../iam/parse-policy.ts';
import type { PolicyDocument } from '../iam/policy-document.ts';
import { parseStrictJson } from '../iam/strict-json.ts';

const name = z.string().regex(/^[\w+=,.@-]{1,64}$/, 'must be 1 to 64 letters, digits or _+=,.@-');

const policy = (kind: PolicyKind): z.ZodType<PolicyDocument> =>
  z.unknown().transform((value, context) => {
    try {
      return readPolicy(value, kind);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  });

const user = z.strictObject({
  name,
  accessKeyId: z.string().regex(/^\w{16,128}$/, 'must be 16 to 128 letters, digits or _'),
  secretAccessKey: z.string().min(16, 'must have 16 characters or more').max(256),
  policies: z.array(policy('identity')),
});

const role = z.strictObject({ name, trust: policy('trust'), policies: z.array(policy('identity')) });

const file = z.strictObject({ users: z.array(user), roles: z.array(role).default([]) }).superRefine(({ users, roles }, context) => {
  refuseTwice(
    users.map((entry) => entry.name.toLowerCase()),
    'users',
    'name',
  );
  refuseTwice(
    users.map((entry) => entry.accessKeyId),
    'users',
    'accessKeyId',
  );
  refuseTwice(
    roles.map((entry) => entry.name.toLowerCase()),
    'roles',
    'name',
  );
  users.forEach((entry, index) => {
    // Keys of this form are made by STS; a user's could never be told from them.
    if (entry.accessKeyId.startsWith('ASIA')) {
      context.addIssue({ code: 'custom', path: ['users', index, 'accessKeyId'], message: 'must not start with ASIA, which marks a session' });
    }
  });

  function refuseTwice(values: readonly string[], list: string, field: string): void {
    const index = values.findIndex((value, at) => values.indexOf(value) !== at);
    if (index !== -1) context.addIssue({ code: 'custom', path: [list, index, field], message: 'is there twice' });
  }
});

/** What the file says, with its policies as plain IAM JSON. */
export type PrincipalsFile = z.input<typeof file>;

/** What the file says, with its policies read. */
export type Principals = z.output<typeof file>;

/** The file does not say what it must; the message names the field and never a secret. */
export class PrincipalsError extends Error {
  override readonly name = 'PrincipalsError';
}

/** Reads users and roles from JSON that is already parsed. @throws PrincipalsError */
export function parsePrincipals(value: unknown): Principals {
  const parsed = file.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const at = issue?.path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('') ?? '';
  throw new PrincipalsError(`principals${at}: ${issue?.message ?? 'is wrong'}`);
}

/** Reads the principals file as JSON, for `startLocalCloud` to judge. @throws PrincipalsError where it cannot be read or is no JSON. */
export function readPrincipalsJson(path: string): PrincipalsFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new PrincipalsError(`cannot read the principals file ${path}: ${error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'}`);
  }
  try {
    return parseStrictJson(text) as PrincipalsFile;
  } catch {
    // The parser's own message quotes the text around the mistake, and that may be a secret.
    throw new PrincipalsError(`the principals file ${path} is not valid JSON, or names a key twice`);
  }
}
