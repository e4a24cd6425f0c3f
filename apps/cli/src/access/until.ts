/** When something ends: as it is typed, and as people read it. */
import { toIso, type EpochSeconds } from '@hq/shared/time';
import { readDuration } from '../durations.ts';
import { UsageError } from '../usage-error.ts';

const daySeconds = 86_400;

/** What `--until` takes, for help. */
export const untilHelp = 'a date (2027-01-31: the end of that day in UTC) or a time with its zone (2027-01-31T18:00+01:00)';

/** Options for something that can end by itself. */
export const endOptions = {
  until: { type: 'string', value: 'DATE', help: `Ends then by itself: ${untilHelp}` },
  for: { type: 'string', value: 'TIME', help: 'Ends by itself after that long, for example 12h or 7d' },
} as const;

/** The first second that no longer belongs to it. @throws UsageError for what is no date, or a day that no calendar has. */
export function readUntil(text: string): EpochSeconds {
  const refuse = (): never => {
    throw new UsageError(`"${text}" is no end: write ${untilHelp}.`);
  };
  const [, day, time] = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2}))?$/.exec(text) ?? [];
  if (day === undefined) return refuse();
  const midnight = Date.parse(`${day}T00:00:00Z`);
  // `Date` takes the 30th of February for the 2nd of March.
  if (Number.isNaN(midnight) || !toIso(midnight / 1000).startsWith(day)) return refuse();
  const end = time === undefined ? midnight / 1000 + daySeconds : Date.parse(text) / 1000;
  return Number.isNaN(end) ? refuse() : end;
}

/** The end that the two options name, as the field of an input; none for neither. @throws UsageError for both. */
export function readEnd(options: { readonly until: string | undefined; readonly for: string | undefined }, now: EpochSeconds): { expiresAt?: EpochSeconds } {
  if (options.until !== undefined && options.for !== undefined) throw new UsageError('Say --until or --for, not both.');
  if (options.until !== undefined) return { expiresAt: readUntil(options.until) };
  return options.for === undefined ? {} : { expiresAt: now + readDuration(options.for) };
}

/** `until the end of 2027-01-31 (UTC)`, or `until 2027-01-31T17:00:00Z`. */
export function untilWords(end: EpochSeconds): string {
  return end % daySeconds === 0 ? `until the end of ${toIso(end - 1).slice(0, 10)} (UTC)` : `until ${toIso(end)}`;
}
