// Bundles the command line for Node 20.19 and later: one small entry, and a chunk for each verb that is loaded when it is called.
import { build } from 'esbuild';
import { readdir, readFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const room = fileURLToPath(new URL('..', import.meta.url));
const { version } = JSON.parse(await readFile(`${room}/package.json`, 'utf8'));

const { metafile } = await build({
  absWorkingDir: room,
  entryPoints: { hq: 'src/hq.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  minifySyntax: true,
  chunkNames: 'chunks/[name]-[hash]',
  // Native, and optional: the file store takes over where it is not installed.
  external: ['@napi-rs/keyring'],
  define: { HQ_VERSION: JSON.stringify(version) },
  metafile: true,
  logLevel: 'warning',
});

// What an earlier build left goes last: a command that runs at this moment still finds its chunks until the new ones are there.
const built = new Set(Object.keys(metafile.outputs).map((file) => file.replace('dist/', '')));
for (const file of await readdir(`${room}/dist`, { recursive: true }))
  if (file.endsWith('.js') && !built.has(file)) await rm(`${room}/dist/${file}`, { force: true });
