/** A storage engine under test: S3 and STS that someone runs, and vaults in it as the product makes them. */
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { compile } from '@hq/policy/compile';
import { checkSessionPolicy } from '@hq/policy/read';
import type { AclRecord, Caller } from '@hq/shared/acl/rule';
import type { Path } from '@hq/shared/path';
import type { Vault } from '@hq/shared/vault';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

export interface Engine {
  readonly name: string;
  readonly endpoint: string;
  /** False where the engine has no KMS, and refuses policies that name it. */
  readonly kms: boolean;
  /** False where a session token is not authenticated, so that changing it proves nothing. */
  readonly sealsTokens: boolean;
  /** Milliseconds by which the engine's clock is ahead of ours. */
  readonly ahead: () => number;
  /** A vault that is provisioned and empty. */
  makeVault(kind: Vault['kind'], name: string): Promise<Vault>;
  /** A session from STS under the policy, as the broker mints it. */
  mint(vault: Vault, policy: string): Promise<Credentials>;
  close(): Promise<void>;
}

/** Someone to whom the whole vault is open. */
export const owner: Caller = { personId: '00000000-0000-4000-8000-000000000001', groups: new Set(), standing: { kind: 'owner' } };

/** The sessions that the product would give a caller for a cone. */
async function sessionsFor(
  engine: Engine,
  vault: Vault,
  cone: Path,
  access: 'read' | 'write',
  caller: Caller = owner,
  records: readonly AclRecord[] = [],
): Promise<Credentials[]> {
  const { sessions } = compile({ vault, caller, records, cone, access, now: Math.floor(Date.now() / 1000), encryption: engine.kms ? 'kms' : 'none' });
  return Promise.all(
    sessions.map(({ policy }) => {
      checkSessionPolicy(policy, vault);
      return engine.mint(vault, policy);
    }),
  );
}

/** The one session of a cone without carve-outs. */
export async function sessionFor(engine: Engine, vault: Vault, cone: Path, access: 'read' | 'write'): Promise<Credentials> {
  const [session, ...more] = await sessionsFor(engine, vault, cone, access);
  if (session === undefined || more.length > 0) throw new Error('The cone takes more than one session.');
  return session;
}

/** An unmodified AWS SDK client on the engine. */
export function s3Client(engine: Engine, credentials: S3ClientConfig['credentials'], config: S3ClientConfig = {}): S3Client {
  return new S3Client({
    endpoint: engine.endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    maxAttempts: 1,
    systemClockOffset: engine.ahead(),
    // Ceph takes no streamed checksums; ours takes both.
    requestChecksumCalculation: engine.kms ? 'WHEN_SUPPORTED' : 'WHEN_REQUIRED',
    ...(credentials === undefined ? {} : { credentials }),
    ...config,
  });
}
