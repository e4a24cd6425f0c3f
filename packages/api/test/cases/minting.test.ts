/**
 * CVE-2026-42809 (credentials were minted first and judged after) and CVE-2026-42812 (one route forgot to judge): here nothing that fails the last look is ever
 * minted, by no procedure. The compiler is made to open another tenant's bucket, and every procedure that mints has to refuse; with the look taken away as well,
 * the same checks turn red.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as escapeModule from '@hq/policy/escape';
import type * as readModule from '@hq/policy/read';
import { pinsOf } from '@hq/policy/session-tags';
import type { Vault } from '@hq/shared/vault';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { toHqError } from '../../src/error-map.ts';
import { mintSessions, type Issuance, type Job, type MintPorts } from '../../src/operations/storage-session.ts';
import { startApi, type ApiUnderTest } from '../../test-support/api-under-test.ts';
import { refusalOf } from '../../test-support/refusal.ts';
import { surface } from '../surface/surface.ts';

const fault = vi.hoisted(() => ({ opensAnotherBucket: false, looksAway: false }));

vi.mock('@hq/policy/escape', async (original) => {
  const right = await original<typeof escapeModule>();
  const policyText: typeof right.policyText = (document) => {
    const bytes = right.policyText(document);
    return fault.opensAnotherBucket ? bytes.replaceAll(/hq-vault-cmp-\w+/g, 'hq-vault-cmp-rival') : bytes;
  };
  return { ...right, policyText };
});
vi.mock('@hq/policy/read', async (original) => {
  const right = await original<typeof readModule>();
  const readSessionPolicy: typeof right.readSessionPolicy = (bytes, vault) => (fault.looksAway ? [] : right.readSessionPolicy(bytes, vault));
  return { ...right, readSessionPolicy };
});

let api: ApiUnderTest;
let vault: string;
let versionId: string;
beforeAll(async () => {
  api = await startApi();
  ({ id: vault } = await api.organization('acme'));
  const put = await api.as('ada').files.put({ vault, path: 'docs/a.md', content: '' });
  versionId = put.versionId ?? '';
});
afterAll(() => api.close());
beforeEach(() => Object.assign(fault, { opensAnotherBucket: false, looksAway: false }));

/** Every procedure that mints, with a call that goes as far as minting. */
const calls: Record<string, () => Promise<unknown>> = {
  'files.list': () => api.as('ada').files.list({ vault }),
  'files.stat': () => api.as('ada').files.stat({ vault, path: 'docs/a.md' }),
  'files.get': () => api.as('ada').files.get({ vault, path: 'docs/a.md' }),
  'files.put': () => api.as('ada').files.put({ vault, path: 'docs/b.md', content: '' }),
  'files.copy': () => api.as('ada').files.copy({ vault, from: 'docs/a.md', to: 'docs/copy.md' }),
  'files.move': () => api.as('ada').files.move({ vault, from: 'docs/a.md', to: 'docs/moved.md' }),
  'files.remove': () => api.as('ada').files.remove({ vault, path: 'docs/a.md' }),
  'files.versions': () => api.as('ada').files.versions({ vault, path: 'docs/a.md' }),
  'files.restore': () => api.as('ada').files.restore({ vault, path: 'docs/a.md', versionId }),
  'files.search': () => api.as('ada').files.search({ vault, text: 'a' }),
  'credentials.issue, to read': () => api.as('ada').credentials.issue({ vault, cone: 'docs/', access: 'read' }),
  'credentials.issue, to write': () => api.as('ada').credentials.issue({ vault, cone: '', access: 'write' }),
};

/** What a procedure minted, and how it answered, with a compiler that opens another tenant's bucket. */
async function underFault(call: () => Promise<unknown>) {
  const before = api.storage.minted.length;
  const answer = await call().then(
    () => 'answered',
    (error: unknown) => toHqError(error).code,
  );
  return { answer, minted: api.storage.minted.length - before };
}

test.each(Object.keys(calls))('CVE-2026-42812: %s mints nothing that opens another tenant’s bucket', async (name) => {
  const call = calls[name] ?? (() => Promise.resolve());
  fault.opensAnotherBucket = true;
  expect(await underFault(call)).toEqual({ answer: 'INTERNAL', minted: 0 });
  // The same on a route that skips the look: seen red.
  fault.looksAway = true;
  expect((await underFault(call)).minted).toBeGreaterThan(0);
});

/** Procedures beside them that ask storage for nothing. */
const mintingNothing = ['files.access', 'credentials.where', 'credentials.list'];

test('no procedure that mints is missing above, and there is one place that mints', async () => {
  const names = surface().map(({ name }) => name);
  const here = names.filter((name) => /^(files|credentials)\./.test(name) && !mintingNothing.includes(name));
  expect(here.filter((name) => !Object.keys(calls).some((call) => call.split(',')[0] === name))).toEqual([]);
  const source = fileURLToPath(new URL('../../src/', import.meta.url));
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  expect(files.filter((file) => readFileSync(join(source, file), 'utf8').includes('.mint('))).toEqual([join('operations', 'storage-session.ts')]);
});

const mintFirst: typeof mintSessions = async (ports, job, issuance) => {
  const tags = pinsOf(job.access.vault);
  const minted = [];
  for (const policy of issuance.policies) {
    const request = { name: 'ses_early', policy, tags, sourceIdentity: job.access.person.id, durationSeconds: issuance.durationSeconds };
    minted.push({ id: 'ses_early', credentials: (await ports.sessions.mint(request)).credentials });
  }
  await mintSessions(ports, job, issuance);
  return minted;
};

/** What is minted and recorded of two policies of which the second opens another vault. */
async function mintedOf(mint: typeof mintSessions) {
  const place: Vault = {
    id: vault,
    kind: 'organization',
    bucket: 'hq-vault-cmp-mine',
    keyPrefix: '',
    kmsKeyArn: 'arn:aws:kms:us-east-1:000000000000:key/1',
    secretPrefix: '/hq/x/',
    region: 'us-east-1',
  };
  const policyFor = (bucket: string) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::${bucket}/*` }] });
  const asked: string[] = [];
  const ports: MintPorts = {
    clock: api.ports.clock,
    randomBytes: api.ports.randomBytes,
    sessions: {
      mint: (request) => {
        asked.push(request.policy);
        return api.storage.sessions.mint(request);
      },
    },
    stores: {
      sessions: {
        ...api.stores.sessions,
        record: async () => void asked.push('recorded'),
      },
    },
  };
  // Only who asks and the vault are looked at when a session is minted.
  const job = {
    access: { vault: place, person: { id: 'ada' } },
    asker: { operation: 'test', sourceIp: null, userAgent: null, sessions: [] },
  } as unknown as Job;
  const issuance: Issuance = {
    cone: '' as Issuance['cone'],
    access: 'read',
    durationSeconds: 900,
    policies: [policyFor(place.bucket), policyFor('hq-vault-cmp-rival')],
  };
  const answer = await refusalOf(mint(ports, job, issuance));
  return { answer, asked };
}

test('CVE-2026-42809: of several policies none is minted, nor recorded, before all have been looked at', async () => {
  expect(await mintedOf(mintSessions)).toEqual({ answer: 'INTERNAL', asked: [] });
  const early = await mintedOf(mintFirst);
  expect(early.answer).toBe('INTERNAL');
  expect(early.asked).toHaveLength(2);
});
