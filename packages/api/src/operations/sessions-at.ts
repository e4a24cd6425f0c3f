/** Which of a vault's live sessions an admin of a path is told of: those that could touch the path, as far as their names are theirs to know. */
import { allows } from '@hq/shared/acl/actions';
import { decide } from '@hq/shared/acl/decide';
import type { AclLookup, Caller } from '@hq/shared/acl/rule';
import { isInside, type Path } from '@hq/shared/path';
import type { EpochSeconds } from '@hq/shared/time';
import { touches, type IssuedSession } from '../stores/sessions.ts';

/**
 * The question for each session. The folders above the path are known by its name; below it counts what the caller may read.
 *
 * @param records At the path, above it and below it. A session with a name anywhere else is left out, unless the caller is an admin of all.
 */
export function sessionsAt(caller: Caller, records: AclLookup, path: Path, now: EpochSeconds): (session: IssuedSession) => boolean {
  const isAll = caller.standing.kind === 'owner' || (caller.standing.kind === 'member' && caller.standing.role === 'admin');
  const mayName = (at: Path) => isAll || isInside(path, at) || (isInside(at, path) && allows(decide(caller, records, at, now).level, 'read'));
  // Cones were canonical when they were asked for.
  return (session) => touches(session, path) && [session.cone, session.source].every((at) => at === null || mayName(at as Path));
}
