/** A server that is killed (SIGKILL) while it writes: what was answered is there, and no transaction is there by half. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createSqliteTable } from '../../src/adapters/local/sqlite-table.ts';
import type { Item, Table } from '../../src/ports/table.ts';

const child = fileURLToPath(new URL('crash-child.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'hq-crash-'));

/** Runs the child on the file until it has answered that many writes, and kills it. Answers what it said. */
async function writeAndDie(file: string, writes: number): Promise<string[]> {
  const running = spawn(process.execPath, [child, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  running.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.split('\n').length > writes) running.kill('SIGKILL');
  });
  await once(running, 'close');
  // The last line may have been cut off by the end.
  return said.slice(0, said.lastIndexOf('\n')).split('\n');
}

async function everything(table: Table, pk: string): Promise<Map<string, Item>> {
  const found = new Map<string, Item>();
  for (let cursor: string | null = null; ; ) {
    const page = await table.query({ pk, limit: 500, ...(cursor === null ? {} : { cursor }) });
    for (const item of page.items) found.set(item.sk, item);
    if (page.cursor === null) return found;
    cursor = page.cursor;
  }
}

test('killed again and again, it keeps every answered write, whole', async () => {
  for (const [round, writes] of [40, 250, 700].entries()) {
    const file = join(folder, `${round}.db`);
    const answered = await writeAndDie(file, writes);
    expect(answered.length).toBeGreaterThanOrEqual(writes);
    const table = createSqliteTable({ file, clock: () => 1_800_000_000 });
    const [left, right] = [await everything(table, 'left'), await everything(table, 'right')];
    expect(answered.filter((sk) => !left.has(sk))).toEqual([]);
    expect([...left.keys()]).toEqual([...right.keys()]);
    for (const item of [...left.values(), ...right.values()]) expect(item.attributes).toEqual({ text: item.sk.repeat(50) });
    await table.close();
  }
  rmSync(folder, { recursive: true, force: true });
});
