/** `hq-local-cloud` as a process: arguments in, one line out, signals obeyed. */
import { readFileSync } from 'node:fs';
import { readArguments, USAGE, UsageError } from './command-line.ts';
import { DataFolderError } from './data-folder.ts';
import { DataLockedError } from './data-lock.ts';
import { startLocalCloud } from './local-cloud.ts';
import type { Log } from './log.ts';
import { PrincipalsError, readPrincipalsJson } from './principals/principals-file.ts';

const log: Log = (level, message, facts = {}) => {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...facts })}\n`);
};

try {
  await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`hq-local-cloud: ${explain(error)}\n`);
  process.exitCode = 1;
}

async function run(args: readonly string[]): Promise<void> {
  const options = readArguments(args);
  if (options === 'help') {
    process.stdout.write(USAGE);
    return;
  }
  const { tls, principals, ...rest } = options;
  const cloud = await startLocalCloud({
    ...rest,
    principals: readPrincipalsJson(principals),
    ...(tls ? { tls: { cert: readFileSync(tls.cert, 'utf8'), key: readFileSync(tls.key, 'utf8') } } : {}),
    log,
  });
  process.stdout.write(`hq-local-cloud listens on ${cloud.url}, data in ${options.data}\n`);
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    cloud.close().catch((error: unknown) => {
      process.stderr.write(`hq-local-cloud: ${explain(error)}\n`);
      process.exitCode = 1;
    });
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
}

/** One line: what is wrong and, where we know it, what to do. */
function explain(error: unknown): string {
  if (error instanceof UsageError || error instanceof PrincipalsError) return error.message;
  if (error instanceof DataFolderError || error instanceof DataLockedError) return error.message;
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'EADDRINUSE') return `the port is taken: stop what listens there, or choose another with --port (${error.message})`;
  return error.message.split('\n')[0] ?? 'unknown error';
}
