/** What simulations run on keeps the table's contract. */
import { createMemoryTable } from '../../test-support/memory-table.ts';
import type { OpenTable, TableUnderTest } from '../../test-support/table-under-test.ts';
import { tableContract } from './table-contract.ts';
import { tableQueryContract } from './table-query-contract.ts';
import { tableRaceContract } from './table-race-contract.ts';

const open: OpenTable = async () => {
  const opened: TableUnderTest = { now: 1_800_000_000, table: createMemoryTable(() => opened.now), close: () => opened.table.close() };
  return opened;
};

tableContract('memory', open);
tableQueryContract('memory', open, { runs: 150, elements: 131_067 });
tableRaceContract('memory', open);
