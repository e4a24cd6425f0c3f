/** `acl`: the rules at a path. */
import * as z from 'zod';
import { email, epochSeconds, level, organizationId, path, personId } from './fields.ts';
import { idPattern } from '../ids.ts';

export const grantee = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('person'), id: personId }),
  z.object({ kind: z.literal('email'), email }),
  z.object({ kind: z.literal('group'), id: z.string().regex(idPattern('group')) }),
  z.object({ kind: z.literal('org') }),
]);

export const record = z.object({
  path: z.string(),
  rules: z.array(z.object({ grantee, level, expiresAt: epochSeconds.optional() })),
  createdBy: personId.optional(),
  open: z.boolean(),
  version: z.int(),
});

/** The records at the path, above it, and (where the caller is admin of the path) below it. */
export const listInput = z.object({ vault: organizationId, path });
export const listOutput = z.object({ records: z.array(record) });

/** `version` is the record's version that the change is based on, 0 for a path with no record; another one is a `CONFLICT`. */
export const grantInput = z.object({ vault: organizationId, path, grantee, level, expiresAt: epochSeconds.optional(), version: z.int().min(0).optional() });
export const grantOutput = record;

export const revokeInput = z.object({ vault: organizationId, path, grantee, version: z.int().min(0).optional() });
/** Sessions that storage granted before live until `sessionsEndBy` at the latest. */
export const revokeOutput = record.extend({ sessionsEndBy: epochSeconds.nullable() });
