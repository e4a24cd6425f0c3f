/** The whole API in process: real stores on SQLite (or where a simulation says), the real chain and operations; sign-in, mail and storage in memory. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes as unpredictable } from 'node:crypto';
import { HqError } from '@hq/shared/errors';
import type { Role } from '@hq/shared/roles';
import { createSqliteTable } from '../src/adapters/local/sqlite-table.ts';
import { createAuditTrail } from '../src/audit-trail.ts';
import type { Context, Ports, RequestFacts } from '../src/context.ts';
import { createCaller } from '../src/index.ts';
import { createPageTokens } from '../src/operations/page-token.ts';
import { createProfiles } from '../src/operations/profiles.ts';
import type { Identity } from '../src/ports/identity.ts';
import type { Log } from '../src/ports/log.ts';
import type { InvitationMail } from '../src/ports/mail.ts';
import { createRateLimiter, type RateLimit } from '../src/rate-limit.ts';
import { organizationKey, personalVaultsKey } from '../src/stores/keys.ts';
import { createStores } from '../src/stores/stores.ts';
import { createMemoryStorage } from './memory-storage.ts';
import type { Place } from './simulation.ts';

const people = { ada: 'ada', bob: 'bob', eve: 'eve', kim: 'kim' } as const;
export type Name = keyof typeof people;

/** A person's id, made of their name. */
export const idOf = (name: Name): string => `${Buffer.from(name).toString('hex').padStart(8, '0')}-0000-4000-8000-000000000000`;
export const emailOf = (name: Name): string => `${name}@example.com`;
export const bucketFor = (organizationId: string): string => `hq-vault-${organizationId.replace('_', '-')}`;
export const personalBucket = 'hq-vault-personal';
const keyArn = (name: string) => `arn:aws:kms:us-east-1:000000000000:key/${name}`;

export type ApiUnderTest = Awaited<ReturnType<typeof startApi>>;

export interface ApiOptions {
  readonly rate?: RateLimit;
  readonly auditDelayMs?: number;
  /** A place in a simulation (`simulation.ts`), for one of several APIs over one table. It has no storage for personal vaults. */
  readonly on?: Place;
}

export async function startApi(options: ApiOptions = {}) {
  const { on } = options;
  const folder = on ? undefined : mkdtempSync(join(tmpdir(), 'hq-api-'));
  let now = 1_800_000_000;
  const randomBytes = on?.randomBytes ?? unpredictable;
  const clock = on?.clock ?? (() => now);
  const table = on?.table ?? createSqliteTable({ file: join(folder ?? '', 'table.db'), clock });
  const stores = on?.stores ?? createStores({ table, clock, randomBytes, region: 'us-east-1' });
  if (on === undefined) {
    await stores.vaultRecords.begin(personalVaultsKey, personalBucket);
    await stores.vaultRecords.recordKey(personalVaultsKey, keyArn('personal'));
    await stores.vaultRecords.activate(personalVaultsKey);
  }
  const storage = createMemoryStorage(clock);
  const mails: InvitationMail[] = [];
  const logged: { event: string; cause: unknown }[] = [];
  const asked = { profile: 0, provision: 0 };

  /** Tokens are `name` or `name@issuedAt`. */
  const identity: Identity = {
    async verify(accessToken) {
      const [name = '', at] = accessToken.split('@');
      if (accessToken === 'expired') throw new HqError('EXPIRED', 'The token has expired.');
      if (!Object.hasOwn(people, name)) throw new HqError('UNAUTHENTICATED', 'The token does not verify.');
      return { personId: idOf(name as Name), clientId: 'hq', tokenId: accessToken, issuedAt: Number(at ?? now), expiresAt: now + 3600 };
    },
    async profile(accessToken) {
      asked.profile++;
      const name = (accessToken.split('@')[0] ?? '') as Name;
      // Kim's address is not verified.
      return { personId: idOf(name), email: emailOf(name), emailVerified: name !== 'kim' };
    },
    async refresh(refreshToken) {
      if (!Object.hasOwn(people, refreshToken)) throw new HqError('UNAUTHENTICATED', 'The refresh token is not valid.', { hint: 'Sign in again.' });
      return { accessToken: refreshToken, idToken: 'id', refreshToken: 'next', expiresIn: 3600 };
    },
    async signOutEverywhere() {},
    config: () => ({ issuer: 'http://127.0.0.1:8787/sign-in', clientId: 'hq', scopes: ['openid', 'email'] }),
  };

  const log: Log = { info() {}, warn() {}, error: (event, cause) => void logged.push({ event, cause }) };

  const ports: Ports = {
    clock,
    randomBytes,
    log,
    identity,
    mail: { sendInvitation: async (mail) => void mails.push(mail) },
    objects: storage.objects,
    sessions: storage.sessions,
    stores,
    trail: createAuditTrail(stores.audit, log, { delayMs: options.auditDelayMs ?? 0 }),
    pageTokens: createPageTokens(new Uint8Array(32).fill(7), randomBytes),
    profiles: createProfiles(identity, stores.people),
    limiter: createRateLimiter(options.rate ?? { perSecond: 1e6, burst: 1e6 }, () => now * 1000),
    place: { region: 'us-east-1', storageEndpoint: 'http://127.0.0.1:8788', bucketFor },
    async provision({ id }) {
      asked.provision++;
      await stores.vaultRecords.recordKey(organizationKey(id), keyArn(id));
      await stores.vaultRecords.activate(organizationKey(id));
    },
  };

  const contextOf = (token: string | undefined, request: Partial<RequestFacts> = {}): Context => ({
    ports,
    request: { id: 'req', token, sourceIp: '203.0.113.9', userAgent: 'test', ...request },
  });
  const as = (name: Name) => createCaller(contextOf(name));

  return {
    ports,
    stores,
    table,
    storage,
    mails,
    logged,
    asked,
    contextOf,
    as,
    /** Moves the clock. */
    pass: (seconds: number) => void (now += seconds),
    now: clock,
    /** An organization of Ada's, with these people in it. */
    async organization(name: string, members: Partial<Record<Name, Role>> = {}): Promise<{ id: string; bucket: string }> {
      const { id } = await as('ada').orgs.create({ name });
      for (const [member, role] of Object.entries(members) as [Name, Role][]) {
        const invitation = await as('ada').members.invite({ vault: id, email: emailOf(member), role });
        await as(member).members.accept({ invitation: invitation.id });
      }
      return { id, bucket: bucketFor(id) };
    },
    async close() {
      await ports.trail.flush();
      await table.close();
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}
