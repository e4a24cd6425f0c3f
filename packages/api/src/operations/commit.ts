/** How an operation that changes something hands over what belongs into its transaction beside the change itself. */
import type { Value, Write } from '../ports/table.ts';

/** What a change made of what. Both stay in the audit trail: no secrets, and small. */
export interface ChangeFacts {
  readonly before: Value;
  readonly after: Value;
  /** The organization, where the procedure does not name it. */
  readonly vault?: string;
}

/** The writes that belong into the transaction of a change, from the answer that it will get: its entry in the trail, and its receipt. */
export type Commit = (answer: unknown, facts: ChangeFacts) => readonly Write[];

/** Carries out a change, or answers what the same request was answered before. */
export type Once = <Answer>(perform: (commit: Commit) => Promise<Answer>) => Promise<Answer>;
