/** A small cloud for the front's own tests: the real front, principals and STS, and in S3's place a service that answers with what the front told it. */
import { mkdtempSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Authenticator } from '../../src/http/authenticate.ts';
import { createFront } from '../../src/http/front.ts';
import { startServer } from '../../src/http/server.ts';
import { parsePrincipals, type PrincipalsFile } from '../../src/principals/principals-file.ts';
import { Registry } from '../../src/principals/registry.ts';
import { sessionTokens } from '../../src/principals/session-token.ts';
import { masterKey } from '../../src/root-key.ts';
import type { Service } from '../../src/services/service.ts';
import { createSts } from '../../src/services/sts/sts.ts';

export const ACCOUNT = '000000000000';

/** `alice` may do all of S3 and assume `reader`; `bob` may do nothing by himself. */
export const PRINCIPALS: PrincipalsFile = {
  users: [
    {
      name: 'alice',
      accessKeyId: 'AKIAALICE00000000000',
      secretAccessKey: 'alice-secret-alice-secret-alice-secret-1',
      policies: [{ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: ['s3:*', 'sts:*'], Resource: '*' } }],
    },
    { name: 'bob', accessKeyId: 'AKIABOB0000000000000', secretAccessKey: 'bob-secret-bob-secret-bob-secret-bob-sec', policies: [] },
  ],
  roles: [
    {
      name: 'reader',
      trust: {
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
          Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
        },
      },
      policies: [{ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/${aws:PrincipalTag/home}/*' } }],
    },
  ],
};

export const ALICE = { accessKeyId: 'AKIAALICE00000000000', secretAccessKey: 'alice-secret-alice-secret-alice-secret-1' };
export const BOB = { accessKeyId: 'AKIABOB0000000000000', secretAccessKey: 'bob-secret-bob-secret-bob-secret-bob-sec' };

/** What the echo saw of a request. */
export interface Echo {
  readonly method: string;
  readonly path: string;
  readonly query: Record<string, string>;
  readonly who: string;
  readonly body: string;
  readonly bodyLength: number | undefined;
  readonly trailers: Record<string, string>;
  readonly acl: string | undefined;
}

export interface Cloud {
  readonly url: string;
  readonly port: number;
  /** Unknown errors that the front logged. */
  readonly logged: string[];
  /** Moves the clock, in milliseconds since 1970. */
  at(now: number | undefined): void;
  close(): Promise<void>;
}

/** GET asks for `s3:GetObject` on the path, PUT for `s3:PutObject`. `/boom` is a service that breaks. */
function echoService(): Service {
  return {
    name: 's3',
    async handle(call, response) {
      if (call.rawPath === '/boom') throw new Error('the service broke');
      const action = call.method === 'PUT' ? 's3:PutObject' : call.method === 'OPTIONS' ? undefined : 's3:GetObject';
      if (action) call.authorize({ action, resource: `arn:aws:s3:::${call.rawPath.slice(1)}` });
      const pieces: Uint8Array[] = [];
      for await (const piece of call.body) pieces.push(piece);
      const echo: Echo = {
        method: call.method,
        path: call.rawPath,
        query: Object.fromEntries(call.query),
        who: call.principal.kind === 'anonymous' ? 'anonymous' : call.principal.arn,
        body: Buffer.concat(pieces).toString(),
        bodyLength: call.bodyLength,
        trailers: Object.fromEntries(call.trailers),
        acl: call.header('x-amz-acl'),
      };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(echo));
    },
    fail: failAsXml,
    close: () => Promise.resolve(),
  };
}

function failAsXml(error: { status: number; code: string; message: string }, requestId: string, response: ServerResponse): void {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${error.code}</Code><Message>${error.message.replaceAll(/[<&>]/g, '')}</Message><RequestId>${requestId}</RequestId></Error>`;
  response.writeHead(error.status, { 'content-type': 'application/xml' }).end(body);
}

/** Starts it on a free port. */
export async function startCloud(principals: PrincipalsFile = PRINCIPALS): Promise<Cloud> {
  let frozen: number | undefined;
  const logged: string[] = [];
  const clock = (): number => frozen ?? Date.now();
  const tokens = sessionTokens(masterKey(Buffer.alloc(32, 7)));
  const registry = new Registry(parsePrincipals(principals), tokens, ACCOUNT);
  const services = new Map([echoService(), createSts({ registry, tokens })].map((service) => [service.name, service]));
  const authenticator = new Authenticator({ registry, region: 'us-east-1', accountId: ACCOUNT });
  const front = createFront({ services, authenticator, clock, log: (_level, message, facts) => logged.push(`${message} ${JSON.stringify(facts)}`) });
  const server = await startServer(front, { host: '127.0.0.1', port: 0, tls: undefined });
  return { url: `http://127.0.0.1:${server.port}`, port: server.port, logged, at: (now) => (frozen = now), close: () => server.close() };
}

/** An empty folder and the way to remove it. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'hq-cloud-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
