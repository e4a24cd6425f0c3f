/** Where the process begins. `--version` answers before anything else is loaded. */
import type { ExitCode } from './verb.ts';

/** Filled in by the build, from package.json. */
declare const HQ_VERSION: string;

const words = process.argv.slice(2);

/** The first Ctrl-C asks what is under way to stop and clean up; a second one ends the process. */
function listenForInterruption(): () => AbortSignal {
  let controller: AbortController | undefined;
  return () => {
    if (controller !== undefined) return controller.signal;
    const stop = new AbortController();
    controller = stop;
    process.once('SIGINT', () => {
      stop.abort();
      process.exitCode = 130;
      process.once('SIGINT', () => process.exit(130));
    });
    return stop.signal;
  };
}

async function begin(): Promise<ExitCode> {
  // A reader that has seen enough (`hq files cat … | head`) is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  const { run } = await import('./main.ts');
  const { env: environment, stdout, stderr } = process;
  return run({ words, environment, stdout, stderr, version: HQ_VERSION, interruption: listenForInterruption() });
}

if (words.length === 1 && (words[0] === '--version' || words[0] === '-v')) process.stdout.write(`${HQ_VERSION}\n`);
else {
  const code = await begin();
  process.exitCode ??= code;
}
