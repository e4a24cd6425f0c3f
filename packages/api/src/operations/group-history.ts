/** What became of a group: as it is written into the audit trail, and as it is told to someone who worked on an older version. */
import { HqError } from '@hq/shared/errors';
import { toIso } from '@hq/shared/time';
import type { Ports } from '../context.ts';
import type { Value } from '../ports/table.ts';
import type { ChangeFacts } from './commit.ts';
import type { AuditEntry } from '../stores/audit.ts';
import type { Group } from '../stores/groups.ts';

/** The latest entries of a vault's trail in which a stale version's changes are looked for. */
const entriesRead = 500;
const maxLines = 50;

/** That a person or a group came into a group, or left it. */
export function membershipFacts(group: Group, kind: 'add' | 'drop', member: string): ChangeFacts {
  const fact = (version: number, holds: boolean): Value => ({ group: group.id, name: group.name, version, member, holds });
  return { before: fact(group.version, kind === 'drop'), after: fact(group.version + 1, kind === 'add') };
}

/** @throws HqError `CONFLICT` where the group is another version than the caller worked on, with what changed since in `details.changed`. */
export async function refuseStaleGroup(
  { audit }: Pick<Ports['stores'], 'audit'>,
  vaultId: string,
  { id, version: present }: Group,
  version: number | undefined,
): Promise<void> {
  if (version === undefined || version === present) return;
  const { entries } = await audit.list({ partition: vaultId, limit: entriesRead });
  const since = entries.filter(({ outcome, after }) => outcome === 'done' && field(after, 'group') === id && Number(field(after, 'version')) > version);
  throw new HqError('CONFLICT', 'Someone else changed this group first.', {
    hint: 'Look at the group again, then repeat the change.',
    details: { version: present, changed: since.toReversed().flatMap(lineOf).slice(-maxLines) },
  });
}

function lineOf({ after, personId, at }: AuditEntry): string[] {
  const member = field(after, 'member');
  if (typeof member !== 'string') return [];
  const what = member.startsWith('grp_') ? 'group' : 'person';
  return [`${field(after, 'holds') === true ? '+' : '-'} ${what} ${member} by person ${personId} at ${toIso(at)}`];
}

function field(value: Value, name: string): Value | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as { readonly [key: string]: Value })[name] : undefined;
}
