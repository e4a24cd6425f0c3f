/** A table that dies: from a certain write on it takes no more, as if the process had crashed in between. */
import { HqError } from '@hq/shared/errors';
import type { Table } from '../src/ports/table.ts';

export interface FailingTable {
  readonly table: Table;
  /** Writes (transactions are one each) that are still taken; the next is refused, and all after it. */
  left: number;
}

export function createFailingTable(inner: Table): FailingTable {
  const failing: FailingTable = {
    left: Number.POSITIVE_INFINITY,
    table: { ...inner, put: counted(inner.put), update: counted(inner.update), remove: counted(inner.remove), transact: counted(inner.transact) },
  };
  function counted<Argument, Answer>(write: (argument: Argument) => Promise<Answer>) {
    return async (argument: Argument): Promise<Answer> => {
      if (failing.left < 1) throw new HqError('UNAVAILABLE', 'The table does not answer.');
      failing.left--;
      return write(argument);
    };
  }
  return failing;
}
