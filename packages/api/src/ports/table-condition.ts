/** Conditions of a write, in our words. Each judges the item as it is just before the write; an expired item counts as absent. */
import { HqError } from '@hq/shared/errors';
import type { Item } from './table.ts';

type Scalar = string | number | boolean;

export type Condition =
  /** No item is there. */
  | { readonly kind: 'absent' }
  /** An item is there. */
  | { readonly kind: 'present' }
  /** An item is there, and nobody has written it since this version. */
  | { readonly kind: 'version'; readonly is: number }
  /** An item is there and the attribute is one of these. */
  | { readonly kind: 'one-of'; readonly name: string; readonly values: readonly Scalar[] }
  /** An item is there and has no such attribute. */
  | { readonly kind: 'without'; readonly name: string }
  /** An item is there and the attribute is a number of at least this. */
  | { readonly kind: 'at-least'; readonly name: string; readonly number: number }
  /** All of these, one at least. */
  | { readonly kind: 'all'; readonly of: readonly Condition[] };

export const absent: Condition = { kind: 'absent' };
export const present: Condition = { kind: 'present' };
export const versionIs = (version: number): Condition => ({ kind: 'version', is: version });
export const attributeIs = (name: string, ...values: readonly Scalar[]): Condition => ({ kind: 'one-of', name, values });
export const without = (name: string): Condition => ({ kind: 'without', name });
export const atLeast = (name: string, number: number): Condition => ({ kind: 'at-least', name, number });
export const all = (...of: readonly Condition[]): Condition => ({ kind: 'all', of });

/**
 * A write whose condition did not hold; nothing was written. Where nobody catches it, it is the `CONFLICT` that it says to the caller: someone else was
 * faster.
 */
export class ConditionFailed extends HqError {
  /** The writes that failed, by their place in the transaction (0 for a single write), each with the item that was there. Never public. */
  readonly failures: ReadonlyMap<number, Item | undefined>;

  constructor(failures: ReadonlyMap<number, Item | undefined>) {
    super('CONFLICT', 'Someone else changed this first.', { hint: 'Read it again, then repeat what you wanted to do.' });
    this.failures = failures;
  }
}
