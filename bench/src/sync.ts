/** `hq sync now` of many small files, beside `rclone copy` of the same files to the same local-cloud: the cost is the client's. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../../e2e/support/server.ts';
import { openShell } from '../../e2e/support/shell.ts';
import { commandCost, typical, type Cost } from './measure.ts';
import { ratio, seconds, type Comparison } from './table.ts';

const files = 5000;
const bytes = 4096;
const rounds = 3;

/** `files` files of `bytes` bytes, all different, a hundred to a folder. */
function makeTree(folder: string): void {
  for (let i = 0; i < files; i++) {
    const place = join(folder, `folder-${Math.floor(i / 100)}`);
    if (i % 100 === 0) mkdirSync(place, { recursive: true });
    writeFileSync(join(place, `file-${i}.bin`), Buffer.alloc(bytes, `file ${i} `));
  }
}

const row = (name: string, cost: Cost, beside: Cost) => [
  name,
  seconds(cost.cpu),
  seconds(cost.wall),
  ratio(cost.cpu, beside.cpu),
  ratio(cost.wall, beside.wall),
];

export async function sync(rclone: string): Promise<Comparison> {
  const folder = mkdtempSync(join(tmpdir(), 'hq-bench-'));
  await using server = await startServer();
  using shell = openShell(server.apiUrl);
  await shell.login();
  const tree = join(folder, 'tree');
  makeTree(tree);
  const env = { HQ_API: server.apiUrl, HQ_HOME: join(shell.home, '.hq') };
  const seen: Record<'hq' | 'rclone' | 'hqAgain' | 'rcloneAgain', Cost[]> = { hq: [], rclone: [], hqAgain: [], rcloneAgain: [] };
  try {
    for (let round = 0; round < rounds; round++) {
      const name = `bench-${round}`;
      await shell.ok('org', 'create', name);
      const root = join(folder, name);
      cpSync(tree, root, { recursive: true });
      await shell.ok('sync', 'init', root, '--org', name);
      const now = ['hq', 'sync', 'now', root, '--yes'];
      seen.hq.push(await commandCost(now, env));
      seen.hqAgain.push(await commandCost(now, env));

      await shell.ok('org', 'create', `${name}-peer`);
      const variables = JSON.parse(
        await shell.ok('credentials', '--org', `${name}-peer`, '--access', 'write', '--for', '1h', '--json', '--format', 'env'),
      ) as Record<string, string>;
      const provider = [
        '--config',
        '/dev/null',
        '--s3-provider',
        'Other',
        '--s3-env-auth',
        '--s3-endpoint',
        server.storageUrl,
        '--s3-region',
        'us-east-1',
        '--s3-no-check-bucket',
      ];
      const tuned = ['--transfers', '32', '--checkers', '32', '--fast-list', '--s3-no-head', '--s3-server-side-encryption', 'aws:kms'];
      const copy = [rclone, 'copy', ...provider, ...tuned, tree, `:s3:${variables['HQ_BUCKET']}/`];
      const clean = { ...variables, AWS_CA_BUNDLE: '' };
      seen.rclone.push(await commandCost(copy, clean));
      seen.rcloneAgain.push(await commandCost(copy, clean));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const [hq, peer, hqAgain, peerAgain] = [typical(seen.hq), typical(seen.rclone), typical(seen.hqAgain), typical(seen.rcloneAgain)];
  return {
    title: `\`hq sync now\` of ${files.toLocaleString('en')} × 4 KiB`,
    work: `A folder into an empty vault, then again with no change; ${rounds} rounds, each into new vaults of one local-cloud. rclone is tuned: 32 transfers and checkers, --fast-list, --s3-no-head. hq hashes what it sends, signs its content, writes conditionally and keeps a journal.`,
    columns: ['command', 'client CPU', 'wall', 'CPU ratio', 'wall ratio'],
    rows: [
      row('`rclone copy`', peer, peer),
      row('`hq sync now`', hq, peer),
      row('`rclone copy`, no change', peerAgain, peerAgain),
      row('`hq sync now`, no change', hqAgain, peerAgain),
    ],
    verdict: 'Asked for: at most 0.7 × rclone’s CPU up, and at most 0.35 × for a sync without a change.',
  };
}
