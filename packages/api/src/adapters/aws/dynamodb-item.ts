/** Items as DynamoDB holds them. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { EpochSeconds } from '@hq/shared/time';
import type { Item, Key } from '../../ports/table.ts';
import { fromMap } from './dynamodb-values.ts';

export type Stored = Record<string, AttributeValue>;

export const toKey = ({ pk, sk }: Key): Stored => ({ pk: { S: pk }, sk: { S: sk } });

/** The item, or undefined for none and for one whose expiry has come: DynamoDB sweeps up to days late. */
export function live(stored: Stored | undefined, now: EpochSeconds): Item | undefined {
  if (stored?.['d']?.M === undefined) return undefined;
  const expiresAt = stored['x']?.N === undefined ? undefined : Number(stored['x'].N);
  if (expiresAt !== undefined && expiresAt <= now) return undefined;
  return {
    pk: stored['pk']?.S ?? '',
    sk: stored['sk']?.S ?? '',
    attributes: fromMap(stored['d'].M),
    version: Number(stored['v']?.N),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}
