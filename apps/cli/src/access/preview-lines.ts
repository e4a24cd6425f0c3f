/** What a change would do, in lines for people. */
import type { Api } from '@hq/sdk/api/client';
import { toIso } from '@hq/shared/time';
import { placeWords } from './words.ts';

export type Preview = Awaited<ReturnType<Api['acl']['preview']['query']>>;

const shownPeople = 20;
const shownPlaces = 3;

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** `write → none at reports/`: the places of one person. */
function placesOf(places: Preview['people'][number]['places']): string[] {
  const lines = places.slice(0, shownPlaces).map(({ path, before, after }) => `${before} → ${after} at ${placeWords(path)}`);
  return places.length > shownPlaces ? [...lines, `… and ${counted(places.length - shownPlaces, 'more place')}`] : lines;
}

/** Who gains and who loses and where, how many files, what lives on, and whether it would be refused. */
export function previewLines({ people, files, sessions, sessionsEndBy, refusal }: Preview): string[] {
  const lines = people.length === 0 ? ["Nobody's access changes."] : [];
  const width = Math.max(0, ...people.slice(0, shownPeople).map(({ email, personId }) => (email ?? personId).length));
  for (const { personId, email, gains, loses, places } of people.slice(0, shownPeople)) {
    const verb = gains && loses ? 'gains and loses' : loses ? 'loses' : 'gains';
    lines.push(`${(email ?? personId).padEnd(width)}  ${verb}: ${placesOf(places).join('; ')}`);
  }
  if (people.length > shownPeople) lines.push(`… and ${people.length - shownPeople} more people`);
  if (people.length > 0) lines.push(`Files affected: ${files.more ? 'more than ' : ''}${files.count}.`);
  if (sessionsEndBy !== null) {
    lines.push(`Storage goes on to honour ${counted(sessions.length, 'live session')} of those who lose access, the last one until ${toIso(sessionsEndBy)}.`);
  }
  if (refusal !== null) lines.push(`It would be refused: ${refusal.message}${refusal.hint === null ? '' : ` ${refusal.hint}`}`);
  return lines;
}
