/** What ended with a membership, in lines for people. */
import { toIso } from '@hq/shared/time';
import type { Api } from '@hq/sdk/api/client';
import { placeWords } from './words.ts';

export type Departure = Awaited<ReturnType<Api['members']['remove']['mutate']>>;

const shown = 10;

function listed(what: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  return [`    ${what}: ${items.slice(0, shown).join(', ')}${items.length > shown ? ` and ${items.length - shown} more` : ''}`];
}

/** `groupName` names a group by its id, as it was called before the departure. */
export function departureLines({ rules, created, groups, invitations, sessions, sessionsEndBy }: Departure, groupName: (id: string) => string): string[] {
  const ended = [
    ...listed(
      'rules',
      rules.map(({ path, level }) => `${level} at ${placeWords(path)}`),
    ),
    ...listed('admin of what they made', created.map(placeWords)),
    ...listed('groups', groups.map(groupName)),
    ...listed(
      'invitations they sent',
      invitations.map(({ email }) => email),
    ),
  ];
  const lines = ended.length === 0 ? [] : ['With the membership ended:', ...ended];
  if (sessionsEndBy === null) return lines;
  const each = sessions.map(({ access, cone, expiresAt }) => `${access} at ${placeWords(cone)} until ${toIso(expiresAt)}`);
  return [...lines, `Storage still honours sessions that they hold, the last one until ${toIso(sessionsEndBy)}:`, ...listed('sessions', each)];
}
