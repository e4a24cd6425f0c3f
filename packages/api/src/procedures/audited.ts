/**
 * Adds the trail. Every call of somebody we know leaves one entry, with its outcome: refusals and defects too. What the procedures below find out (vault,
 * paths, what decided, sessions) they note on the trail as they go. A change writes its entry itself, together with what it changes (`once.ts`).
 */
import type { HqError } from '@hq/shared/errors';
import type { Path } from '@hq/shared/path';
import type { AuditNote } from '../audit-trail.ts';
import { toHqError } from '../error-map.ts';
import { personPartition } from '../stores/keys.ts';
import { authenticated } from './authenticated.ts';

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

export const audited = authenticated.use(async ({ ctx, path, type, next }) => {
  const { token, request, ports } = ctx;
  const trail: Trail = { vault: undefined, paths: [], because: undefined, sessions: [], recorded: false };
  const note = (error: HqError | undefined): AuditNote => ({
    partition: trail.vault ?? personPartition(token.personId),
    personId: token.personId,
    action: path,
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
  const noting: Noting = { trail, note };
  const result = await next({ ctx: { trail, noting } });
  if (!trail.recorded) await ports.trail.record(note(result.ok ? undefined : toHqError(result.error)), type === 'query' ? 'soon' : 'before the answer');
  return result;
});
