/** A process that writes without end and says what was answered, for `crash.test.ts` to kill: node crash-child.ts FILE. Each pair goes in one transaction. */
import { createSqliteTable } from '../../src/adapters/local/sqlite-table.ts';

const [file = ''] = process.argv.slice(2);
const table = createSqliteTable({ file, clock: () => 1_800_000_000 });

async function writer(name: string): Promise<never> {
  for (let n = 0; ; n++) {
    const sk = `${name}-${String(n).padStart(6, '0')}`;
    const text = sk.repeat(50);
    await table.transact([
      { put: { pk: 'left', sk, attributes: { text } } },
      { put: { pk: 'right', sk, attributes: { text } } },
      { put: { pk: 'last', sk: name, attributes: { n } } },
    ]);
    process.stdout.write(`${sk}\n`);
  }
}
await Promise.all(['a', 'b', 'c', 'd', 'e'].map(writer));
