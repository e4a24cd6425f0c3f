/** `files`: what is in a vault. Names are relative to the vault; bodies are base64 and small, larger ones go straight to storage. */
import * as z from 'zod';
import { maxAccessPaths } from '../acl/actions.ts';
import { isInside, root } from '../path.ts';
import { epochSeconds, etag, filePath, folderPath, level, oneCondition, pageToken, path, vault, writeCondition } from './fields.ts';

/** The most bytes `put` takes and `get` gives: what fits, in base64, in a Lambda's 6 MB. */
export const maxInlineBytes = 4_500_000;
/** Entries on a page of `list`. */
export const pageSize = 100;

const maxBase64Length = Math.ceil(maxInlineBytes / 3) * 4;

/**
 * Standard base64 (RFC 4648 section 4) of at most `maxInlineBytes`. The check looks for a character that does not belong, which is linear in the length; a
 * pattern that repeats groups of four would run out of stack on a body of megabytes.
 */
const base64 = z.string().superRefine((value, ctx) => {
  if (value.length > maxBase64Length) {
    ctx.addIssue({
      code: 'custom',
      input: '',
      message: `A file over ${maxInlineBytes} bytes does not fit in a request. Ask credentials.issue for a session and send it to storage.`,
      params: { code: 'TOO_LARGE' },
    });
  } else if (value.length % 4 !== 0 || /[^A-Za-z0-9+/]/.test(value.endsWith('==') ? value.slice(0, -2) : value.endsWith('=') ? value.slice(0, -1) : value)) {
    ctx.addIssue({ code: 'custom', input: '', message: 'The content is not base64.' });
  }
});
const versionId = z.string().min(1).max(1024);

export const entry = z.object({ path: z.string(), size: z.int(), lastModified: epochSeconds, etag });

/** With `delimiter`, only the entries right in the folder, and its sub-folders as `folders`. */
export const listInput = z.object({ vault, prefix: path.default(root), recursive: z.boolean().default(true), continuationToken: pageToken.optional() });
/** Names in storage that are no path of ours, which clients that write straight to storage can make. They are left out of `files` and `folders`, and counted. */
const unusable = z.array(z.object({ reason: z.string(), count: z.int().min(1) }));
/** A page may be empty and still carry a token: only a null token is the end. */
export const listOutput = z.object({
  files: z.array(entry),
  folders: z.array(z.string()),
  unusable,
  continuationToken: pageToken.nullable(),
  isTruncated: z.boolean(),
});

/** Counted before any of them is read: making a path canonical is what costs. */
const paths = z.array(z.custom<string>()).min(1).max(maxAccessPaths).pipe(z.array(path));

export const accessInput = z.object({ vault, cone: path, paths }).refine(({ cone, paths: asked }) => asked.every((each) => isInside(each, cone)), {
  path: ['paths'],
  message: 'A path is outside of the cone.',
});
/** The caller's own level at each path, in the order of the question. Whether anything is there is not said. */
export const accessOutput = z.object({ levels: z.array(level) });

export const statInput = z.object({ vault, path: filePath });
export const statOutput = entry.extend({ versionId: versionId.nullable(), contentType: z.string() });

export const getInput = z.object({ vault, path: filePath, versionId: versionId.optional() });
/** `content` is base64 (RFC 4648 section 4). */
export const getOutput = statOutput.extend({ content: z.string() });

/** A media type (RFC 9110 section 8.3) in visible ASCII, as it goes into a header. */
const contentType = z
  .string()
  .max(256)
  .regex(/^[!-~](?:[ -~]*[!-~])?$/, 'A content type is visible ASCII.');

export const putInput = z
  .object({ vault, path: filePath, content: base64, contentType: contentType.default('application/octet-stream'), ...writeCondition })
  .refine(...oneCondition);
/** What was written. When it was is storage's to say: ask `stat`. */
export const putOutput = entry.omit({ lastModified: true }).extend({ versionId: versionId.nullable() });

export const removeInput = z.object({ vault, path: filePath, ifMatch: writeCondition.ifMatch });
export const removeOutput = z.object({ path: z.string(), versionId: versionId.nullable() });

/** The condition is about `to`. Within one vault. */
export const copyInput = z
  .object({ vault, from: filePath, to: filePath, ...writeCondition })
  .refine(...oneCondition)
  .refine(({ from, to }) => from !== to, { path: ['to'], message: 'This is the file itself: name another place.' });
export const copyOutput = putOutput;

export const moveInput = copyInput;
export const moveOutput = putOutput;

export const versionsInput = z.object({ vault, path: filePath, continuationToken: pageToken.optional() });
export const versionsOutput = z.object({
  versions: z.array(z.object({ versionId, size: z.int(), lastModified: epochSeconds, etag: etag.nullable(), deleted: z.boolean(), current: z.boolean() })),
  continuationToken: pageToken.nullable(),
});

/** Makes an old version the current one again, as a new version. */
export const restoreInput = z.object({ vault, path: filePath, versionId });
export const restoreOutput = putOutput;

/** Files whose name holds `text`, whatever the case, under a folder. */
export const searchInput = z.object({
  vault,
  text: z.string().min(1).max(256),
  under: folderPath.default(root),
  continuationToken: pageToken.optional(),
});
export const searchOutput = listOutput.omit({ folders: true, unusable: true });
