/**
 * An authenticated query, through token, membership, table and serializer, beside a bare `node:http` server that answers as many bytes. The cost is the server
 * process's CPU a request, one call a request and ten in a batch.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'superjson';
import { signUpForTest } from '@hq/local-cloud/test-support/sign-up';
import { inTurn, serverCost, type Cost } from './measure.ts';
import { freePort, start } from './servers.ts';
import { micros, ratio, type Comparison } from './table.ts';

const requests = 4000;
const inFlight = 16;

/** Sends the same GET over keep-alive connections and checks that each is answered with 200. */
async function load(url: string, token: string, count: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: inFlight });
  const { hostname, port, pathname, search } = new URL(url);
  const options = { agent, hostname, port, path: pathname + search, headers: { authorization: `Bearer ${token}` } };
  const one = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const sent = request(options, (answer) => {
        answer.resume().on('end', () => (answer.statusCode === 200 ? resolve() : reject(new Error(`${url} answered ${answer.statusCode}`))));
      });
      sent.on('error', reject).end();
    });
  const lane = async (_: unknown, first: number): Promise<void> => {
    for (let index = first; index < count; index += inFlight) await one();
  };
  try {
    await Promise.all(Array.from({ length: inFlight }, lane));
  } finally {
    agent.destroy();
  }
}

/** Microseconds of CPU a call. */
const each = (cost: Cost, calls: number): number => (cost.cpu / calls) * 1e6;

export async function query(): Promise<Comparison> {
  const data = mkdtempSync(join(tmpdir(), 'hq-bench-'));
  const storagePort = await freePort();
  const ours = await start(process.execPath, (port) => ['bench/src/query-server.ts', 'ours', String(port), String(storagePort), data]);
  try {
    const { accessToken } = await signUpForTest({ origin: ours.url });
    const input = stringify({ vault: 'personal' });
    const single = `${ours.url}/trpc/credentials.where?batch=1&input=${encodeURIComponent(`{"0":${input}}`)}`;
    const ten = Array.from({ length: 10 }, (_, index) => `"${index}":${input}`).join(',');
    const batch = `${ours.url}/trpc/${Array.from({ length: 10 }, () => 'credentials.where').join(',')}?batch=1&input=${encodeURIComponent(`{${ten}}`)}`;
    const { length } = await fetch(single, { headers: { authorization: `Bearer ${accessToken}` } }).then((answer) => answer.text());
    const bare = await start(process.execPath, (port) => ['bench/src/query-server.ts', 'bare', String(port), String(length)]);
    try {
      const seen = await inTurn(
        {
          bare: () => serverCost(bare.pid, () => load(`${bare.url}/`, accessToken, requests)),
          single: () => serverCost(ours.pid, () => load(single, accessToken, requests)),
          batch: () => serverCost(ours.pid, () => load(batch, accessToken, requests / 10)),
        },
        5,
      );
      const [floor, one, tenth] = [each(seen.bare, requests), each(seen.single, requests), each(seen.batch, requests)];
      return {
        title: 'An authenticated query',
        work: `\`credentials.where\` (token, rate limit, person and vault from SQLite, superjson), ${requests} calls a round over ${inFlight} connections, five rounds; CPU of the server process a call.`,
        columns: ['server', 'CPU a call', 'against bare node:http'],
        rows: [
          ['bare `node:http`, as many bytes', micros(floor), ratio(floor, floor)],
          ['ours, one call a request', micros(one), ratio(one, floor)],
          ['ours, ten calls a request', micros(tenth), ratio(tenth, floor)],
        ],
        verdict: `Asked for: at most 4 × bare \`node:http\` for one call a request; this run ${one <= 4 * floor ? 'meets' : 'misses'} it.`,
      };
    } finally {
      await bare.stop();
    }
  } finally {
    await ours.stop();
    rmSync(data, { recursive: true, force: true });
  }
}
