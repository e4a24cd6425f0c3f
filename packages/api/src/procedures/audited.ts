/**
 * The beginning of every procedure for somebody we know: who calls, how often, and the trail. Every such call leaves one entry, with its outcome: refusals and
 * defects too. What the procedures below find out (vault, paths, what decided, sessions) they note on the trail as they go. A change writes its entry itself,
 * together with what it changes (`once.ts`).
 *
 * One middleware and not four: each costs tRPC several copies of the context, and this chain runs on every call.
 */
import type { HqError } from '@hq/shared/errors';
import type { Path } from '@hq/shared/path';
import type { AuditNote } from '../audit-trail.ts';
import type { Context } from '../context.ts';
import { toHqError } from '../error-map.ts';
import { personPartition } from '../stores/keys.ts';
import { procedure, translated } from '../trpc.ts';
import { verifyCaller } from './authenticated.ts';
import { refuseFlood } from './public.ts';

/** Notes for the entry of one call. */
export interface Trail {
  /** The vault's id. */
  vault: string | undefined;
  paths: readonly Path[];
  because: string | undefined;
  readonly sessions: string[];
  /** True once the entry is written. */
  recorded: boolean;
}

/** The entry of this call, as far as it is known. */
export interface Noting {
  readonly trail: Trail;
  readonly note: (error: HqError | undefined) => AuditNote;
}

function startTrail({ request }: Context, personId: string, action: string): Noting {
  const trail: Trail = { vault: undefined, paths: [], because: undefined, sessions: [], recorded: false };
  const note = (error: HqError | undefined): AuditNote => ({
    partition: trail.vault ?? personPartition(personId),
    personId,
    action,
    paths: trail.paths,
    outcome: error === undefined ? 'done' : error.code === 'INTERNAL' || error.code === 'UNAVAILABLE' ? 'failed' : 'refused',
    code: error?.code ?? null,
    because: trail.because ?? null,
    sessions: trail.sessions,
    sourceIp: request.sourceIp,
    userAgent: request.userAgent,
    before: null,
    after: null,
  });
  return { trail, note };
}

export const audited = procedure.use((call) =>
  translated(call, async () => {
    const { ctx, path, type } = call;
    const caller = await verifyCaller(ctx);
    refuseFlood(ctx.ports.limiter.take(caller.token.personId));
    const noting = startTrail(ctx, caller.token.personId, path);
    const { trail, note } = noting;
    const result = await call.next({ ctx: { ...caller, trail, noting } });
    if (!trail.recorded) await ctx.ports.trail.record(note(result.ok ? undefined : toHqError(result.error)), type === 'query' ? 'soon' : 'before the answer');
    return result;
  }),
);
