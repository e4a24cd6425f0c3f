/**
 * A local cloud with one bucket under one key, and a vault role whose sessions are minted as the API mints them: AssumeRole with a session policy for the cone.
 * What is tested through it is the real client against the real enforcer; only the API in between is this file.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalCloud } from '@hq/local-cloud';
import type { Path } from '@hq/shared/path';
import { isInside, root } from '@hq/shared/path';
import { nodeHashing } from '../../src/node/hashing.ts';
import { nodeTransport } from '../../src/node/http-transport.ts';
import { createPace } from '../../src/transfer/pace.ts';
import { createSessionBook, type Access, type Grant } from '../../src/transfer/sessions.ts';
import { createSigner, type SigningCredentials } from '../../src/transfer/sigv4.ts';
import { createStorage } from '../../src/transfer/storage.ts';
import type { Transport } from '../../src/transfer/transport.ts';
import { createVaultRemote, type VaultRemote } from '../../src/transfer/vault-remote.ts';
import { textOf } from '../../src/transfer/xml.ts';
import type { ApiPage } from '../../src/transfer/listing.ts';

const bucket = 'hq-vault-test';
const account = '000000000000';
const broker: SigningCredentials = { accessKeyId: 'AKIABROKERBROKER0000', secretAccessKey: 'broker-secret-broker-secret-broker-00000' };
const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['s3:*', 'kms:*', 'sts:*'], Resource: '*' }] };
const trust = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:user/hq-broker` }, Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'] },
  ],
};

export interface Cloud {
  readonly url: string;
  /** The cloud's clock and ours: moved by hand, so that sessions expire when a test says so. In milliseconds. */
  readonly time: { now: number };
  /** A request with the broker's own rights, for looking behind the client's back. */
  raw(
    service: 's3' | 'sts' | 'kms',
    method: string,
    target: string,
    headers?: Record<string, string>,
    body?: string,
  ): Promise<{ status: number; text: string }>;
  remote(options?: RemoteOptions): TestRemote;
  close(): Promise<void>;
}

export interface RemoteOptions {
  readonly cone?: Path;
  readonly deny?: readonly string[];
  readonly allow?: readonly string[];
  readonly transport?: Transport;
  readonly durationSeconds?: number;
  /** How far this client's clock is behind the cloud's. */
  readonly lagSeconds?: number;
  /** What `files.list` answers, where storage may not list. */
  readonly listPage?: (folder: Path, token: string | undefined) => Promise<ApiPage>;
  readonly onUnusable?: (key: string, reason: string) => void;
}

export interface TestRemote {
  readonly remote: VaultRemote;
  /** How often sessions were asked for, in order: `read team/`. */
  readonly issued: string[];
  /** How many paths each question about levels named. */
  readonly asked: number[];
  readonly dropAll: () => void;
}

