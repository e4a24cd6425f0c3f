/** A local cloud with two users: `root` may do everything, `limited` what a test says. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KMSClient } from '@aws-sdk/client-kms';
import { SSMClient } from '@aws-sdk/client-ssm';
import { startLocalCloud } from '../../src/local-cloud.ts';

export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface TestCloud {
  readonly root: { readonly kms: KMSClient; readonly ssm: SSMClient };
  readonly limited: { readonly kms: KMSClient; readonly ssm: SSMClient };
  /** Moves the clock on; it stands still otherwise. */
  advance(milliseconds: number): void;
  /** Stops and starts on the same data, with other rights for `limited`. */
  restart(statements?: readonly Statement[]): Promise<void>;
  stop(): Promise<void>;
}

export async function startTestCloud(statements: readonly Statement[] = []): Promise<TestCloud> {
  const data = await mkdtemp(join(tmpdir(), 'hq-local-cloud-'));
  let shift = 0;
  const clock = (): number => Date.now() + shift;
  const policy = (list: readonly Statement[]) => ({ Version: '2012-10-17', Statement: list });
  const open = async (list: readonly Statement[]) =>
    await startLocalCloud({
      port: 0,
      data,
      clock,
      principals: {
        users: [
          {
            name: 'root',
            accessKeyId: 'AKIAROOTROOTROOTROOT',
            secretAccessKey: 'a secret of the root user',
            policies: [policy([{ Effect: 'Allow', Action: '*', Resource: '*' }])],
          },
          {
            name: 'limited',
            accessKeyId: 'AKIALIMITEDLIMITED00',
            secretAccessKey: 'a secret of the limited user',
            policies: list.length === 0 ? [] : [policy(list)],
          },
        ],
        roles: [],
      },
    });
  let cloud = await open(statements);
  let made: { destroy(): void }[] = [];
  const clients = (accessKeyId: string, secretAccessKey: string) => {
    const config = { endpoint: cloud.url, region: 'us-east-1', credentials: { accessKeyId, secretAccessKey }, systemClockOffset: shift, maxAttempts: 1 };
    const pair = { kms: new KMSClient(config), ssm: new SSMClient(config) };
    for (const client of [pair.kms, pair.ssm]) followClock(client, clock);
    made.push(pair.kms, pair.ssm);
    return pair;
  };
  const both = () => ({
    root: clients('AKIAROOTROOTROOTROOT', 'a secret of the root user'),
    limited: clients('AKIALIMITEDLIMITED00', 'a secret of the limited user'),
  });
  let current = both();
  const drop = (): void => {
    for (const client of made) client.destroy();
    made = [];
  };
  return {
    get root() {
      return current.root;
    },
    get limited() {
      return current.limited;
    },
    advance(milliseconds) {
      shift += milliseconds;
      drop();
      current = both();
    },
    async restart(list = statements) {
      drop();
      await cloud.close();
      cloud = await open(list);
      current = both();
    },
    async stop() {
      drop();
      await cloud.close();
      await rm(data, { recursive: true });
    },
  };
}

/** The SDK sets its clock by the `Date` of answers, which Node writes by the system's: here they show the cloud's. */
function followClock(client: KMSClient | SSMClient, clock: () => number): void {
  const stack = client.middlewareStack as Pick<KMSClient, 'middlewareStack'>['middlewareStack'];
  stack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers } = result.response as { headers: Record<string, string> };
      headers['date'] = new Date(clock()).toUTCString();
      return result;
    },
    { step: 'deserialize', priority: 'low' },
  );
}

/** The name of the error a promise ends with; fails where it ends well. */
export async function errorName(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
  throw new Error('it was not refused');
}
