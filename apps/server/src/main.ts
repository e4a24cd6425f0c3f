/** `npm start`: everything on this machine, until Ctrl-C. */
import { openDataFolder } from '@hq/local-cloud/data-folder';
import { composeLocal } from './compose.ts';
import { ConfigError, readConfig } from './config.ts';
import { createLineLog } from './line-log.ts';
import { explainStart } from './start-error.ts';

const started = performance.now();

try {
  const config = readConfig(process.env);
  openDataFolder(config.data);
  const running = await composeLocal(config, createLineLog(process.stderr));
  process.stdout.write(`HQ Cloud is running (ready in ${((performance.now() - started) / 1000).toFixed(1)} s).

  API and sign-in  ${running.apiUrl}
  Storage          ${running.storageUrl}  (S3, STS, KMS, SSM)
  Mail (local)     ${running.apiUrl}/outbox
  Data             ${config.data}

Next, in another terminal in this folder:  ${config.port === 8787 ? '' : `HQ_API=${running.apiUrl} `}npx hq login
Ctrl-C stops it; the data stays.
`);
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    process.stdout.write('\nStopping …\n');
    running.close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`Did not stop cleanly: ${error instanceof Error ? error.message : String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.on('SIGHUP', stop);
} catch (error) {
  process.stderr.write(`${error instanceof ConfigError ? error.message : explainStart(error)}\n`);
  process.exit(1);
}
