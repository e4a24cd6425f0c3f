/** What a change would do, before it is made: the same code that would make it, and nothing stored. */
import { allows } from '@hq/shared/acl/actions';
import { decide } from '@hq/shared/acl/decide';
import { compareWorlds, visibleEffects, type Effect } from '@hq/shared/acl/preview';
import { compareLevels } from '@hq/shared/acl/rule';
import { isHqError, type HqError } from '@hq/shared/errors';
import type { Path } from '@hq/shared/path';
import type { Access, OrganizationAccess } from '../stores/access.ts';
import { touches as isTouched, type IssuedSession } from '../stores/sessions.ts';
import { countFiles } from './count-files.ts';
import { callerNow } from './rules.ts';
import { sessionsAt } from './sessions-at.ts';
import type { Asker, StoragePorts } from './storage-session.ts';
import { worldOf } from './world.ts';

/** A change that is not made. */
export interface Previewed {
  /** The version of what it would change. */
  readonly version: number;
  /** Where answers can change: the path of a record, or the root. */
  readonly cone: Path;
  /** True where it opens something to everybody. */
  readonly opens: boolean;
  /** The organization as the change would leave it. @throws HqError as the change would. */
  readonly make: () => Promise<OrganizationAccess>;
  /** What the change checks once it knows that. @throws HqError as the change would. */
  readonly check: (after: OrganizationAccess) => Promise<void>;
}

export interface PreviewJob {
  readonly access: Access;
  readonly asker: Asker;
}

/** What one answer names. */
const maxPeople = 1000;
const maxPlaces = 50;
const maxSessions = 500;

/**
 * Who would gain and who would lose. What the caller may not read is in no answer: no place, no count, no session. Where the change would be refused, the
 * refusal is part of the answer.
 */
export async function previewChange(ports: StoragePorts, { access, asker }: PreviewJob, before: OrganizationAccess, change: Previewed) {
  const { after, refusal } = await attempted(before, change);
  const now = ports.clock();
  const caller = callerNow(before, access);
  const effects = visibleEffects(compareWorlds(worldOf(before, now), worldOf(after, now), [change.cone]), (path) =>
    allows(decide(caller, before.records, path, now).level, 'read'),
  );
  const people = effects.map((effect) => ({ effect, ...directionsOf(effect) })).toSorted((a, b) => Number(b.loses) - Number(a.loses));
  const loses = people.some((person) => person.loses);
  const { vault, organization } = access;
  const nothing = { count: 0, more: false };
  const question = { cone: change.cone, effects, records: before.records.values() };
  const files = vault === undefined ? nothing : await countFiles(ports, { access: { ...access, vault }, asker }, question);
  const mayTell = sessionsAt(caller, before.records, change.cone, now);
  const lives = loses && organization !== undefined ? await ports.stores.sessions.ofVault(organization.id) : [];
  const byPerson = new Map(effects.map(({ member, places }) => [member.personId, places]));
  const sessions = lives.filter((session) => mayTell(session) && outlives(byPerson.get(session.personId) ?? [], session)).slice(-maxSessions);
  return {
    version: change.version,
    people: people.slice(0, maxPeople).map(({ effect: { member, places }, gains, loses: less }) => ({
      personId: member.personId,
      email: member.email ?? null,
      gains,
      loses: less,
      places: places.slice(0, maxPlaces).map(({ path, before: had, after: has }) => ({ path, before: had, after: has })),
      ...(places.length > maxPlaces && { morePlaces: places.length - maxPlaces }),
    })),
    ...(people.length > maxPeople && { morePeople: people.length - maxPeople }),
    ask: loses || (change.opens && refusal === undefined),
    files,
    sessions: sessions.map(({ id, personId, cone, access: allowed, expiresAt }) => ({ id, personId, cone, access: allowed, expiresAt })),
    sessionsEndBy: sessions.at(-1)?.expiresAt ?? null,
    refusal: refusal === undefined ? null : { code: refusal.code, message: refusal.message, hint: refusal.hint ?? null },
  };
}

function directionsOf({ places }: Effect) {
  return {
    gains: places.some((place) => compareLevels(place.after, place.before) > 0),
    loses: places.some((place) => compareLevels(place.after, place.before) < 0),
  };
}

/** The organization after the change, and why it would be refused; the organization as it is where that shows before anything is made. */
async function attempted(before: OrganizationAccess, { make, check }: Previewed): Promise<{ after: OrganizationAccess; refusal: HqError | undefined }> {
  let after = before;
  try {
    after = await make();
    await check(after);
    return { after, refusal: undefined };
  } catch (error) {
    if (!isHqError(error) || error.code === 'INTERNAL' || error.code === 'UNAVAILABLE') throw error;
    return { after, refusal: error };
  }
}

/** True for a session with which someone could still do what they may no longer do. One that only lists is the API's own, and opens nothing. */
function outlives(places: Effect['places'], session: IssuedSession): boolean {
  if (!session.actions.includes('s3:GetObject')) return false;
  return places.some((place) => allows(place.before, session.access) && !allows(place.after, session.access) && isTouched(session, place.path));
}
