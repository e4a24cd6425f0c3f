/** A table that a contract runs against: with a clock that the test turns. */
import type { Table } from '../src/ports/table.ts';

export interface TableUnderTest {
  readonly table: Table;
  /** What the table's clock says. */
  now: number;
  close(): Promise<void>;
}

export type OpenTable = () => Promise<TableUnderTest>;
