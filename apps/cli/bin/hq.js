#!/usr/bin/env node
// The door on the PATH. What runs is the bundle in dist/, which also Node 20.19 understands; a clone has none before its first build.
import { existsSync } from 'node:fs';
import { stderr, exit } from 'node:process';
import { fileURLToPath } from 'node:url';

const bundle = new URL('../dist/hq.js', import.meta.url);
if (!existsSync(fileURLToPath(bundle))) {
  stderr.write('hq: The command line is not built yet.\n    Run "npm start" once (it builds what is missing), or "npm run build".\n');
  exit(1);
}
await import(bundle.href);
