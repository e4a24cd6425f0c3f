/** Provisioning by a real process that is killed (SIGKILL) after each step: the next process finishes what it left. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKmsKeys } from '../../src/adapters/aws/kms-keys.ts';
import { createSqliteTable } from '../../src/adapters/local/sqlite-table.ts';
import { provisioningSteps } from '../../src/provisioning/provision.ts';
import { createStores } from '../../src/stores/stores.ts';
import { person } from '../stores/stores-under-test.ts';
import { deployment, type LocalStorage, startLocalStorage } from './local-storage.ts';

let storage: LocalStorage;
beforeAll(async () => {
  storage = await startLocalStorage();
});
afterAll(() => storage.close());

const child = fileURLToPath(new URL('provision-child.ts', import.meta.url));

/** Runs the child; with a step, kills it there. Answers what ended it: a signal, or its exit code. */
async function provisionInChild(name: string, stopAfter: string): Promise<string | number | null> {
  const process = spawn(globalThis.process.execPath, [child, storage.url, join(storage.folder, 'table.db'), name, stopAfter], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(process, 'exit') as Promise<[number | null, string | null]>;
  process.stdout.once('data', () => process.kill('SIGKILL'));
  const [code, signal] = await ended;
  return signal ?? code;
}

test('killed after each step and repeated, it ends with one active vault and one key', async () => {
  for (const [n, step] of provisioningSteps.entries()) {
    const name = `killed-${n}`;
    expect(await provisionInChild(name, step)).toBe('SIGKILL');
    expect(await provisionInChild(name, 'never')).toBe(0);
  }
  const clock = () => Math.floor(Date.now() / 1000);
  const table = createSqliteTable({ file: join(storage.folder, 'table.db'), clock });
  const stores = createStores({ table, clock, randomBytes, region: deployment.region });
  const keys = createKmsKeys(storage.config);
  const made = await stores.organizations.ofPerson(person(1));
  expect(made).toHaveLength(provisioningSteps.length);
  for (const { organization } of made) {
    expect(organization.storage.state).toBe('active');
    expect((await keys.findByTag(organization.id)).map((key) => key.arn)).toEqual([organization.storage.kmsKeyArn]);
  }
  await table.close();
}, 120_000);
