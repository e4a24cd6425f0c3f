/** Other people's S3 clients, unmodified, on a vault: with nothing but the short session that `hq credentials` gives. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installed } from '../support/engines.ts';
import { openShell, type Shell } from '../support/shell.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let ada: Shell;
let small: string;
let large: string;

beforeAll(async () => {
  server = await startServer();
  ada = openShell(server.apiUrl);
  await ada.login();
  await ada.ok('org', 'create', 'acme');
  small = join(ada.home, 'naïve plan + 100%.txt');
  large = join(ada.home, 'large.bin');
  writeFileSync(small, 'Plans\n');
  writeFileSync(large, randomBytes(12_000_000));
});
afterAll(async () => {
  ada[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
});

interface Variables {
  readonly [name: string]: string;
  readonly HQ_BUCKET: string;
  readonly HQ_PREFIX: string;
}

/** The environment that `eval "$(hq credentials)"` would leave, and where the vault is. */
async function session(vault: 'acme' | 'personal', path: string): Promise<Variables> {
  return JSON.parse(await ada.ok('credentials', '--org', vault, '--access', 'write', '--path', path, '--format', 'env', '--json')) as Variables;
}

async function ok(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { code, stdout, stderr } = await ada.run(command, args, { env });
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${stderr}${stdout}`);
  return stdout;
}

for (const vault of ['acme', 'personal'] as const) {
  const folder = 'shared/';

  describe.skipIf(!installed('aws'))(`the AWS CLI on ${vault}, through credential_process`, () => {
    test('puts, lists, gets, uploads in parts, copies and deletes', async () => {
      mkdirSync(join(ada.home, '.aws'), { recursive: true });
      const process = `hq credentials --format process --org ${vault} --access write --path ${folder}`;
      writeFileSync(
        join(ada.home, '.aws/config'),
        `[default]\nregion = us-east-1\ncredential_process = ${process}\ns3 =\n  multipart_chunksize = 5MB\n  addressing_style = path\n`,
      );
      const { HQ_BUCKET, HQ_PREFIX } = await session(vault, folder);
      const place = `s3://${HQ_BUCKET}/${HQ_PREFIX}${folder}aws/`;
      await ok('aws', ['--endpoint-url', server.storageUrl, 's3', 'cp', small, `${place}plan é.txt`]);
      await ok('aws', ['--endpoint-url', server.storageUrl, 's3', 'cp', large, `${place}large.bin`]);
      expect(await ok('aws', ['--endpoint-url', server.storageUrl, 's3', 'ls', place])).toMatch(/ 6 plan é\.txt[^]*|12000000 large\.bin/);
      const back = join(ada.home, 'aws-back.bin');
      await ok('aws', ['--endpoint-url', server.storageUrl, 's3', 'cp', `${place}large.bin`, back]);
      expect(readFileSync(back).equals(readFileSync(large))).toBe(true);
      await ok('aws', ['--endpoint-url', server.storageUrl, 's3', 'cp', `${place}plan é.txt`, `${place}copy.txt`]);
      const tree = join(ada.home, 'aws-tree');
      await ok('aws', ['--endpoint-url', server.storageUrl, 's3', 'sync', place, tree]);
      expect(readFileSync(join(tree, 'copy.txt'), 'utf8')).toBe('Plans\n');
      await ok('aws', ['--endpoint-url', server.storageUrl, 's3', 'rm', '--recursive', place]);
      expect((await ada.run('aws', ['--endpoint-url', server.storageUrl, 's3', 'ls', place])).stdout).toBe('');
    });

    test('is refused outside its folder by storage', async () => {
      const { HQ_BUCKET, HQ_PREFIX } = await session(vault, folder);
      const refused = await ada.run('aws', ['--endpoint-url', server.storageUrl, 's3', 'cp', small, `s3://${HQ_BUCKET}/${HQ_PREFIX}private/plan.txt`]);
      expect(refused.code).not.toBe(0);
      expect(refused.stderr).toContain('AccessDenied');
    });
  });

  describe.skipIf(!installed('rclone'))(`rclone on ${vault}, through the environment`, () => {
    test('copies a tree up and down, in parts where it is large, and deletes', async () => {
      const variables = await session(vault, folder);
      const remote = `:s3:${variables.HQ_BUCKET}/${variables.HQ_PREFIX}${folder}rclone`;
      const options = [
        '--s3-provider',
        'Other',
        '--s3-env-auth',
        '--s3-endpoint',
        server.storageUrl,
        '--s3-region',
        'us-east-1',
        '--s3-no-check-bucket',
        '--s3-upload-cutoff',
        '5M',
        '--s3-chunk-size',
        '5M',
      ];
      const rclone = (...args: string[]) => ok('rclone', [...options, '--config', '/dev/null', ...args], variables);
      const tree = join(ada.home, 'rclone-tree');
      mkdirSync(join(tree, 'deep/er'), { recursive: true });
      for (let i = 0; i < 50; i++) writeFileSync(join(tree, `deep/er/${i} é.txt`), `file ${i}`);
      writeFileSync(join(tree, 'empty'), '');
      writeFileSync(join(tree, 'large.bin'), readFileSync(large));
      await rclone('copy', tree, remote);
      await rclone('check', '--download', tree, remote);
      expect((await rclone('lsf', '-R', '--files-only', remote)).trim().split('\n')).toHaveLength(52);
      await rclone('deletefile', `${remote}/empty`);
      await rclone('delete', `${remote}/deep`);
      expect(await rclone('lsf', '-R', '--files-only', remote)).toBe('large.bin\n');
      await rclone('delete', remote);
    });
  });

  describe.skipIf(!installed('s3cmd'))(`s3cmd on ${vault}, through the environment`, () => {
    test('puts, lists, gets, uploads in parts and deletes', async () => {
      const variables = await session(vault, folder);
      const { host } = new URL(server.storageUrl);
      const options = ['--config', '/dev/null', '--host', host, '--host-bucket', host, '--no-ssl', '--region', 'us-east-1', '--no-progress'];
      const keys = [
        '--access_key',
        variables['AWS_ACCESS_KEY_ID'] ?? '',
        '--secret_key',
        variables['AWS_SECRET_ACCESS_KEY'] ?? '',
        '--access_token',
        variables['AWS_SESSION_TOKEN'] ?? '',
      ];
      const s3cmd = (...args: string[]) => ok('s3cmd', [...options, ...keys, ...args]);
      const place = `s3://${variables.HQ_BUCKET}/${variables.HQ_PREFIX}${folder}s3cmd/`;
      await s3cmd('put', small, `${place}plan.txt`);
      await s3cmd('put', '--multipart-chunk-size-mb=5', large, `${place}large.bin`);
      expect(await s3cmd('ls', place)).toMatch(/12000000 {2}s3:\S+large\.bin\n[^]*6 {2}s3:\S+plan\.txt/);
      const back = join(ada.home, 's3cmd-back.bin');
      await s3cmd('get', '--force', `${place}large.bin`, back);
      expect(readFileSync(back).equals(readFileSync(large))).toBe(true);
      await s3cmd('del', `${place}plan.txt`, `${place}large.bin`);
      expect(await s3cmd('ls', place)).toBe('');
    });
  });
}
