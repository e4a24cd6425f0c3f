/** What a change of the rules at one path makes of its record: one answer, for the change itself and for its preview. */
import type { AclRecord, Grantee, Level, Rule } from '@hq/shared/acl/rule';
import { HqError, isHqError } from '@hq/shared/errors';
import type { Path } from '@hq/shared/path';
import type { EpochSeconds } from '@hq/shared/time';
import type { Ports } from '../context.ts';
import type { OrganizationAccess } from '../stores/access.ts';
import { isLive, nextRecord, noRecord } from '../stores/rules.ts';
import { resolveGrantee, sameGrantee } from './grantees.ts';

export type RuleChange =
  | { readonly kind: 'grant'; readonly grantee: Grantee; readonly level: Level; readonly expiresAt?: EpochSeconds | undefined }
  | { readonly kind: 'revoke'; readonly grantee: Grantee }
  | { readonly kind: 'set-open'; readonly open: boolean };

/** A record before and after; the same object where the change changes nothing. */
export interface ChangedRecord {
  readonly before: AclRecord;
  readonly after: AclRecord;
  /** The rules that are no longer there, and the one that is new. */
  readonly gone: readonly Rule[];
  readonly came: readonly Rule[];
}

type ChangePorts = Pick<Ports, 'clock'> & { readonly stores: Pick<Ports['stores'], 'people'> };

/**
 * @throws HqError `BAD_REQUEST` for an end that has passed; `NOT_FOUND` for an unknown grantee, or a rule that is not there; `CONFLICT` for an address that is
 *   not its holder's any more; `TOO_LARGE` over 500 rules.
 */
export async function changeRecord(ports: ChangePorts, organization: OrganizationAccess, path: Path, change: RuleChange): Promise<ChangedRecord> {
  const now = ports.clock();
  const before = organization.records.get(path) ?? noRecord(path);
  if (change.kind === 'set-open') {
    const after = change.open === before.open ? before : nextRecord(before, { open: change.open }, now);
    return { before, after, gone: [], came: [] };
  }
  return change.kind === 'grant' ? granted(ports, organization, before, change, now) : revoked(ports, organization, before, change.grantee, now);
}

type Grant = Extract<RuleChange, { kind: 'grant' }>;

async function granted(ports: ChangePorts, organization: OrganizationAccess, before: AclRecord, { level, expiresAt, ...change }: Grant, now: EpochSeconds) {
  if (expiresAt !== undefined && expiresAt <= now) {
    throw new HqError('BAD_REQUEST', 'This rule would have ended before it began.', { hint: 'Name an end in the future.' });
  }
  const { grantee, names } = await resolveGrantee(ports, organization, change.grantee);
  const rule: Rule = { grantee, level, ...(expiresAt === undefined ? {} : { expiresAt }) };
  const gone = before.rules.filter((each) => isLive(each, now) && isFor(each, names));
  const [same, ...others] = gone;
  if (same !== undefined && others.length === 0 && sameRule(same, rule)) return { before, after: before, gone: [], came: [] };
  const after = nextRecord(before, { rules: [...before.rules.filter((each) => !isFor(each, names)), rule] }, now);
  return { before, after, gone, came: [rule] };
}

async function revoked(ports: ChangePorts, organization: OrganizationAccess, before: AclRecord, grantee: Grantee, now: EpochSeconds) {
  const listed = before.rules.some((rule) => isLive(rule, now) && sameGrantee(rule.grantee, grantee));
  const names = await resolveGrantee(ports, organization, grantee).then(
    (resolved) => [grantee, ...resolved.names],
    (error: unknown) => {
      // A rule goes by the name under which it is listed, also where no new one could be made.
      if (listed && isHqError(error) && (error.code === 'NOT_FOUND' || error.code === 'CONFLICT')) return [grantee];
      throw error;
    },
  );
  const gone = before.rules.filter((rule) => isLive(rule, now) && isFor(rule, names));
  if (gone.length === 0) throw new HqError('NOT_FOUND', 'There is no such rule at this path.', { hint: 'List the rules of the path.' });
  const after = nextRecord(before, { rules: before.rules.filter((rule) => !isFor(rule, names)) }, now);
  return { before, after, gone, came: [] };
}

const isFor = (rule: Rule, names: readonly Grantee[]) => names.some((name) => sameGrantee(name, rule.grantee));
const sameRule = (a: Rule, b: Rule) => sameGrantee(a.grantee, b.grantee) && a.level === b.level && a.expiresAt === b.expiresAt;
