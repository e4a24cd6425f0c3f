import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { expect, it } from 'vitest';
import { startLocalCloud } from '../../src/local-cloud.ts';

const secretAccessKey = 'a secret of the root user';
const policies = [{ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }];

/** Runs the writer on this data until it has acknowledged `count` values, and kills it there. */
async function writeAndKill(data: string, from: number, count: number): Promise<number[]> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'crash-writer.ts'), data, String(from)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const acknowledged: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(Number(line));
    if (acknowledged.length === count) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return acknowledged;
}

it('a server killed while it writes has lost no key and no value that it acknowledged', async () => {
  const data = await mkdtemp(join(tmpdir(), 'hq-local-cloud-'));
  const acknowledged: number[] = [];
  for (const round of [0, 1, 2]) acknowledged.push(...(await writeAndKill(data, round * 1000, 25)));
  expect(acknowledged.length).toBeGreaterThanOrEqual(75);
  const principals = { users: [{ name: 'root', accessKeyId: 'AKIAROOTROOTROOTROOT', secretAccessKey, policies }], roles: [] };
  const cloud = await startLocalCloud({ port: 0, data, principals });
  const ssm = new SSMClient({ endpoint: cloud.url, region: 'us-east-1', credentials: { accessKeyId: 'AKIAROOTROOTROOTROOT', secretAccessKey } });
  for (const at of acknowledged) {
    const found = await ssm.send(new GetParameterCommand({ Name: `/crash/p${at}`, WithDecryption: true }));
    expect(found.Parameter?.Value).toBe(`value ${at}`);
  }
  ssm.destroy();
  await cloud.close();
  await rm(data, { recursive: true });
});
