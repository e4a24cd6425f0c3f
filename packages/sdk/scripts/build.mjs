// Bundles the SDK twice: dist/web for browsers, without a trace of Node; dist/node for Node 20.19 and later. Inside the workspace nothing needs it: packages
// run from source. It is what a program outside would install, and the proof that the source keeps to what those runtimes have.
import { build } from 'esbuild';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const absWorkingDir = fileURLToPath(new URL('..', import.meta.url));
const shared = { absWorkingDir, bundle: true, splitting: true, format: 'esm', logLevel: 'warning', minifySyntax: true };

await rm(`${absWorkingDir}/dist`, { recursive: true, force: true });
await build({ ...shared, entryPoints: ['src/index.ts'], outdir: 'dist/web', platform: 'browser', target: ['es2022', 'chrome115', 'firefox115', 'safari17'] });
await build({
  ...shared,
  entryPoints: { hq: 'src/node/hq.ts', 'sign-in': 'src/node/sign-in.ts' },
  outdir: 'dist/node',
  platform: 'node',
  target: 'node20.19',
  // Native, and optional: the file store takes over where it is not installed.
  external: ['@napi-rs/keyring'],
});
