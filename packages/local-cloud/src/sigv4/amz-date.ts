/** The two spellings of a time in a signed request. */

const BASIC = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;

/** Milliseconds since 1970 of `20260102T030405Z`; undefined where it is no such time. */
export function parseAmzDate(text: string): number | undefined {
  const parts = BASIC.exec(text);
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second] = parts.map(Number) as [number, number, number, number, number, number, number];
  const time = Date.UTC(year, month - 1, day, hour, minute, second);
  // Date.UTC carries a 32nd of January over into February; what does not come back as it went in is no date.
  const back = new Date(time);
  const carried = back.getUTCMonth() !== month - 1 || back.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59;
  return carried || year < 1970 ? undefined : time;
}

/** `20260102T030405Z`. */
export function formatAmzDate(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`;
}
