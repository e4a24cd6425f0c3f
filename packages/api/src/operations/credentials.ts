/** Sessions with which a client talks to storage itself: exact for a cone and an access, short, and on record. */
import { HqError } from '@hq/shared/errors';
import { isInside, type Path } from '@hq/shared/path';
import { minDurationSeconds, type Access } from '@hq/shared/schema/credentials';
import { toIso, type EpochSeconds } from '@hq/shared/time';
import { compile } from '@hq/policy/compile';
import type { Ports } from '../context.ts';
import { allows } from '@hq/shared/acl/actions';
import { decide } from '@hq/shared/acl/decide';
import type { AclRecord, Caller } from '@hq/shared/acl/rule';
import { touches, type IssuedSession } from '../stores/sessions.ts';
import { coneRecords } from './cone-records.ts';
import { sessionsAt } from './sessions-at.ts';
import { mintSessions, type Job, type MintPorts } from './storage-session.ts';
import { withStorage } from './vault-access.ts';

/** A decided request for a cone. What of it the caller gets is for the rules to say. */
export interface ConeJob extends Job {
  readonly at: { readonly cone: Path };
}

export type IssuePorts = MintPorts & Pick<Ports, 'place'> & { readonly stores: Pick<Ports['stores'], 'sessions' | 'rules'> };

/**
 * @throws HqError `EMPTY_SCOPE`, `SCOPE_TOO_LARGE`; `FORBIDDEN` where the access ends sooner than the shortest session that storage grants.
 */
export async function issueCredentials(
  ports: IssuePorts,
  job: ConeJob,
  { access, durationSeconds }: { readonly access: Access; readonly durationSeconds: number },
) {
  const { vault, caller } = job.access;
  const { cone } = job.at;
  const now = ports.clock();
  const records = [...(await coneRecords(ports.stores, job.access, cone)).values()];
  const { sessions, notAfter: ruleEnds } = compile({ vault, caller, records, cone, access, now });
  // A membership that ends takes everything with it.
  const ends = [ruleEnds, job.access.member?.expiresAt ?? undefined].filter((end) => end !== undefined);
  const notAfter = ends.length === 0 ? undefined : Math.min(...ends);
  const seconds = Math.min(durationSeconds, notAfter === undefined ? durationSeconds : notAfter - now);
  if (seconds < minDurationSeconds) throw endsTooSoon(notAfter ?? now, endingIn(caller, records, cone, access, now));
  const issued = await mintSessions(ports, job, { cone, access, durationSeconds: seconds, policies: sessions.map(({ policy }) => policy) });
  return {
    endpoint: ports.place.storageEndpoint,
    bucket: vault.bucket,
    region: vault.region,
    keyPrefix: vault.keyPrefix,
    kmsKeyArn: vault.kmsKeyArn,
    sessions: issued.map(({ id, credentials: { expiresAt, ...secret } }, index) => ({
      id,
      allow: [...(sessions[index]?.allow ?? [])],
      list: [...(sessions[index]?.list ?? [])],
      credentials: { ...secret, expiration: expiresAt },
    })),
  };
}

/** Where in a cone an access ends sooner than any session does. */
function endingIn(caller: Caller, records: readonly AclRecord[], cone: Path, access: Access, now: EpochSeconds): Path[] {
  const lookup = new Map(records.map((record) => [record.path, record]));
  const mayAt = (path: Path, at: EpochSeconds) => allows(decide(caller, lookup, path, at).level, access);
  const places = new Set([cone, ...lookup.keys()].filter((path) => isInside(path, cone)));
  return [...places].filter((path) => mayAt(path, now) && !mayAt(path, now + minDurationSeconds - 1));
}

/** Paths that the refusal names: the caller may use them, so far. */
const maxNamed = 50;

function endsTooSoon(notAfter: EpochSeconds, ending: readonly Path[]): HqError {
  return new HqError(
    'FORBIDDEN',
    `Your access to a part of this ends at ${toIso(notAfter)}, and storage grants no session shorter than ${minDurationSeconds / 60} minutes.`,
    {
      hint: 'Ask for folders beside it, and use files.get and files.put there until then; or ask for a longer access.',
      details: { notAfter, ending: ending.slice(0, maxNamed) },
    },
  );
}

/** Where the vault is. Facts, not a permission. */
export function whereIs(ports: Pick<Ports, 'place'>, job: { readonly access: Job['access'] | Parameters<typeof withStorage>[0] }) {
  const { vault, person } = withStorage(job.access);
  return { userId: person.id, bucket: vault.bucket, region: vault.region, prefix: vault.keyPrefix, endpoint: ports.place.storageEndpoint };
}

/** A request for the live sessions at a path. */
export interface SessionsJob {
  readonly access: Parameters<typeof withStorage>[0];
  readonly at: { readonly path: Path };
}

type ListPorts = Pick<Ports, 'clock'> & { readonly stores: Pick<Ports['stores'], 'rules' | 'sessions'> };

/**
 * Live sessions that could touch the path: the caller's own; everyone's for admins of the organization, and for admins of the path as far as they may read what
 * the sessions are for. With a person, theirs alone.
 */
export async function listSessions({ stores, clock }: ListPorts, job: SessionsJob, about: string | undefined) {
  const access = withStorage(job.access);
  const { vault, caller, person } = access;
  const { path } = job.at;
  const now = clock();
  const mine = (session: IssuedSession) => session.vaultId === vault.id && touches(session, path);
  const isAdmin = decide(caller, access.records, path, now).level === 'admin';
  const theirs = isAdmin ? sessionsAt(caller, await coneRecords(stores, access, path), path, now) : () => false;
  const live = isAdmin ? await stores.sessions.ofVault(vault.id) : await stores.sessions.ofPerson(person.id);
  const shown = live.filter(
    (session) => (session.personId === person.id ? mine(session) : theirs(session)) && (about ?? session.personId) === session.personId,
  );
  return {
    sessions: shown.map(({ id, personId, cone, source, access: allowed, operation, issuedAt, expiresAt, sourceIp }) => ({
      id,
      personId,
      cone,
      source,
      access: allowed,
      operation,
      issuedAt,
      expiresAt,
      sourceIp,
    })),
  };
}
