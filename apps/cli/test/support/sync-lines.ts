/** The lines that `hq sync … --json` prints, as a test reads them. */
import type { Ran } from './person.ts';

export interface SyncLine {
  readonly event: string;
  readonly path?: string;
  readonly copy?: string;
  readonly [count: string]: unknown;
}

/** Every line of its standard output. */
export function linesOf({ stdout }: Ran): SyncLine[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as SyncLine);
}

/** The last line: what was done in all. */
export function summaryOf(ran: Ran): SyncLine {
  const last = linesOf(ran).at(-1);
  if (last?.event !== 'done') throw new Error(`The sync did not come to its end:\n${ran.stdout}${ran.stderr}`);
  return last;
}

/** What a test needs before it begins. */
export async function must(running: Promise<Ran>): Promise<void> {
  const { code, stderr } = await running;
  if (code !== 0) throw new Error(`hq ended with ${code}:\n${stderr}`);
}
