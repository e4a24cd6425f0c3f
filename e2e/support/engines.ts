/** Engines that a suite needs and that may not be there: named as left out, or a failure where they are required (HQ_ENGINES_REQUIRED=1, in CI). */
import { test } from 'vitest';

/** The engine's address, or undefined after saying that its suite is left out. Fails the run where engines are required. */
export function engineUrl(name: string, variable: string): string | undefined {
  const url = process.env[variable];
  if (url !== undefined && url !== '') return url;
  if (process.env['HQ_ENGINES_REQUIRED'] === '1') {
    test(`${name} is there`, () => {
      throw new Error(`${variable} is not set, and this run requires ${name}.`);
    });
  } else test.skip(`left out: ${name} is not running (${variable})`, () => undefined);
  return undefined;
}
