/** The benchmark page: one table a comparison, the same on the terminal and in `docs/benchmarks.md`. */

export interface Comparison {
  readonly title: string;
  /** What was done, with sizes and counts, so that the figure can be read without the source. */
  readonly work: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What the design asks for, beside what was seen. */
  readonly verdict: string;
}

export function render(comparisons: readonly Comparison[], machine: string): string {
  const parts = [
    '# Benchmarks',
    '',
    'Printed by `npm run bench`: each comparison in one run, beside its peer, medians of rounds that ran in turn.',
    '',
    machine,
    '',
  ];
  for (const { title, work, columns, rows, verdict } of comparisons) {
    parts.push(`## ${title}`, '', work, '', `| ${columns.join(' | ')} |`, `|${columns.map(() => '---').join('|')}|`);
    for (const row of rows) parts.push(`| ${row.join(' | ')} |`);
    parts.push('', verdict, '');
  }
  return parts.join('\n');
}

export function ratio(a: number, b: number): string {
  return `${(a / b).toFixed(2)} ×`;
}

export function seconds(value: number): string {
  return `${value.toFixed(2)} s`;
}

export function micros(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 1)} µs`;
}

export function millis(seconds: number): string {
  return `${(seconds * 1000).toFixed(1)} ms`;
}
