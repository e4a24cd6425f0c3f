/** The rules at a path: seen and changed by those who are admin there. */
import { allows, requireLevel } from '@hq/shared/acl/actions';
import { decide } from '@hq/shared/acl/decide';
import type { AclRecord, Caller } from '@hq/shared/acl/rule';
import { compareBytes, type Path } from '@hq/shared/path';
import type { EpochSeconds } from '@hq/shared/time';
import type { Ports } from '../context.ts';
import type { Commit } from './commit.ts';
import { callerOf, type Access, type OrganizationAccess } from '../stores/access.ts';
import { isLive } from '../stores/rules.ts';
import { refuseUncompilable } from './compilable.ts';
import { sessionsAt } from './sessions-at.ts';
import { coneRecords } from './cone-records.ts';
import { changeRecord, type ChangedRecord, type RuleChange } from './rule-change.ts';
import { ruleFacts, refuseStale } from './rule-history.ts';
import type { VaultAccess } from './vault-access.ts';

/** A decided request about the rules of a path: the caller is admin there. */
export interface RulesJob {
  readonly access: VaultAccess;
  readonly at: { readonly path: Path };
}

export type RulesPorts = Pick<Ports, 'clock'> & { readonly stores: Pick<Ports['stores'], 'access' | 'audit' | 'departures' | 'people' | 'rules' | 'sessions'> };

function describe({ path, rules, createdBy, open, version }: AclRecord, now: EpochSeconds) {
  const live = rules.filter((rule) => isLive(rule, now)).map(({ grantee, level, expiresAt }) => ({ grantee, level, expiresAt }));
  return { path, rules: live, createdBy, open, version };
}

/** The records above the path, at it, and below it where the caller may read: an admin of a folder is not one of what is carved out of it. */
export async function listRules({ stores, clock }: RulesPorts, { access, at }: RulesJob) {
  const records = await coneRecords(stores, access, at.path);
  const now = clock();
  const shown = [...records.values()].filter(({ path }) => access.records.has(path) || allows(decide(access.caller, records, path, now).level, 'read'));
  return { records: shown.toSorted((a, b) => compareBytes(a.path, b.path)).map((record) => describe(record, now)) };
}

/** The caller of a request as they are at the moment of a change: rights that were lost since the request came in are gone. */
export function callerNow(organization: OrganizationAccess, { caller, person }: Pick<Access, 'caller' | 'person'>): Caller {
  const member = organization.members.get(person.id);
  const cap = caller.cap === undefined ? {} : { cap: caller.cap };
  if (member === undefined) return { personId: person.id, groups: new Set(), standing: { kind: 'none' } };
  return { ...callerOf(member, organization.groups), ...cap };
}

/** Everyone whose access a change of a record can touch. */
export function* affectedBy({ members, groups }: OrganizationAccess, { before, after, gone, came }: ChangedRecord): Generator<string> {
  const grantees = [...gone, ...came].map(({ grantee }) => grantee);
  const everyone = before.open !== after.open || grantees.some(({ kind }) => kind === 'org');
  for (const member of members.values()) {
    const caller = callerOf(member, groups);
    const concerned = grantees.some(
      (grantee) =>
        (grantee.kind === 'person' && grantee.id === member.personId) ||
        (grantee.kind === 'email' && grantee.email === member.email) ||
        (grantee.kind === 'group' && caller.groups.has(grantee.id)),
    );
    if (everyone || concerned) yield member.personId;
  }
}

/** The organization as a changed record leaves it. */
export function withRecord(organization: OrganizationAccess, record: AclRecord): OrganizationAccess {
  return { ...organization, records: new Map(organization.records).set(record.path, record) };
}

/**
 * Changes the rules of a path; the answer is its record as it is then. Who is admin at a path has nothing above them there, so what they may give has no other
 * bound. Sessions that storage granted before live on until `sessionsEndBy`.
 *
 * @throws HqError `NOT_FOUND`, `FORBIDDEN` where the caller is not admin at the path (any more); `CONFLICT` for another version, with what changed since;
 *   `SCOPE_TOO_LARGE` where someone's access could not be compiled any more; whatever `changeRecord` throws.
 */
export async function changeRules(ports: RulesPorts, { access, at }: RulesJob, change: RuleChange & { readonly version?: number | undefined }, commit: Commit) {
  const { stores, clock } = ports;
  const { vault } = access;
  // What someone gone has left is cleared first: a rule for their address would be taken for it later.
  return stores.departures.change(vault.id, async () => {
    const organization = await stores.access.loadOrganization(vault.id);
    const now = clock();
    const asker = callerNow(organization, access);
    requireLevel(decide(asker, organization.records, at.path, now).level, 'changeRules');
    await refuseStale(stores, vault.id, organization.records.get(at.path), at.path, change.version);
    const changed = await changeRecord(ports, organization, at.path, change);
    const { before, after } = changed;
    const answer = {
      ...describe(after, now),
      sessionsEndBy: await stores.sessions.latestEndOf(vault.id, sessionsAt(asker, organization.records, at.path, now)),
    };
    if (after === before) return { writes: [], result: answer };
    const affected = affectedBy(organization, changed);
    await refuseUncompilable({ vault, before: organization, after: withRecord(organization, after), affected, asker, now });
    return { writes: [stores.rules.plan(vault.id, after), ...commit(answer, ruleFacts(changed))], result: answer };
  });
}
