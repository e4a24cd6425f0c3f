/** Lengths of time as they are typed: `90s`, `15m`, `12h`, `7d`. */
import { UsageError } from './usage-error.ts';

const seconds = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** In seconds. @throws UsageError */
export function readDuration(text: string): number {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (count === undefined || unit === undefined) throw new UsageError(`"${text}" is no length of time; write for example 15m, 12h or 7d.`);
  return Number(count) * seconds[unit as keyof typeof seconds];
}
