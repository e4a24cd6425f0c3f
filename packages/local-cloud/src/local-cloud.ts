/** S3, STS, KMS and SSM on one machine and one port: the composition. */
import { openDataFolder } from './data-folder.ts';
import { lockData } from './data-lock.ts';
import { Authenticator } from './http/authenticate.ts';
import { createFront } from './http/front.ts';
import { startServer } from './http/server.ts';
import type { Log } from './log.ts';
import { parsePrincipals, type PrincipalsFile } from './principals/principals-file.ts';
import { Registry } from './principals/registry.ts';
import { sessionTokens } from './principals/session-token.ts';
import { openRootKey } from './root-key.ts';
import { createKms } from './services/kms/kms.ts';
import { createS3 } from './services/s3/s3.ts';
import type { Service } from './services/service.ts';
import { createSsm } from './services/ssm/ssm.ts';
import { createSts } from './services/sts/sts.ts';

export interface LocalCloudOptions {
  /** Where it listens; `127.0.0.1` unless told. */
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Made where it is missing, and closed to everyone but its owner. */
  readonly data: string;
  /** Who may do what; there is no other identity. */
  readonly principals: PrincipalsFile;
  /** `us-east-1` unless told. */
  readonly region?: string;
  /** `000000000000` unless told. */
  readonly accountId?: string;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
  /** PEM texts; plain HTTP without. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly log?: Log;
}

export interface LocalCloud {
  /** `http://127.0.0.1:8788` */
  readonly url: string;
  readonly port: number;
  /** Finishes what was begun, writes everything down and gives the folder back. */
  close(): Promise<void>;
}

/**
 * Starts it.
 * @throws PrincipalsError for a wrong list of users and roles, DataFolderError and DataLockedError for a folder that cannot be used or is in use, or Node's error for a port.
 */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const { data, host = '127.0.0.1', region = 'us-east-1', accountId = '000000000000', clock = Date.now, log = () => undefined } = options;
  const principals = parsePrincipals(options.principals);
  openDataFolder(data);
  const unlock = lockData(data);
  const opened: Service[] = [];
  const closeAll = async (): Promise<void> => {
    for (const service of opened.toReversed()) await service.close();
    unlock();
  };
  try {
    const rootKey = openRootKey(data);
    const tokens = sessionTokens(rootKey);
    const registry = new Registry(principals, tokens, accountId);
    const room = { data, rootKey, region, accountId, clock, log };
    const open = <S extends Service>(service: S): S => {
      opened.push(service);
      return service;
    };
    const kms = open(createKms(room));
    open(createS3({ ...room, keys: kms.use }));
    open(createSsm({ ...room, keys: kms.use }));
    open(createSts({ registry, tokens }));
    const services = new Map(opened.map((service) => [service.name, service]));
    const authenticator = new Authenticator({ registry, region, accountId });
    const server = await startServer(createFront({ services, authenticator, clock, log }), { host, port: options.port, tls: options.tls });
    return {
      url: `${options.tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${server.port}`,
      port: server.port,
      async close() {
        await server.close();
        await closeAll();
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}
