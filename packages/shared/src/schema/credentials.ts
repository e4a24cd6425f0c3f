/** `credentials`: short sessions, exact for a cone and an access, with which a client talks to storage itself. */
import * as z from 'zod';
import { epochSeconds, path, personId, vault } from './fields.ts';
import { idPattern } from '../ids.ts';
import { root } from '../path.ts';

export const access = z.enum(['read', 'write']);
export type Access = z.infer<typeof access>;

/** STS's own bounds; the upper one is also ours. */
export const minDurationSeconds = 900;
export const maxDurationSeconds = 3600;

const place = z.object({ bucket: z.string(), region: z.string(), prefix: z.string() });

export const whereInput = z.object({ vault: vault.default('personal') });
export const whereOutput = place.extend({ userId: personId, endpoint: z.url().nullable() });

export const sessionCredentials = z.object({ accessKeyId: z.string(), secretAccessKey: z.string(), sessionToken: z.string(), expiration: epochSeconds });

/**
 * One minted session and the paths it serves: a path belongs to the session that holds the longest `allow` of all sessions that covers the path. Storage may still
 * refuse it: what the caller may not read inside an `allow` is not named, since names are data too. `files.access` answers for paths that are known.
 * `list` names the folders that storage itself will list for it; where it names none, listing goes through `files.list`.
 */
export const session = z.object({
  id: z.string().regex(idPattern('session')),
  allow: z.array(z.string()),
  list: z.array(z.string()),
  credentials: sessionCredentials,
});

export const issueInput = z.object({
  vault,
  cone: path,
  access,
  durationSeconds: z.int().min(minDurationSeconds).max(maxDurationSeconds).default(minDurationSeconds),
});
export const issueOutput = z.object({
  /** Null on AWS, where the SDK knows it; the local storage's address otherwise. */
  endpoint: z.url().nullable(),
  bucket: z.string(),
  region: z.string(),
  /** Goes before every path to make a key. */
  keyPrefix: z.string(),
  /** The key of the vault, for requests that name it. */
  kmsKeyArn: z.string(),
  sessions: z.array(session).min(1).max(16),
});

/** Of one person, and those that can touch a path, where named. */
export const listInput = z.object({ vault, personId: personId.optional(), path: path.default(root) });
/** Live sessions: the caller's own, or everyone's for an admin of the organization (and of the path that is named). */
export const listOutput = z.object({
  sessions: z.array(
    z.object({
      id: z.string(),
      personId,
      cone: z.string(),
      /** The file that a copy or a move reads from. */
      source: z.string().nullable(),
      access,
      /** The procedure that it was minted for. */
      operation: z.string(),
      issuedAt: epochSeconds,
      expiresAt: epochSeconds,
      sourceIp: z.string().nullable(),
    }),
  ),
});
