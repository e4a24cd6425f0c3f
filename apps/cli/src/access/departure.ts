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

/** One line for each place, with the end of the last session that reaches it. */
function sessionLines(sessions: Departure['sessions']): string[] {
  const ends = new Map<string, number>();
  for (const { access, cone, expiresAt } of sessions) {
    const place = `${access} at ${placeWords(cone)}`;
    ends.set(place, Math.max(expiresAt, ends.get(place) ?? 0));
  }
  const lines = [...ends].map(([place, end]) => `    ${place}, until ${toIso(end)}`);
  return lines.length > shown ? [...lines.slice(0, shown), `    … and ${lines.length - shown} more`] : lines;
}

/** `groupName` names a group by its id, as it was called before the departure. */
export function departureLines({ rules, created, groups, invitations, sessions, sessionsEndBy }: Departure, groupName: (id: string) => string): string[] {
  const ended = [
    ...listed(
      'rules',
      rules.map(({ path, level }) => `${level} at ${placeWords(path)}`),
    ),
    ...listed('admin of what was made', created.map(placeWords)),
    ...listed('groups', groups.map(groupName)),
    ...listed(
      'invitations sent',
      invitations.map(({ email }) => email),
    ),
  ];
  const lines = ended.length === 0 ? [] : ['With the membership ended:', ...ended];
  if (sessionsEndBy === null) return lines;
  return [...lines, 'Sessions that storage granted before still work:', ...sessionLines(sessions)];
}
