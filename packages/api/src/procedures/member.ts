/** Adds the vault and the caller's place in it, in one round trip to the table. For procedures about a vault as a whole. */
import { HqError } from '@hq/shared/errors';
import type { Path } from '@hq/shared/path';
import type * as z from 'zod';
import type { Access } from '../stores/access.ts';
import type { Asker } from '../operations/storage-session.ts';
import { vaultIdOf } from '../stores/access.ts';
import { audited } from './audited.ts';
import { createOnce } from './once.ts';
import { refuseSignedOut, signedInRefusals } from './signed-in.ts';

/** An input that names a vault. */
export type VaultInput = z.ZodType<{ vault: string; requestId?: string | undefined }>;

/**
 * An organization that does not exist and one that the caller is not in are the same: same answer, after the same single look at the table.
 */
function refuseStranger({ caller }: Access): void {
  if (caller.standing.kind !== 'none') return;
  throw new HqError('NOT_FOUND', 'There is no such organization, or you are not a member of it.', { hint: 'See your organizations with "hq org list".' });
}

/** Every procedure about a vault may refuse so. */
export const memberRefusals = [...signedInRefusals, 'NOT_FOUND'] as const;

/** Builds on an input that names a vault. `pathsOf` says which paths the authorization will ask about, so that their records come along. */
export function member<Schema extends VaultInput>(schema: Schema, pathsOf: (input: z.output<Schema>) => readonly Path[] = () => []) {
  return audited
    .meta({ needs: 'membership', refusals: memberRefusals })
    .input(schema)
    .use(async ({ ctx, input, path, next }) => {
      const parsed = input as z.output<Schema>;
      const { personId } = ctx.token;
      const paths = pathsOf(parsed);
      ctx.trail.paths = paths;
      const access = await ctx.ports.stores.access.load(parsed.vault, personId, paths, parsed.requestId);
      refuseSignedOut(ctx.token, access.person);
      const once = createOnce({
        ports: ctx.ports,
        personId,
        procedure: path,
        input: parsed,
        requestId: parsed.requestId,
        receipt: access.receipt,
        noting: ctx.noting,
      });
      // What was done once is answered again, also to someone who is no longer a member because of it.
      if (access.receipt === undefined) refuseStranger(access);
      // From here on the entry belongs to the vault. A stranger's attempts stay in their own trail: a foreign audit log is not theirs to fill.
      ctx.trail.vault = vaultIdOf(parsed.vault, personId);
      const { sourceIp, userAgent } = ctx.request;
      const asker: Asker = { operation: path, sourceIp, userAgent, sessions: ctx.trail.sessions };
      return next({ ctx: { access, asker, once } });
    });
}
