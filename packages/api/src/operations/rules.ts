/** The rules at a path: seen and changed by those who are admin there. */
import { compareLevels, type AclRecord, type Grantee, type Level } from '@hq/shared/acl/rule';
import { HqError } from '@hq/shared/errors';
import type { Path } from '@hq/shared/path';
import type { EpochSeconds } from '@hq/shared/time';
import { decide } from '@hq/shared/acl/decide';
import type { Ports } from '../context.ts';
import type { Job } from './storage-session.ts';

/** A decided request about the rules of a path: the caller is admin there. */
export interface RulesJob extends Job {
  readonly at: { readonly path: Path };
}

type RulesPorts = { readonly stores: Pick<Ports['stores'], 'rules' | 'sessions'> };

function describe({ path, rules, createdBy, open, version }: AclRecord) {
  return { path, rules: rules.map(({ grantee, level, expiresAt }) => ({ grantee, level, expiresAt })), createdBy, open, version };
}

/** The records above the path, at it and below it: all that decides there. */
export async function listRules({ stores }: RulesPorts, { access, at }: RulesJob) {
  const records = new Map(access.records);
  for (const record of await stores.rules.recordsUnder(access.vault.id, at.path)) records.set(record.path, record);
  return { records: [...records.values()].map(describe) };
}

interface Grant {
  readonly grantee: Grantee;
  readonly level: Level;
  readonly expiresAt?: EpochSeconds | undefined;
  readonly version?: number | undefined;
}

/** Never above the caller's own level. @throws HqError `FORBIDDEN`, `CONFLICT`; `BAD_REQUEST` for an end that has passed. */
export async function grantRule({ stores, clock }: RulesPorts & Pick<Ports, 'clock'>, { access, at }: RulesJob, { grantee, level, expiresAt, version }: Grant) {
  const own = decide(access.caller, access.records, at.path, clock()).level;
  if (compareLevels(level, own) > 0) throw new HqError('FORBIDDEN', 'You can not give more than you have yourself.', { details: { level: own } });
  if (expiresAt !== undefined && expiresAt <= clock())
    throw new HqError('BAD_REQUEST', 'This rule would have ended before it began.', { hint: 'Name an end in the future.' });
  const rule = { grantee, level, ...(expiresAt === undefined ? {} : { expiresAt }) };
  const record = await stores.rules.grant(access.vault.id, at.path, rule, version);
  return { ...describe(record), sessionsEndBy: await stores.sessions.latestEnd(access.vault.id) };
}

/** What sessions already hold lives on until `sessionsEndBy`. @throws HqError `NOT_FOUND`, `CONFLICT`. */
export async function revokeRule({ stores }: RulesPorts, { access, at }: RulesJob, { grantee, version }: Pick<Grant, 'grantee' | 'version'>) {
  const record = await stores.rules.revoke(access.vault.id, at.path, grantee, version);
  return { ...describe(record), sessionsEndBy: await stores.sessions.latestEnd(access.vault.id) };
}
