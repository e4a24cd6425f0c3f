/** Engines and programs that a suite needs and that may not be there: named as left out, or a failure where they are required (HQ_ENGINES_REQUIRED=1, in CI). */
import { spawnSync } from 'node:child_process';

function leftOut(what: string): void {
  if (process.env['HQ_ENGINES_REQUIRED'] === '1') throw new Error(`${what}, and this run requires it.`);
  console.log(`left out: ${what}`);
}

/** An engine's address from the environment; undefined after saying that its suite is left out. */
export function engineUrl(name: string, variable: string): string | undefined {
  const url = process.env[variable];
  if (url !== undefined && url !== '') return url;
  leftOut(`${name} is not running (${variable} is not set)`);
  return undefined;
}

/** True where the program can be run; otherwise its suite is left out. */
export function installed(program: string): boolean {
  if (spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined) return true;
  leftOut(`${program} is not installed`);
  return false;
}
