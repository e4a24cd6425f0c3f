/** The process behind `movable-server.ts`: moves its own clock by the seconds that it is told, and ends when nobody talks to it any more. */
import type { Config } from '@hq/server/config';

const [port = '', storagePort = '', data = ''] = process.argv.slice(2);
const Real = Date;
let ahead = 0;

class Moved extends Real {
  constructor(...given: [] | [string | number | Date]) {
    super(given.length === 0 ? Real.now() + ahead : given[0]);
  }
  static override now(): number {
    return Real.now() + ahead;
  }
}
globalThis.Date = Moved as DateConstructor;

// Loaded after the clock: nothing keeps the real one.
const { composeLocal } = await import('@hq/server/compose');
const { createLineLog } = await import('@hq/server/line-log');
const config: Config = { port: Number(port), storagePort: Number(storagePort), data, origins: [] };
// People who try a hundred thousand things would be told to wait, and passwords are not what is tried.
const running = await composeLocal(config, createLineLog(process.stderr), { rate: null, passwordCost: { N: 1024, r: 8, p: 1 } });
process.on('message', (seconds) => {
  ahead += Number(seconds) * 1000;
  process.send?.('moved');
});
process.on('disconnect', () => void running.close().then(() => process.exit(0)));
process.send?.('runs');
