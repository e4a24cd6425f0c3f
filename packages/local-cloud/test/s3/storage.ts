/** A local cloud in a folder of its own, with an administrator and whoever else a test needs. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { type LocalCloud, startLocalCloud } from '../../src/local-cloud.ts';
import type { PrincipalsFile } from '../../src/principals/principals-file.ts';

export interface TestUser {
  readonly name: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly policies: readonly object[];
}

export const ADMIN: TestUser = {
  name: 'admin',
  accessKeyId: 'AKIAADMINADMINADMIN0',
  secretAccessKey: 'admin-secret-admin-secret-admin-secret-0',
  policies: [{ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['s3:*', 'kms:*'], Resource: '*' }] }],
};

/** A user whose policy has these statements. */
export function user(name: string, ...statements: readonly object[]): TestUser {
  const accessKeyId = `AKIA${name.toUpperCase()}`.padEnd(20, 'X');
  return {
    name,
    accessKeyId,
    secretAccessKey: `${name}-secret`.padEnd(40, '-'),
    policies: statements.length === 0 ? [] : [{ Version: '2012-10-17', Statement: statements }],
  };
}

export interface Storage {
  readonly url: string;
  readonly data: string;
  /** A client of one of the users. */
  client(user?: TestUser, config?: S3ClientConfig): S3Client;
  /** Stops the server and starts it again on the same folder. */
  restart(): Promise<void>;
  /** Stops it, and keeps the folder. */
  stop(): Promise<void>;
  /** Starts it again after `stop`. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/** A role that the administrator may assume, with all rights on storage: what a session policy leaves of them is a test's own business. */
export const ROLE_ARN = 'arn:aws:iam::000000000000:role/storage';

/** A principals file of these users and that role. */
export function principalsOf(...users: readonly TestUser[]): PrincipalsFile {
  const trust = { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::000000000000:user/admin' }, Action: 'sts:AssumeRole' };
  const role = { name: 'storage', trust: { Version: '2012-10-17', Statement: [trust] }, policies: [...ADMIN.policies] };
  return { users: users.map(({ policies, ...rest }) => ({ ...rest, policies: [...policies] })), roles: [role] };
}

/** Starts one; `close` removes everything. */
export async function startStorage(...users: readonly TestUser[]): Promise<Storage> {
  const data = await mkdtemp(join(tmpdir(), 'hq-s3-'));
  const principals = principalsOf(ADMIN, ...users);
  const start = (port: number): Promise<LocalCloud> => startLocalCloud({ port, data, principals });
  let cloud = await start(0);
  const clients: S3Client[] = [];
  return {
    url: cloud.url,
    data,
    client({ accessKeyId, secretAccessKey } = ADMIN, config = {}) {
      const client = new S3Client({
        region: 'us-east-1',
        endpoint: cloud.url,
        forcePathStyle: true,
        credentials: { accessKeyId, secretAccessKey },
        maxAttempts: 1,
        ...config,
      });
      clients.push(client);
      return client;
    },
    async restart() {
      await cloud.close();
      cloud = await start(cloud.port);
    },
    stop: () => cloud.close(),
    async start() {
      cloud = await start(cloud.port);
    },
    async close() {
      for (const client of clients) client.destroy();
      await cloud.close();
      await rm(data, { recursive: true, force: true });
    },
  };
}
