import { describe, expect, test } from 'vitest';
import { canonicalPath, maxPathBytes, type Path } from '@hq/shared/path';
import { findClashes, isUnder } from '../../src/sync/clash.ts';
import { conflictBase, conflictPath, deviceLabel } from '../../src/sync/conflict-name.ts';
import { windowsRefusal } from '../../src/sync/portable.ts';

const hash = 'ab12cd34'.repeat(8);
const path = canonicalPath;
const set = (...names: string[]): Set<Path> => new Set(names.map((name) => path(name)));

describe('the name of a conflict copy', () => {
  test.each([
    ['report.md', 'report (conflict from laptop ab12cd34).md'],
    ['a/b/archive.tar.gz', 'a/b/archive (conflict from laptop ab12cd34).tar.gz'],
    ['.profile', '.profile (conflict from laptop ab12cd34)'],
    ['Makefile', 'Makefile (conflict from laptop ab12cd34)'],
    ['v1.2 final', 'v1.2 final (conflict from laptop ab12cd34)'],
    ['報告.md', '報告 (conflict from laptop ab12cd34).md'],
  ])('%s becomes %s', (from, to) => {
    expect(conflictPath(path(from), 'laptop', hash)).toBe(to);
    expect(conflictBase(path(to))).toBe(from);
  });

  test('a copy of a copy is a sibling', () => {
    expect(conflictPath(path('report (conflict from desk 00000000).md'), 'laptop', hash)).toBe('report (conflict from laptop ab12cd34).md');
  });

  test('it is the same however often it is asked, and longer when asked for', () => {
    expect(conflictPath(path('a.md'), 'x', hash, 16)).toBe('a (conflict from x ab12cd34ab12cd34).md');
  });

  test('it fits where the name and the path are as long as they may be', () => {
    const name = conflictPath(path(`${'é'.repeat(120)}.md`), 'laptop', hash);
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
    expect(name.endsWith('.md')).toBe(true);
    const deep = `${'d/'.repeat((maxPathBytes - 20) / 2)}${'x'.repeat(17)}.md`;
    expect(() => conflictPath(path(deep), 'laptop', hash)).not.toThrow();
  });

  test('a hostile host name cannot leave the folder or break the pattern', () => {
    expect(deviceLabel('../../etc (x) 🎉')).toBe('..-..-etc-x-');
    expect(deviceLabel('')).toBe('device');
    expect(conflictBase(conflictPath(path('a.md'), '../../etc (x)', hash))).toBe('a.md');
  });
});

describe('names that cannot stand beside each other', () => {
  const disk = { caseSensitive: true, windows: false };

  test('a case clash is a warning on a disk that keeps both', () => {
    const { problems, blocked } = findClashes(set('A.md', 'a.md'), set(), disk);
    expect(problems).toMatchObject([{ severity: 'warning', path: 'a.md' }]);
    expect(blocked.size).toBe(0);
  });

  test('a case clash is told once, also of a file and a folder that both sides have', () => {
    const there = findClashes(set('A.md', 'a.md', 'D/x', 'd/x'), set('a.md', 'd/x'), disk);
    expect(there.problems.map(({ path: at }) => at)).toEqual(['a.md', 'd/x', 'd/']);
  });

  test('on a disk that ignores case the one in the vault is left out and named', () => {
    const { problems, blocked } = findClashes(set('A.md'), set('a.md', 'DOCS/x', 'docs/y'), { ...disk, caseSensitive: false });
    expect(problems.map(({ severity, path: at }) => [severity, at])).toEqual([
      ['problem', 'a.md'],
      ['problem', 'docs/'],
    ]);
    expect(isUnder(path('docs/y'), blocked)).toBe(true);
    expect(isUnder(path('DOCS/x'), blocked)).toBe(false);
  });

  test('a file yields to a folder of its name, unless the vault has both', () => {
    expect([...findClashes(set('a'), set('a/b'), disk).yielding]).toEqual(['a']);
    const both = findClashes(set('a'), set('a', 'a/b'), disk);
    expect([...both.yielding]).toEqual([]);
    expect(both.problems).toMatchObject([{ severity: 'problem', path: 'a' }]);
    expect(isUnder(path('a/b'), both.blocked)).toBe(true);
  });

  test.each(['con', 'NUL.txt', 'a:b', 'x?', 'dot.', 'space ', 'COM1.log/x'])('%s is named as no name for Windows', (name) => {
    expect(windowsRefusal(path(name))).toBeDefined();
    expect(findClashes(set(name), set(), disk).problems).toMatchObject([{ severity: 'warning', code: 'INVALID_PATH' }]);
    expect(findClashes(set(), set(name), { ...disk, windows: true }).problems).toMatchObject([{ severity: 'problem', code: 'INVALID_PATH' }]);
  });

  test('a name that no disk can hold is reported and left in the vault', () => {
    const long = 'x'.repeat(256);
    expect(findClashes(set(), set(long), disk).problems).toMatchObject([{ severity: 'problem', path: long }]);
  });
});
