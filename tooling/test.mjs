/**
 * `npm test`: every check that stands before main, in the order in which they fail fastest. Suites that need another engine run when the engine answers and
 * are named as left out when it does not; with HQ_ENGINES_REQUIRED=1 (in `.ci/run`) a missing engine is a failure.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const required = process.env['HQ_ENGINES_REQUIRED'] === '1';
const environment = { ...process.env };

/** An engine is there when its own script says so; its first URL then reaches the suites by the environment. */
const engines = [
  { name: 'Ceph RGW', variable: 'HQ_CEPH_URL', script: 'ceph-rgw.sh' },
  { name: 'MinIO', variable: 'HQ_MINIO_URL', script: 'minio.sh' },
  { name: 'moto', variable: 'HQ_MOTO_URL', script: 'moto.sh' },
  { name: 'DynamoDB Local', variable: 'HQ_DYNAMODB_LOCAL_URL', script: 'dynamodb-local.sh', byChoice: true },
];
const programs = [
  { name: 'AWS CLI', command: 'aws' },
  { name: 'rclone', command: 'rclone' },
  { name: 's3cmd', command: 's3cmd' },
  { name: 'Chromium', command: 'chromium' },
  { name: 'GNOME Keyring', command: 'gnome-keyring-daemon' },
];

const missing = [];
for (const { name, variable, script, byChoice } of engines) {
  if (environment[variable]) continue;
  const answer = spawnSync('bash', [join(root, 'tooling/engines', script), 'url'], { encoding: 'utf8', timeout: 30_000 });
  if (answer.status === 0) environment[variable] = answer.stdout.trim();
  else if (!byChoice) missing.push(`${name} (start it with: bash tooling/engines/${script} up)`);
}
for (const { name, command } of programs) {
  if (spawnSync(command, ['--version'], { stdio: 'ignore' }).error) missing.push(`${name} (not on the PATH)`);
}

const only = process.argv.slice(2);
const report = join(root, 'reports', 'vitest.json');
mkdirSync(join(root, 'reports'), { recursive: true });
rmSync(report, { force: true });
const vitest = ['vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...only]];
/** @type {[name: string, command: string, args: string[]][]} */
const steps =
  only.length > 0
    ? [['tests', ...vitest]]
    : [
        ['format', 'biome', ['format']],
        ['types', 'turbo', ['run', 'typecheck', '--output-logs=errors-only']],
        ['lint', 'oxlint', ['--type-aware', '--deny-warnings']],
        ['walls', 'depcruise', ['--config', '.dependency-cruiser.cjs', 'apps', 'packages', 'e2e', 'bench']],
        ['unused', 'knip', []],
        ['tests', ...vitest],
      ];

const failed = [];
for (const [name, command, args] of steps) {
  process.stdout.write(`\n── ${name}\n`);
  const result = spawnSync(command, args, { cwd: root, env: environment, stdio: 'inherit' });
  if (result.status !== 0) failed.push(name);
}

for (const name of missing) process.stdout.write(`left out: suites that need ${name}\n`);
if (required && missing.length > 0) failed.push('engines');

let counts = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0 };
try {
  counts = JSON.parse(readFileSync(report, 'utf8'));
} catch {
  failed.push('tests');
}
if (counts.numPassedTests === 0) failed.push('tests: none ran');
process.stdout.write(failed.length === 0 ? '\nAll green.\n' : `\nRed: ${[...new Set(failed)].join(', ')}.\n`);
process.stdout.write(`${counts.numPassedTests} passed, ${counts.numFailedTests} failed, ${counts.numPendingTests} skipped\n`);
process.exit(failed.length === 0 ? 0 : 1);
