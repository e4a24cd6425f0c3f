#!/usr/bin/env node
'use strict';
// The door on the PATH. CommonJS, because `--version` then costs next to nothing beside Node's own start; all else is the bundle in dist/, which Node 20.19
// understands too. A clone has no bundle before its first build.
const { argv, stderr, stdout } = process;

if (argv.length === 3 && (argv[2] === '--version' || argv[2] === '-v')) {
  stdout.write(`${require('../package.json').version}\n`);
} else {
  import('../dist/hq.js').catch((error) => {
    if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    stderr.write(
      'hq: The command line is not built, or is being built right now.\n    Run "npm start" once (it builds what is missing), or "npm run build".\n',
    );
    process.exit(1);
  });
}
