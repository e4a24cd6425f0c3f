/** What a change of rules, of a group or of a member would do: the answer of `acl.preview`, `groups.preview` and `members.preview`. */
import * as z from 'zod';
import { access } from './credentials.ts';
import { email, epochSeconds, level, personId } from './fields.ts';

const place = z.object({ path: z.string(), before: level, after: level });
export const previewOutput = z.object({
  /** The version of what would change: hand it to the change itself, and it is made on what was previewed, or not at all. */
  version: z.int(),
  /** Those whose access changes, with the paths from which on it does; places that the caller may not read are left out. */
  people: z.array(
    z.object({
      personId,
      email: email.nullable(),
      gains: z.boolean(),
      loses: z.boolean(),
      places: z.array(place),
      /** How many places there are beyond those that are named, where there are. */
      morePlaces: z.int().optional(),
    }),
  ),
  /** How many people there are beyond those that are named, where there are. Those who lose are named first. */
  morePeople: z.int().optional(),
  /** True where someone loses access, or a folder is opened: clients ask before they make such a change. */
  ask: z.boolean(),
  /** Files whose access would change for someone, counted up to `counted`; `more` when there are others. */
  files: z.object({ count: z.int(), more: z.boolean() }),
  /** Live sessions of those who lose, that storage will still honour; the last one ends at `sessionsEndBy`. */
  sessions: z.array(z.object({ id: z.string(), personId, cone: z.string(), access, expiresAt: epochSeconds })),
  sessionsEndBy: epochSeconds.nullable(),
  /** Whether the change would be refused, and with what: the same words as the change itself. */
  refusal: z.object({ code: z.string(), message: z.string(), hint: z.string().nullable() }).nullable(),
});
