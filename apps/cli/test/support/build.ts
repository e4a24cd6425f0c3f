/** Builds the bundle once before the tests that run it. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Runs the build as `npm run build` does. */
export function build(): void {
  execFileSync(process.execPath, [fileURLToPath(new URL('../../scripts/build.mjs', import.meta.url))], { stdio: 'inherit' });
}
