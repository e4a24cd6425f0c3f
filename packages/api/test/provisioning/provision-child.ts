/** A process that provisions an organization and stops dead after one step, for `kill.test.ts` to kill: node provision-child.ts URL TABLE-FILE NAME STEP */
import { randomBytes } from 'node:crypto';
import { awsClientConfig } from '../../src/adapters/aws/client-config.ts';
import { createKmsKeys } from '../../src/adapters/aws/kms-keys.ts';
import { createS3Buckets } from '../../src/adapters/aws/s3-buckets.ts';
import { createSqliteTable } from '../../src/adapters/local/sqlite-table.ts';
import { bucketForOrganization } from '../../src/provisioning/plan.ts';
import { provisionOrganization } from '../../src/provisioning/provision.ts';
import { createStores } from '../../src/stores/stores.ts';
import { person } from '../../test-support/stores-under-test.ts';
import { broker, deployment } from '../../test-support/local-storage.ts';

const [endpoint = '', file = '', name = '', stopAfter = ''] = process.argv.slice(2);
const clock = () => Math.floor(Date.now() / 1000);
const { vaultRecords, organizations } = createStores({ table: createSqliteTable({ file, clock }), clock, randomBytes, region: deployment.region });
const config = awsClientConfig({ region: deployment.region, endpoint, credentials: broker });
const ports = { keys: createKmsKeys(config), buckets: createS3Buckets({ config, forcePathStyle: true }), vaultRecords, clock };

const organization = await organizations.claim({ name, createdBy: person(1), email: null, bucketFor: bucketForOrganization });
await provisionOrganization(ports, { deployment, tls: false, origins: [] }, organization, async (step) => {
  if (step !== stopAfter) return;
  process.stdout.write(`${step}\n`);
  // Wait for the end; the timer keeps the process alive for it.
  await new Promise((resolve) => setTimeout(resolve, 600_000));
});
process.exit(0);
