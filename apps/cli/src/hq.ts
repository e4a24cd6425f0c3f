/** Where the bundle begins: the process, handed to `run` as plain values. */
import { run } from './main.ts';

/** Filled in by the build, from package.json. */
declare const HQ_VERSION: string;

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

// A reader that has seen enough (`hq files cat … | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const { argv, env: environment, stdout, stderr } = process;
const code = await run({ words: argv.slice(2), environment, stdout, stderr, version: HQ_VERSION, interruption: listenForInterruption() });
process.exitCode ??= code;
