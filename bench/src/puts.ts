/** Small durable PUTs into local-cloud, beside the same into `rclone serve s3`: same client, same bytes; the cost is the server's. */
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeHashing } from '@hq/sdk/node/hashing';
import { createSigner, emptyPayloadHash } from '@hq/sdk/transfer/sigv4';
import { inTurn, serverCost } from './measure.ts';
import { putMany } from './put-load.ts';
import { owner, startLocalCloud, startRcloneS3 } from './servers.ts';
import { micros, ratio, seconds, type Comparison } from './table.ts';

const count = 3000;
const bytes = 4096;

function makeBucket(endpoint: string): Promise<void> {
  const { hostname, port, host } = new URL(endpoint);
  const headers: Record<string, string> = { host, 'content-length': '0' };
  createSigner('us-east-1', nodeHashing).sign(
    { method: 'PUT', path: '/bench', query: '', headers, payloadHash: emptyPayloadHash },
    owner,
    Math.floor(Date.now() / 1000),
  );
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method: 'PUT', path: '/bench', headers }, (answer) => {
      answer.resume().on('end', () => (answer.statusCode === 200 ? resolve() : reject(new Error(`CreateBucket answered ${answer.statusCode}`))));
    });
    sent.on('error', reject).end();
  });
}

/** @param rclone the program, new enough for `serve s3` */
export async function puts(rclone: string): Promise<Comparison> {
  const folder = mkdtempSync(join(tmpdir(), 'hq-bench-'));
  const ours = await startLocalCloud(join(folder, 'ours'));
  const peer = await startRcloneS3(rclone, join(folder, 'peer'));
  try {
    await makeBucket(ours.url);
    let round = 0;
    const load = (url: string) => putMany({ endpoint: url, bucket: 'bench', credentials: owner, count, bytes, inFlight: 32, prefix: `round-${round++}` });
    const seen = await inTurn({ ours: () => serverCost(ours.pid, () => load(ours.url)), peer: () => serverCost(peer.pid, () => load(peer.url)) }, 5);
    const each = (cpu: number) => micros((cpu / count) * 1e6);
    return {
      title: '4 KiB PUTs into storage',
      work: `${count} objects of 4 KiB a round from 32 connections, five rounds, the same signed requests to both. Ours verifies the signature and the hash, evaluates policies, encrypts, and syncs to disk before it answers; rclone checks the signature and writes plain files without a sync.`,
      columns: ['server', 'CPU a PUT', 'wall a round', 'CPU ratio', 'wall ratio'],
      rows: [
        ['`rclone serve s3`', each(seen.peer.cpu), seconds(seen.peer.wall), '1.00 ×', '1.00 ×'],
        ['local-cloud', each(seen.ours.cpu), seconds(seen.ours.wall), ratio(seen.ours.cpu, seen.peer.cpu), ratio(seen.ours.wall, seen.peer.wall)],
      ],
      verdict: 'No figure was asked for; the peer does less.',
    };
  } finally {
    await ours.stop();
    await peer.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
