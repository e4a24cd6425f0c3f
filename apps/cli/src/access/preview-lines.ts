/** What a change would do, in lines for people. */
import type { Api } from '@hq/sdk/api/client';
import { toIso } from '@hq/shared/time';
import { placeWords } from './words.ts';

export type Preview = Awaited<ReturnType<Api['acl']['preview']['query']>>;

const shownPeople = 20;
const shownPlaces = 3;

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

type Affected = Preview['people'][number];

/** `write → none at reports/`: the places of one person. */
function placesOf({ places, morePlaces = 0 }: Affected): string[] {
  const lines = places.slice(0, shownPlaces).map(({ path, before, after }) => `${before} → ${after} at ${placeWords(path)}`);
  const others = places.length - lines.length + morePlaces;
  return others > 0 ? [...lines, `… and ${counted(others, 'more place')}`] : lines;
}

function personLine(person: Affected, width: number): string {
  const { personId, email, gains, loses } = person;
  const verb = gains && loses ? 'gains and loses' : loses ? 'loses' : 'gains';
  return `${(email ?? personId).padEnd(width)}  ${verb}: ${placesOf(person).join('; ')}`;
}

/** Who gains and who loses and where, how many files, what lives on, and whether it would be refused. */
export function previewLines({ people, morePeople = 0, files, sessions, sessionsEndBy, refusal }: Preview): string[] {
  const shown = people.slice(0, shownPeople);
  const width = Math.max(0, ...shown.map(({ email, personId }) => (email ?? personId).length));
  const lines = people.length === 0 ? ["Nobody's access changes."] : shown.map((person) => personLine(person, width));
  const others = people.length - shown.length + morePeople;
  if (others > 0) lines.push(`… and ${others} more people`);
  if (people.length > 0) lines.push(`Files affected: ${files.more ? 'more than ' : ''}${files.count}.`);
  if (sessionsEndBy !== null) {
    lines.push(`Storage goes on to honour ${counted(sessions.length, 'live session')} of those who lose access, the last one until ${toIso(sessionsEndBy)}.`);
  }
  if (refusal !== null) lines.push(`It would be refused: ${refusal.message}${refusal.hint === null ? '' : ` ${refusal.hint}`}`);
  return lines;
}
