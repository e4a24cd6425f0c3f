/** SQLite keeps the table's contract, and what is its own: durability, several processes, full disks. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import { tableError } from '../../src/adapters/local/sqlite-errors.ts';
import { createSqliteTable } from '../../src/adapters/local/sqlite-table.ts';
import { tableContract } from './table-contract.ts';
import { tableQueryContract } from './table-query-contract.ts';
import { tableRaceContract } from './table-race-contract.ts';
import type { OpenTable, TableUnderTest } from '../../test-support/table-under-test.ts';

const folder = mkdtempSync(join(tmpdir(), 'hq-table-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const clock = () => 1_800_000_000;
let files = 0;
const freshFile = () => join(folder, `${files++}.db`);

const open: OpenTable = async () => {
  const opened: TableUnderTest = {
    now: 1_800_000_000,
    table: createSqliteTable({ file: freshFile(), clock: () => opened.now }),
    close: () => opened.table.close(),
  };
  return opened;
};

tableContract('SQLite', open);
tableQueryContract('SQLite', open, { runs: 150, elements: 131_067 });
tableRaceContract('SQLite', open);

describe('SQLite on its own', () => {
  test('what was answered is there for the next process, and only we may read the file', async () => {
    const file = freshFile();
    const first = createSqliteTable({ file, clock });
    await first.put({ pk: 'p', sk: 's', attributes: { x: 1 } });
    await first.close();
    const second = createSqliteTable({ file, clock });
    expect((await second.get({ pk: 'p', sk: 's' }))?.attributes).toEqual({ x: 1 });
    await second.close();
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('two connections to one file lose no update to each other', async () => {
    const file = freshFile();
    const [one, two] = [createSqliteTable({ file, clock }), createSqliteTable({ file, clock })];
    await one.put({ pk: 'p', sk: 's', attributes: { n: 0 } });
    await Promise.all(Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? one : two).update({ pk: 'p', sk: 's', add: { n: 1 } })));
    expect((await two.get({ pk: 'p', sk: 's' }))?.attributes).toEqual({ n: 50 });
    await one.close();
    await two.close();
  });

  test('writes that wait while the table closes are made; later ones are refused', async () => {
    const file = freshFile();
    const table = createSqliteTable({ file, clock });
    const last = table.put({ pk: 'p', sk: 's', attributes: {} });
    await table.close();
    await last;
    await expect(table.put({ pk: 'p', sk: 't', attributes: {} })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const again = createSqliteTable({ file, clock });
    expect((await again.query({ pk: 'p', limit: 10 })).items.map((item) => item.sk)).toEqual(['s']);
    await again.close();
  });

  test('one refused write leaves those that share its commit alone', async () => {
    const table = createSqliteTable({ file: freshFile(), clock });
    const results = await Promise.allSettled([
      table.put({ pk: 'p', sk: 'a', attributes: {} }),
      table.update({ pk: 'p', sk: 'missing', set: { x: 1 } }),
      table.put({ pk: 'p', sk: 'b', attributes: {} }),
    ]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await table.query({ pk: 'p', limit: 10 })).items.map((item) => item.sk)).toEqual(['a', 'b']);
    await table.close();
  });

  test('expired items are swept from the file in the end', async () => {
    let now = 1_800_000_000;
    const table = createSqliteTable({ file: freshFile(), clock: () => now });
    await table.put({ pk: 'p', sk: 'old', attributes: {}, expiresAt: now + 1 });
    now += 3600;
    await table.put({ pk: 'p', sk: 'new', attributes: {} });
    now -= 3600;
    // With the clock turned back it would show again, were it still there.
    expect((await table.query({ pk: 'p', limit: 10 })).items.map((item) => item.sk)).toEqual(['new']);
    await table.close();
  });

  test('a full disk is told as that', () => {
    const db = new DatabaseSync(':memory:');
    db.exec('CREATE TABLE t (x TEXT); PRAGMA max_page_count = 3');
    const fill = () => db.prepare('INSERT INTO t VALUES (?)').run('x'.repeat(100_000));
    const refuse = () => {
      try {
        fill();
      } catch (error) {
        throw tableError(error);
      }
    };
    expect(refuse).toThrow(expect.objectContaining({ code: 'STORAGE_FULL' }));
    db.close();
    expect(tableError(Object.assign(new Error('no space'), { code: 'ENOSPC' }))).toMatchObject({ code: 'STORAGE_FULL' });
  });

  test('a file that is no database, and a folder that is not there, are clear errors', () => {
    const file = freshFile();
    writeFileSync(file, 'x'.repeat(5000));
    expect(() => createSqliteTable({ file, clock })).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
    expect(() => createSqliteTable({ file: join(folder, 'no', 'where.db'), clock })).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }));
  });
});
