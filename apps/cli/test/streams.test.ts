/** What goes where, and what never reaches a terminal. */
import { HqError } from '@hq/shared/errors';
import { describe, expect, it } from 'vitest';
import { explainFailure, failureLines } from '../src/failure.ts';
import { createOutput, type Sink } from '../src/output.ts';
import { printable } from '../src/printable.ts';
import { UsageError } from '../src/usage-error.ts';

function sink(isTTY = false): Sink & { text: string } {
  const kept = {
    text: '',
    isTTY,
    columns: 20,
    write: (chunk: string | Uint8Array): boolean => {
      kept.text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      return true;
    },
    once: () => undefined,
  };
  return kept;
}

function outputs(json: boolean, isTTY = false) {
  const stdout = sink();
  const stderr = sink(isTTY);
  return { stdout, stderr, out: createOutput(stdout, stderr, json) };
}

describe('output', () => {
  it('keeps data and remarks apart', () => {
    const { stdout, stderr, out } = outputs(false);
    out.data({ a: 1 }, () => ['one', 'two']);
    out.note('a remark');
    expect(stdout.text).toBe('one\ntwo\n');
    expect(stderr.text).toBe('a remark\n');
  });

  it('is one line of JSON where that was asked for, also for names that no terminal should see', () => {
    const { stdout, out } = outputs(true);
    out.data({ path: '\u001b[2J\n' }, () => 'never');
    out.event({ done: 1 });
    out.table({ rows: 0 }, [['never']]);
    expect(
      stdout.text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([{ path: '\u001b[2J\n' }, { done: 1 }, { rows: 0 }]);
  });

  it('aligns a table, and can not be broken out of its lines', () => {
    const { stdout, out } = outputs(false);
    out.table({}, [
      ['a', 'long cell', 'x\r\nfake  line'],
      ['bbbb', '', ''],
    ]);
    expect(stdout.text).toBe('a     long cell  x\\u{d}\\u{a}fake  line\nbbbb\n');
  });

  it('shows progress on a terminal only, within its width, and wipes it before anything else', () => {
    const quiet = outputs(false);
    quiet.out.progress('50 %');
    expect(quiet.stderr.text).toBe('');
    const { stdout, stderr, out } = outputs(false, true);
    out.progress('a very long name that does not fit');
    out.data({}, () => 'data');
    expect(stderr.text).toBe('a very long name th\r\u001b[K');
    expect(stdout.text).toBe('data\n');
  });
});

describe('text from others', () => {
  it.each([
    ['\u001b[31mred', '\\u{1b}[31mred'],
    ['\u009b2J', '\\u{9b}2J'],
    ['a\u0007b\u0000', 'a\\u{7}b\\u{0}'],
    ['invoice\u202etxt.exe', 'invoice\\u{202e}txt.exe'],
    ['plain é 日本 😀', 'plain é 日本 😀'],
  ])('%j is shown as %j', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });
});

describe('a failure', () => {
  it('is what, why and what to do, in at most three lines', () => {
    expect(failureLines(new HqError('NOT_FOUND', 'There is no "x\u001b".', { hint: 'Look again.' }), false)).toEqual([
      'hq: There is no "x\\u{1b}".',
      '    Look again.',
    ]);
    expect(failureLines(new UsageError('Wrong.'), false)).toEqual(['hq: Wrong.', '    See the help with --help.']);
  });

  it.each([
    ['ENOSPC', 'The disk is full: /data/x'],
    ['EACCES', 'You may not read or write it: /data/x'],
    ['ENOENT', 'There is no such file or folder: /data/x'],
  ])('of the disk (%s) says so', (code, message) => {
    expect(explainFailure(Object.assign(new Error('raw'), { code, path: '/data/x' })).message).toBe(message);
  });

  it('of our own shows neither its words nor its stack, until they are asked for', () => {
    const defect = new TypeError('secret of the house', { cause: new Error('deeper') });
    expect(failureLines(defect, false).join('\n')).not.toContain('secret');
    expect(failureLines(defect, true).join('\n')).toMatch(/secret of the house[\s\S]*deeper/);
  });
});
