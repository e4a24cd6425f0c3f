/**
 * From a session policy to open storage. The one place where the API mints a session, for itself or for a client: the bytes are judged again, the issuance is
 * written down, and only then is storage asked.
 */
import { newId } from '@hq/shared/ids';
import type { Path } from '@hq/shared/path';
import { minDurationSeconds } from '@hq/shared/schema/credentials';
import { compile } from '@hq/policy/compile';
import { compileCopy } from '@hq/policy/copying';
import { compileListing } from '@hq/policy/listing';
import { readSessionPolicy } from '@hq/policy/read';
import { pinsOf } from '@hq/policy/session-tags';
import type { Ports } from '../context.ts';
import type { OpenBucket } from '../ports/objects.ts';
import type { StorageCredentials } from '../ports/sessions.ts';
import type { VaultAccess } from './vault-access.ts';

/** On whose behalf something happens, for the record. */
export interface Asker {
  /** The procedure, for example `files.get`. */
  readonly operation: string;
  readonly sourceIp: string | null;
  readonly userAgent: string | null;
  /** Takes the ids of the sessions that were minted, for the audit trail. */
  readonly sessions: string[];
}

/** A decided request: who may do what where was settled before an operation sees it. */
export interface Job {
  readonly access: VaultAccess;
  readonly asker: Asker;
}

export type MintPorts = Pick<Ports, 'clock' | 'randomBytes' | 'sessions'> & { readonly stores: Pick<Ports['stores'], 'sessions'> };
export type StoragePorts = MintPorts & Pick<Ports, 'objects'>;

export interface Issuance {
  readonly cone: Path;
  /** The file that is copied or moved to the cone. */
  readonly source?: Path;
  readonly access: 'read' | 'write';
  readonly durationSeconds: number;
  /** The bytes for STS, one session each. */
  readonly policies: readonly string[];
}

export interface Issued {
  readonly id: string;
  readonly credentials: StorageCredentials;
}

/**
 * Checks every policy, records every session, then mints: in this order, so that nothing that fails a check was ever minted, and nothing that was minted goes
 * unrecorded.
 */
export async function mintSessions(ports: MintPorts, { access, asker }: Job, { policies, ...issuance }: Issuance): Promise<Issued[]> {
  const { vault, person } = access;
  const issuedAt = ports.clock();
  const drafts = policies.map((policy) => ({
    id: newId('session', ports.randomBytes),
    policy,
    actions: [...new Set(readSessionPolicy(policy, vault).flatMap((fact) => (fact.effect === 'Allow' ? fact.actions : [])))],
  }));
  await ports.stores.sessions.record(
    drafts.map(({ id, actions }) => ({
      id,
      actions,
      vaultId: vault.id,
      personId: person.id,
      cone: issuance.cone,
      source: issuance.source ?? null,
      access: issuance.access,
      operation: asker.operation,
      issuedAt,
      expiresAt: issuedAt + issuance.durationSeconds,
      sourceIp: asker.sourceIp,
      userAgent: asker.userAgent,
    })),
  );
  asker.sessions.push(...drafts.map(({ id }) => id));
  const tags = pinsOf(vault);
  return Promise.all(
    drafts.map(async ({ id, policy }) => {
      const { durationSeconds } = issuance;
      const minted = await ports.sessions.mint({ name: id, policy, tags, sourceIdentity: person.id, durationSeconds });
      return { id, credentials: minted.credentials };
    }),
  );
}

/** The vault's bucket under one session of our own, which ends with this request as far as anyone can use it. */
async function open(ports: StoragePorts, job: Job, place: Pick<Issuance, 'cone' | 'access' | 'source'>, policy: string): Promise<OpenBucket> {
  const [issued] = await mintSessions(ports, job, { ...place, durationSeconds: minDurationSeconds, policies: [policy] });
  if (issued === undefined) throw new Error('one policy makes one session');
  return ports.objects.open(job.access.vault.bucket, issued.credentials);
}

/** Storage narrowed to one file. @throws HqError `EMPTY_SCOPE` where the rules say no: the decision before was wrong, or they changed. */
export async function openFile(ports: StoragePorts, job: Job, path: Path, access: 'read' | 'write'): Promise<OpenBucket> {
  const { vault, caller, records } = job.access;
  const { sessions } = compile({ vault, caller, records: [...records.values()], cone: path, access, now: ports.clock() });
  const [session] = sessions;
  if (session === undefined) throw new Error('a compiled scope has a session');
  return open(ports, job, { cone: path, access }, session.policy);
}

/** Storage narrowed to the names under a folder; no object opens. What is carved out is the caller's of this function to leave out. */
export function openListing(ports: StoragePorts, job: Job, folder: Path): Promise<OpenBucket> {
  return open(ports, job, { cone: folder, access: 'read' }, compileListing(job.access.vault, folder));
}

/** Storage narrowed to reading one file and writing another. */
export function openCopy(ports: StoragePorts, job: Job, from: Path, to: Path, removeSource: boolean): Promise<OpenBucket> {
  return open(ports, job, { cone: to, source: from, access: 'write' }, compileCopy(job.access.vault, { from, to, removeSource }));
}
