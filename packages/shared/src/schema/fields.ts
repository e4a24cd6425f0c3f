/** Fields that several procedures share. A path is canonical from the moment it is parsed. */
import * as z from 'zod';
import { HqError } from '../errors.ts';
import { idPattern, personIdPattern } from '../ids.ts';
import { levels } from '../acl/rule.ts';
import { roles } from '../roles.ts';
import { canonicalPath, isFolder, type Path } from '../path.ts';

/** A path from outside, made canonical; the issue says which rule it breaks. */
export const path = z.string().transform((value, ctx): Path => {
  try {
    return canonicalPath(value);
  } catch (error) {
    if (!(error instanceof HqError)) throw error;
    const params = { code: error.code, hint: error.hint, reason: error.details?.['reason'] };
    ctx.issues.push({ code: 'custom', input: value, message: error.message, params });
    return z.NEVER;
  }
});

export const filePath = path.refine((value) => !isFolder(value), { message: 'This names a folder; a file does not end in "/".' });
export const folderPath = path.refine(isFolder, { message: 'This names a file; a folder ends in "/", and the root is "".' });

export const organizationId = z.string().regex(idPattern('organization'), 'This is not the id of an organization.');
export const personId = z.string().regex(personIdPattern, 'This is not the id of a person.');

/** Which vault: one's own, or an organization's. */
export const vault = z.union([z.literal('personal'), organizationId], { error: 'A vault is "personal" or the id of an organization.' });

/** An e-mail address, lower-cased: addresses are compared in that form everywhere. */
export const email = z.string().trim().toLowerCase().max(254).pipe(z.email('This is not an e-mail address.'));

export const role = z.enum(roles);
export const level = z.enum(levels);

/** Whole seconds since 1970. */
export const epochSeconds = z.int().min(0).max(253_402_300_799);

/** An opaque continuation token of our own making. */
export const pageToken = z.string().min(1).max(4096);

/** An S3 ETag without its quotes. */
export const etag = z.string().regex(/^[0-9a-f]{32}(?:-[0-9]{1,5})?$/, 'This is not an ETag.');

/** The condition of a write: the version it replaces, or that nothing is there. */
export const writeCondition = { ifMatch: etag.optional(), ifNoneMatch: z.literal('*', 'Only "*" is supported: write if nothing is there.').optional() };

/** Arguments of `refine` for an object with `writeCondition`: the two contradict each other. */
export const oneCondition: [(value: { ifMatch?: string | undefined; ifNoneMatch?: '*' | undefined }) => boolean, { path: string[]; message: string }] = [
  ({ ifMatch, ifNoneMatch }) => ifMatch === undefined || ifNoneMatch === undefined,
  { path: ['ifMatch'], message: 'Send ifMatch or ifNoneMatch, not both.' },
];

/** Repeating a mutation under the same id has no second effect. */
export const requestId = z
  .string()
  .regex(/^[0-9A-Za-z_-]{16,64}$/, 'A request id is 16 to 64 letters, digits, "-" or "_".')
  .optional();

/** The version of the thing that a change is based on, 0 where nothing is there yet; another one is a `CONFLICT` that says what changed. */
export const version = z.int().min(0).optional();
