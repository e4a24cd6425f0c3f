/** What became of the rules of a path: as it is written into the audit trail, and as it is told to someone who worked on an older version. */
import type { AclRecord, Grantee, Rule } from '@hq/shared/acl/rule';
import { HqError } from '@hq/shared/errors';
import type { Path } from '@hq/shared/path';
import { toIso } from '@hq/shared/time';
import type { Ports } from '../context.ts';
import type { Value } from '../ports/table.ts';
import type { ChangeFacts } from './commit.ts';
import type { AuditEntry } from '../stores/audit.ts';
import type { ChangedRecord } from './rule-change.ts';

/** The latest entries of a vault's trail in which a stale version's changes are looked for. */
const entriesRead = 500;
const maxLines = 50;

/** The change for the audit trail: what it touched, and no more. */
export function ruleFacts({ before, after, gone, came }: ChangedRecord): ChangeFacts {
  return { before: factOf(before, gone), after: factOf(after, came) };
}

function factOf({ open, version }: AclRecord, rules: readonly Rule[]): Value {
  return { version, open, rules: rules.map(lineOf) };
}

/** A rule in words, for people: `group grp_…: write until 2027-01-31T00:00:00Z`. */
function lineOf({ grantee, level, expiresAt }: Rule): string {
  return `${nameOf(grantee)}: ${level}${expiresAt === undefined ? '' : ` until ${toIso(expiresAt)}`}`;
}

function nameOf(grantee: Grantee): string {
  if (grantee.kind === 'org') return '@all';
  return grantee.kind === 'email' ? grantee.email : `${grantee.kind} ${grantee.id}`;
}

/** @throws HqError `CONFLICT` where the rules are another version than the caller worked on, with what changed since in `details.changed`. */
export async function refuseStale(
  { audit }: Pick<Ports['stores'], 'audit'>,
  vaultId: string,
  record: AclRecord | undefined,
  path: Path,
  version: number | undefined,
): Promise<void> {
  const present = record?.version ?? 0;
  if (version === undefined || version === present) return;
  const { entries } = await audit.list({ partition: vaultId, limit: entriesRead });
  const since = entries.filter((entry) => entry.outcome === 'done' && entry.paths.includes(path) && versionAfter(entry) > version).toReversed();
  const changed = since.flatMap(linesOf).slice(-maxLines);
  throw new HqError('CONFLICT', 'Someone else changed the rules of this path first.', {
    hint: 'Look at the rules again, then repeat the change.',
    details: { version: present, changed },
  });
}

function linesOf({ before, after, personId, at }: AuditEntry): string[] {
  const by = `by person ${personId} at ${toIso(at)}`;
  const opened = field(before, 'open') === field(after, 'open') ? [] : [field(after, 'open') === true ? `opened ${by}` : `closed ${by}`];
  const lines = (sign: string, value: Value) => {
    const rules = field(value, 'rules');
    return Array.isArray(rules) ? rules.map((rule) => `${sign} ${String(rule)} ${by}`) : [];
  };
  return [...lines('-', before), ...lines('+', after), ...opened];
}

function versionAfter({ after }: AuditEntry): number {
  const version = field(after, 'version');
  return typeof version === 'number' ? version : 0;
}

function field(value: Value, name: string): Value | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as { readonly [key: string]: Value })[name] : undefined;
}
