/**
 * Two streams, never mixed: data goes to standard output, all else (progress, notes, questions, errors) to standard error, so that output can be piped. Text is
 * made printable here, once, for all verbs.
 */
import { printable } from './printable.ts';

/** The part of a writable stream that is used. */
export interface Sink {
  write(chunk: string | Uint8Array): boolean;
  once(event: 'drain', listener: () => void): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface Output {
  /** True when `--json` was given: `data` and `lines` answer in JSON. */
  readonly json: boolean;
  /** The answer: `value` in JSON, otherwise the lines of text. */
  data(value: unknown, text: () => string | readonly string[]): void;
  /** A table without rules; columns as wide as their widest cell. */
  table(value: unknown, rows: readonly (readonly string[])[]): void;
  /** One JSON line, for streams of events; nothing without `--json`. */
  event(value: unknown): void;
  /** Bytes as they are, waiting where the reader is slow. */
  bytes(chunk: Uint8Array): Promise<void>;
  /** A remark for the person. */
  note(text: string): void;
  /** A line that is replaced by the next one; on a terminal only. An empty text takes it away. */
  progress(text: string): void;
}

function align(rows: readonly (readonly string[])[]): string[] {
  const clean = rows.map((row) => row.slice(0, row.findLastIndex((cell) => cell !== '') + 1).map(printable));
  const widths: number[] = [];
  for (const row of clean) row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, cell.length)));
  return clean.map((row) => row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  '));
}

/** Output to those two streams. */
export function createOutput(stdout: Sink, stderr: Sink, json: boolean): Output {
  let shown = false;
  const wipe = (): void => {
    if (shown) stderr.write('\r\u001b[K');
    shown = false;
  };
  const print = (lines: readonly string[]): void => {
    wipe();
    if (lines.length > 0) stdout.write(`${lines.join('\n')}\n`);
  };
  return {
    json,
    data: (value, text) => {
      if (json) return print([JSON.stringify(value)]);
      const lines = text();
      return print((typeof lines === 'string' ? lines.split('\n') : lines).map(printable));
    },
    table: (value, rows) => print(json ? [JSON.stringify(value)] : align(rows)),
    event: (value) => {
      if (json) print([JSON.stringify(value)]);
    },
    bytes: async (chunk) => {
      if (!stdout.write(chunk)) await new Promise<void>((resolve) => void stdout.once('drain', resolve));
    },
    note: (text) => {
      wipe();
      stderr.write(`${printable(text)}\n`);
    },
    progress: (text) => {
      if (stderr.isTTY !== true) return;
      wipe();
      if (text === '') return;
      stderr.write(printable(text).slice(0, (stderr.columns ?? 80) - 1));
      shown = true;
    },
  };
}
