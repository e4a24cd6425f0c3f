/** `acl`: the rules at a path, who they reach, and what a change of them would do. */
import * as z from 'zod';
import { access } from './credentials.ts';
import { email, epochSeconds, level, organizationId, path, personId, requestId, role, vault, version } from './fields.ts';
import { idPattern } from '../ids.ts';
import { root } from '../path.ts';

export const groupId = z.string().regex(idPattern('group'), 'This is not the id of a group.');

export const grantee = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('person'), id: personId }),
  z.object({ kind: z.literal('email'), email }),
  z.object({ kind: z.literal('group'), id: groupId }),
  z.object({ kind: z.literal('org') }),
]);

export const rule = z.object({ grantee, level, expiresAt: epochSeconds.optional() });

export const record = z.object({
  path: z.string(),
  /** Live ones: a rule that has ended is not listed. */
  rules: z.array(rule),
  createdBy: personId.optional(),
  open: z.boolean(),
  version: z.int(),
});

/** The records at the path, above it, and below it where the caller may read there. */
export const listInput = z.object({ vault: organizationId, path });
export const listOutput = z.object({ records: z.array(record) });

/** What every change of rules takes: where, the version of the record that it is based on (0: no record), and a request id. */
const change = { vault: organizationId, path, version, requestId };
/** Sessions that storage granted before live until `sessionsEndBy` at the latest; null when none is live that could reach the path. */
const changed = record.extend({ sessionsEndBy: epochSeconds.nullable() });

/** Puts the rule in the place of the one for the same grantee, or adds it. The answer shows for whom: an address of a member becomes that person. */
export const grantInput = z.object({ ...change, grantee, level, expiresAt: epochSeconds.optional() });
export const grantOutput = changed;

export const revokeInput = z.object({ ...change, grantee });
export const revokeOutput = changed;

/** Opens a folder or file for reading to every member, or closes it again. */
export const setOpenInput = z.object({ ...change, open: z.boolean() });
export const setOpenOutput = changed;

/** The rule or fact that decided, before any ceiling (`acl/decide.ts`). */
export const fact = z.object({
  kind: z.enum(['not-a-member', 'organization-admin', 'owner', 'rule', 'creator', 'open', 'no-rule']),
  /** Of a rule, a creator or an open record. */
  path: z.string().optional(),
  rule: rule.optional(),
  cappedBy: z.enum(['role', 'credential']).optional(),
  uncapped: level.optional(),
});

/** What would have to change: the membership, a ceiling, rules that hide what is above them, or a rule for the person. */
const step = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['join', 'role']), role }),
  z.object({ kind: z.literal('credential'), level }),
  z.object({ kind: z.literal('lift'), path: z.string(), rules: z.array(rule) }),
  z.object({ kind: z.literal('rule'), path: z.string(), level }),
]);

/** Why someone has the level they have: the caller, unless `personId` names a member and the caller may read the rules of the path. */
export const explainInput = z.object({ vault, path, personId: personId.optional() });
export const explainOutput = z.object({
  personId,
  email: email.nullable(),
  level,
  because: fact,
  /** The rules for this person that did not decide, the nearest first. Empty for who may not read the rules of the path. */
  lost: z.array(
    z.object({
      path: z.string(),
      what: z.discriminatedUnion('kind', [z.object({ kind: z.literal('rule'), rule }), z.object({ kind: z.enum(['creator', 'open']) })]),
      why: z.string(),
    }),
  ),
  /** Ways to more, the least intrusive first: what the person would have once all steps of one are taken. */
  remedies: z.array(z.object({ gives: level, steps: z.array(step) })),
});

/** Everyone who can reach a path. */
export const whoInput = z.object({ vault: organizationId, path });
export const whoOutput = z.object({
  /** The highest level first, then by address. Nobody with `none`. */
  people: z.array(z.object({ personId, email: email.nullable(), role, level, because: fact })),
  /** Addresses with a rule that decides here, of whom no member has joined. */
  waiting: z.array(z.object({ email, level, path: z.string(), expiresAt: epochSeconds.optional() })),
});

/** A change of rules that is not made: who would gain and who would lose. */
export const previewInput = z.object({
  vault: organizationId,
  path,
  change: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('grant'), grantee, level, expiresAt: epochSeconds.optional() }),
    z.object({ kind: z.literal('revoke'), grantee }),
    z.object({ kind: z.literal('set-open'), open: z.boolean() }),
  ]),
});
/** The complete check of the sessions that a member would get: the caller, or for an admin of the organization anyone. */
export const proveInput = z.object({ vault, cone: path.default(root), personId: personId.optional() });
const proof = z.object({
  access,
  /** True when the sessions allow exactly what was decided; null when there is nothing to compile (the caller may do nothing here) or too much. */
  holds: z.boolean().nullable(),
  refusal: z.enum(['EMPTY_SCOPE', 'SCOPE_TOO_LARGE']).nullable(),
  sessions: z.int(),
  /** Regions that lie in one another at the deepest place. Null, like all below, for who is no admin of the organization: sizes and counts tell of what is hidden. */
  layers: z.int().nullable(),
  /** Characters of each session's policy. */
  sizes: z.array(z.int()).nullable(),
  /** Keys at which both sides were asked; by the structure of the policies they decide every other key too. */
  keys: z.int().nullable(),
  /** Records of rules that were read. */
  records: z.int().nullable(),
  counterexample: z.object({ action: z.string(), key: z.string().nullable(), decided: z.boolean(), enforced: z.boolean() }).nullable(),
});
export const proveOutput = z.object({ personId, cone: z.string(), proofs: z.array(proof) });