/** The session policy for what is allowed and denied, in the form of `compile`, without its care. */
function sessionPolicy(allow: readonly string[], deny: readonly string[], access: Access): string {
  const arn = (path: string): string => `arn:aws:s3:::${bucket}/${path}${path === '' || path.endsWith('/') ? '*' : ''}`;
  const writes = access === 'write' ? ['s3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'] : [];
  const statements: object[] = [
    { Effect: 'Allow', Action: ['s3:GetObject', 's3:GetObjectVersion', ...writes], Resource: allow.map(arn) },
    { Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: '*' },
  ];
  if (deny.length > 0) statements.push({ Effect: 'Deny', Action: 's3:*', Resource: deny.map(arn) });
  else
    statements.push({
      Effect: 'Allow',
      Action: 's3:ListBucket',
      Resource: `arn:aws:s3:::${bucket}`,
      Condition: { StringLike: { 's3:prefix': allow.map((path) => `${path}*`) } },
    });
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

/** Starts it; `close` removes everything. */
export async function startCloud(): Promise<Cloud> {
  const data = await mkdtemp(join(tmpdir(), 'hq-sdk-'));
  const time = { now: Date.now() };
  const cloud = await startLocalCloud({
    port: 0,
    data,
    clock: () => time.now,
    principals: {
      users: [{ name: 'hq-broker', ...broker, policies: [everything] }],
      roles: [{ name: 'hq-vault', trust, policies: [everything] }],
    },
  });
  const clock = (): number => Math.floor(time.now / 1000);
  const wire = nodeTransport();
  const { host, origin } = new URL(cloud.url);

  const raw: Cloud['raw'] = async (service, method, target, headers = {}, body = '') => {
    const bytes = new TextEncoder().encode(body);
    const [path = '/', query = ''] = target.split('?');
    const signed: Record<string, string> = { host, 'content-length': String(bytes.length), ...headers };
    createSigner('us-east-1', nodeHashing, service).sign({ method, path, query, headers: signed, payloadHash: nodeHashing.sha256(bytes) }, broker, clock());
    const response = await wire.send({ method, origin, target, headers: signed, body: bytes });
    return { status: response.status, text: await response.text() };
  };
  const demand = async (...request: Parameters<Cloud['raw']>): Promise<string> => {
    const [service, method, target] = request;
    const { status, text } = await raw(...request);
    if (status >= 300) throw new Error(`${service} ${method} ${target}: ${status} ${text}`);
    return text;
  };

  const key = JSON.parse(
    await demand('kms', 'POST', '/', { 'x-amz-target': 'TrentService.CreateKey', 'content-type': 'application/x-amz-json-1.1' }, '{}'),
  ) as { KeyMetadata: { Arn: string } };
  await demand('s3', 'PUT', `/${bucket}`);
  await demand('s3', 'PUT', `/${bucket}?versioning=`, {}, '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>');
  const rule = `<ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>${key.KeyMetadata.Arn}</KMSMasterKeyID></ApplyServerSideEncryptionByDefault>`;
  await demand(
    's3',
    'PUT',
    `/${bucket}?encryption=`,
    {},
    `<ServerSideEncryptionConfiguration><Rule>${rule}<BucketKeyEnabled>true</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>`,
  );

  const issue = async (allow: readonly string[], deny: readonly string[], access: Access, durationSeconds: number): Promise<Grant> => {
    const form = new URLSearchParams({
      Action: 'AssumeRole',
      Version: '2011-06-15',
      RoleArn: `arn:aws:iam::${account}:role/hq-vault`,
      RoleSessionName: 'test',
      DurationSeconds: String(durationSeconds),
      Policy: sessionPolicy(allow, deny, access),
    });
    const xml = await demand('sts', 'POST', '/', { 'content-type': 'application/x-www-form-urlencoded' }, form.toString());
    const credentials = {
      accessKeyId: textOf(xml, 'AccessKeyId') ?? '',
      secretAccessKey: textOf(xml, 'SecretAccessKey') ?? '',
      sessionToken: textOf(xml, 'SessionToken') ?? '',
      expiration: Date.parse(textOf(xml, 'Expiration') ?? '') / 1000,
    };
    return { endpoint: cloud.url, bucket, region: 'us-east-1', keyPrefix: '', sessions: [{ allow, list: deny.length === 0 ? allow : [], credentials }] };
  };

  return {
    url: cloud.url,
    time,
    raw,
    remote: ({ cone = root, allow = [cone], deny = [], transport = wire, durationSeconds = 900, lagSeconds = 0, listPage, onUnusable } = {}) => {
      const issued: string[] = [];
      const asked: number[] = [];
      const longest = (cones: readonly string[], path: Path): number =>
        Math.max(-1, ...cones.filter((each) => isInside(path, each as Path)).map(({ length }) => length));
      const isAllowed = (path: Path): boolean => longest(allow, path) > longest(deny, path);
      const ourClock = (): number => clock() - lagSeconds;
      const sessions = createSessionBook({
        cone,
        clock: ourClock,
        issue: async (at, access) => {
          issued.push(`${access} ${at}`);
          return issue(allow, deny, access, durationSeconds);
        },
      });
      const pace = createPace({ sleep: () => Promise.resolve(), random: () => 0 });
      const remote = createVaultRemote({
        sessions,
        storage: createStorage({ transport, hashing: nodeHashing, clock: ourClock, pace }),
        hashing: nodeHashing,
        listPage: listPage ?? (() => Promise.reject(new Error('storage was expected to list'))),
        exists: async (path) => isAllowed(path) && (await raw('s3', 'HEAD', `/${bucket}/${encodeURIComponent(path).replaceAll('%2F', '/')}`)).status === 200,
        levels: async (_, paths) => {
          asked.push(paths.length);
          return paths.map((path) => (isAllowed(path) ? 'write' : 'none'));
        },
        ...(onUnusable === undefined ? {} : { onUnusable }),
      });
      return { remote, issued, asked, dropAll: () => sessions.dropAll() };
    },
    close: async () => {
      wire.close();
      await cloud.close();
      await rm(data, { recursive: true, force: true });
    },
  };
}
