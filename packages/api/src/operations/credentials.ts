/** Sessions with which a client talks to storage itself: exact for a cone and an access, short, and on record. */
import { HqError } from '@hq/shared/errors';
import type { Path } from '@hq/shared/path';
import { minDurationSeconds, type Access } from '@hq/shared/schema/credentials';
import { toIso, type EpochSeconds } from '@hq/shared/time';
import { compile } from '@hq/policy/compile';
import type { Ports } from '../context.ts';
import { coneRecords } from './cone-records.ts';
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
  const { sessions, notAfter } = compile({ vault, caller, records, cone, access, now });
  const seconds = Math.min(durationSeconds, notAfter === undefined ? durationSeconds : notAfter - now);
  if (seconds < minDurationSeconds) throw endsTooSoon(notAfter ?? now);
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

function endsTooSoon(notAfter: EpochSeconds): HqError {
  return new HqError(
    'FORBIDDEN',
    `Your access to a part of this ends at ${toIso(notAfter)}, and storage grants no session shorter than ${minDurationSeconds / 60} minutes.`,
    {
      hint: 'Use files.get and files.put until then, or ask for a longer access.',
      details: { notAfter },
    },
  );
}

/** Where the vault is. Facts, not a permission. */
export function whereIs(ports: Pick<Ports, 'place'>, job: { readonly access: Job['access'] | Parameters<typeof withStorage>[0] }) {
  const { vault, person } = withStorage(job.access);
  return { userId: person.id, bucket: vault.bucket, region: vault.region, prefix: vault.keyPrefix, endpoint: ports.place.storageEndpoint };
}

/** Live sessions in the vault: the caller's own, or everyone's for an admin. */
export async function listSessions(
  { stores }: { readonly stores: Pick<Ports['stores'], 'sessions'> },
  job: { readonly access: Parameters<typeof withStorage>[0] },
) {
  const { vault, caller, person } = withStorage(job.access);
  const everyones = caller.standing.kind === 'member' && caller.standing.role === 'admin';
  const sessions = everyones
    ? await stores.sessions.ofVault(vault.id)
    : (await stores.sessions.ofPerson(person.id)).filter(({ vaultId }) => vaultId === vault.id);
  return {
    sessions: sessions.map(({ id, personId, cone, source, access, operation, issuedAt, expiresAt, sourceIp }) => ({
      id,
      personId,
      cone,
      source,
      access,
      operation,
      issuedAt,
      expiresAt,
      sourceIp,
    })),
  };
}
