/** Members that the requests of several verbs share. */
import * as z from 'zod';

/** A key by id, ARN, alias or alias ARN. */
export const keyId: z.ZodString = z.string().min(1).max(2048);

export const tag = z.object({ TagKey: z.string().min(1).max(128), TagValue: z.string().max(256) });

/** A page of a list. `Marker` is the last name of the page before. */
export const page = { Limit: z.int().min(1).max(1000).default(100), Marker: z.string().min(1).max(1024).optional() };

/** One page out of one more row than asked for. */
export function pageOf<T>(rows: readonly T[], limit: number, name: (row: T) => string): { rows: readonly T[]; Truncated: boolean; NextMarker?: string } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return rows.length > limit && last !== undefined ? { rows: shown, Truncated: true, NextMarker: name(last) } : { rows: shown, Truncated: false };
}
