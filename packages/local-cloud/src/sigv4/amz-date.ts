/** The two spellings of a time in a signed request. */

const BASIC = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;

/** Milliseconds since 1970 of `20260102T030405Z`; undefined where it is no such time. */
export function parseAmzDate(text: string): number | undefined {
  const parts = BASIC.exec(text);
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const time = Date.parse(iso);
  return Number.isNaN(time) || new Date(time).toISOString() !== iso ? undefined : time;
}

/** `20260102T030405Z`. */
export function formatAmzDate(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`;
}
