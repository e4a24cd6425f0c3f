/**
 * Puts a deployment together: the one place that decides what stands behind a port. On one machine that is local-cloud for S3, STS, KMS and SSM (through the
 * same AWS adapters and the same signed requests as in production), SQLite for metadata, and the local issuer for sign-in.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { appRouter, type Context, type Ports } from '@hq/api';
import { createAuditTrail } from '@hq/api/audit-trail';
import { createPageTokens } from '@hq/api/operations/page-token';
import { createProfiles } from '@hq/api/operations/profiles';
import type { Log } from '@hq/api/ports/log';
import { bucketForOrganization, type ProvisioningSettings } from '@hq/api/provisioning/plan';
import { provisionOrganization, provisionPersonal } from '@hq/api/provisioning/provision';
import { createRateLimiter, type RateLimit } from '@hq/api/rate-limit';
import { createStores } from '@hq/api/stores/stores';
import { startLocalCloud } from '@hq/local-cloud';
import { createSignIn } from '@hq/local-cloud/sign-in';
import type { Config } from './config.ts';
import { createHttpServer } from './http.ts';
import { deploymentOf, localPrincipals } from './local-principals.ts';
import { localSecrets } from './local-secrets.ts';

export interface Running {
  /** `http://127.0.0.1:8787` */
  readonly apiUrl: string;
  /** `http://127.0.0.1:8788` */
  readonly storageUrl: string;
  /** What operations run on, for internal tools that call procedures in process. */
  readonly ports: Ports;
  /** Finishes what was begun and closes every file. */
  close(): Promise<void>;
}

export interface LocalOptions {
  /** Calls of one person, and of one address; null for no limit. */
  readonly rate?: RateLimit | null;
  readonly passwordCost?: Parameters<typeof createSignIn>[0]['passwordCost'];
}

const clock = () => Math.floor(Date.now() / 1000);
const region = 'us-east-1';
const clientId = 'hq';
const perPerson: RateLimit = { perSecond: 200, burst: 2000 };
const unlimited: RateLimit = { perSecond: 1e9, burst: 1e9 };

/** Starts everything on this machine. What was opened is closed again when a later part can't start. */
export async function composeLocal(config: Config, log: Log, options: LocalOptions = {}): Promise<Running> {
  const closers: (() => Promise<void> | void)[] = [];
  const close = async (): Promise<void> => {
    for (let closer = closers.pop(); closer !== undefined; closer = closers.pop()) await closer();
  };
  try {
    return await compose(config, log, options, closers, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function compose(config: Config, log: Log, options: LocalOptions, closers: (() => Promise<void> | void)[], close: () => Promise<void>): Promise<Running> {
  const [
    { createSqliteTable },
    { createOidcIdentity },
    { createOutboxMail },
    { awsClientConfig },
    { createKmsKeys },
    { createS3Buckets },
    { createS3Objects },
    { createStsSessions },
  ] = await Promise.all([
    import('@hq/api/adapters/local/sqlite-table'),
    import('@hq/api/adapters/local/oidc-identity'),
    import('@hq/api/adapters/local/outbox-mail'),
    import('@hq/api/adapters/aws/client-config'),
    import('@hq/api/adapters/aws/kms-keys'),
    import('@hq/api/adapters/aws/s3-buckets'),
    import('@hq/api/adapters/aws/s3-objects'),
    import('@hq/api/adapters/aws/sts-sessions'),
  ]);
  const { origins = [] } = config;
  const folder = join(config.data, 'api');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const secrets = localSecrets(folder, randomBytes);
  const deployment = deploymentOf(region);

  const cloud = await startLocalCloud({
    port: config.storagePort,
    data: join(config.data, 'cloud'),
    principals: localPrincipals(deployment, secrets),
    region,
    accountId: deployment.accountId,
    log: (event) => log.error('storage', event),
  });
  closers.push(() => cloud.close());

  const apiUrl = `http://127.0.0.1:${config.port}`;
  const issuer = `${apiUrl}/sign-in`;
  const signIn = await createSignIn({
    issuer,
    data: join(config.data, 'cloud'),
    clientId,
    origins,
    ...(options.passwordCost === undefined ? {} : { passwordCost: options.passwordCost }),
    log: (message, error) => log.error(message, error),
  });
  closers.push(() => signIn.close());

  const table = createSqliteTable({ file: join(folder, 'table.sqlite'), clock });
  closers.push(() => table.close());
  const stores = createStores({ table, clock, randomBytes, region });
  const trail = createAuditTrail(stores.audit, log, { delayMs: 50 });
  closers.push(() => trail.flush());

  const aws = awsClientConfig({ region, endpoint: cloud.url, credentials: secrets });
  const provisioning: ProvisioningSettings = { deployment, tls: false, origins };
  const provisioningPorts = {
    keys: createKmsKeys(aws),
    buckets: createS3Buckets({ config: aws, forcePathStyle: true }),
    vaultRecords: stores.vaultRecords,
    clock,
  };

  const rate = options.rate === undefined ? perPerson : (options.rate ?? unlimited);
  const identity = createOidcIdentity({ issuer, clientId, clock, fetch });
  const ports: Ports = {
    clock,
    randomBytes,
    log,
    identity,
    profiles: createProfiles(identity, stores.people),
    mail: createOutboxMail({ deliver: (letter) => signIn.deliver(letter) }),
    objects: createS3Objects({ config: aws, forcePathStyle: true, clock }),
    sessions: createStsSessions({ config: aws, vaultRoleArn: deployment.vaultRoleArn }),
    stores,
    trail,
    pageTokens: createPageTokens(Buffer.from(secrets.pageTokenKey, 'base64'), randomBytes),
    limiter: createRateLimiter(rate, () => performance.now()),
    place: { region, storageEndpoint: cloud.url, bucketFor: bucketForOrganization },
    provision: (organization) => provisionOrganization(provisioningPorts, provisioning, organization),
  };
  await provisionPersonal(provisioningPorts, provisioning);

  const server = createHttpServer({
    router: appRouter,
    context: (request): Context => ({ ports, request }),
    log,
    origins,
    signIn: (req, res) => signIn.handle(req, res),
    outbox: (req, res) => signIn.handleOutbox(req, res),
    ...(options.rate === undefined ? {} : { limits: { rate: options.rate } }),
  });
  await listen(server, config.port);
  closers.push(() => stop(server));
  return { apiUrl, storageUrl: cloud.url, ports, close };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Answers what is under way, for at most five seconds, and takes nothing new. */
function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const patience = setTimeout(() => server.closeAllConnections(), 5000);
    server.close(() => {
      clearTimeout(patience);
      resolve();
    });
    server.closeIdleConnections();
  });
}
