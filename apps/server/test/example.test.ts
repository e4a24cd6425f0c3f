/** The example runs as it stands in the documentation. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { freePort } from './free-port.ts';

it('of calling procedures in process works', async () => {
  const example = fileURLToPath(new URL('../examples/in-process.ts', import.meta.url));
  const ports = [await freePort(), await freePort()].map(String);
  const { stdout, stderr, status } = spawnSync(process.execPath, [example, ...ports], { encoding: 'utf8', timeout: 60_000 });
  expect({ status, stdout, stderr }).toMatchObject({ status: 0, stdout: 'Hello from this process.\n' });
});
