/** Provisioning by a real process that is killed (SIGKILL) after each step: the next one finishes what it left. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKmsKeys } from '../../src/adapters/aws/kms-keys.ts';
import { createS3Buckets } from '../../src/adapters/aws/s3-buckets.ts';
import { createSqliteTable } from '../../src/adapters/local/sqlite-table.ts';
import { provisioningSteps, provisionOrganization } from '../../src/provisioning/provision.ts';
import { createStores } from '../../src/stores/stores.ts';
import { deployment, type LocalStorage, startLocalStorage } from '../../test-support/local-storage.ts';
import { person } from '../../test-support/stores-under-test.ts';

let storage: LocalStorage;
beforeAll(async () => {
  storage = await startLocalStorage();
});
afterAll(() => storage.close());

const clock = () => Math.floor(Date.now() / 1000);
const child = fileURLToPath(new URL('provision-child.ts', import.meta.url));

/** Starts the child and kills it when it says that it has done the step. Answers the signal that ended it. */
async function killAfter(step: string, name: string): Promise<string | null> {
  const running = spawn(process.execPath, [child, storage.url, join(storage.folder, 'table.db'), name, step], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(running, 'exit');
  running.stdout.once('data', () => running.kill('SIGKILL'));
  const [, signal] = (await ended) as [number | null, string | null];
  return signal;
}

test('killed after each step and repeated, it ends with one active vault and one key', async () => {
  for (const [n, step] of provisioningSteps.entries()) expect(await killAfter(step, `killed-${n}`)).toBe('SIGKILL');

  const table = createSqliteTable({ file: join(storage.folder, 'table.db'), clock });
  const { organizations, vaultRecords } = createStores({ table, clock, randomBytes, region: deployment.region });
  const { config } = storage;
  const ports = { keys: createKmsKeys(config), buckets: createS3Buckets({ config, forcePathStyle: true }), vaultRecords, clock };
  const left = await organizations.ofPerson(person(1));
  expect(left).toHaveLength(provisioningSteps.length);
  for (const { organization } of left) {
    await provisionOrganization(ports, { deployment, tls: false, origins: [] }, organization);
    const { storage: made } = (await organizations.get(organization.id)) ?? organization;
    expect(made.state).toBe('active');
    expect((await ports.keys.findByTag(organization.id)).map((key) => key.arn)).toEqual([made.kmsKeyArn]);
  }
  await table.close();
}, 120_000);
