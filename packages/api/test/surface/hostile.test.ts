/** Hostile input to every procedure: a typed refusal from its own list, never a defect, never anything stored or minted. */
import { callTRPCProcedure } from '@trpc/server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toHqError } from '../../src/error-map.ts';
import { appRouter } from '../../src/index.ts';
import { idOf, startApi, type ApiUnderTest } from '../../test-support/api-under-test.ts';
import { fieldsOf, surface } from './surface.ts';

let api: ApiUnderTest;
let vault: string;
beforeAll(async () => {
  api = await startApi({ auditDelayMs: 1000 });
  ({ id: vault } = await api.organization('acme', { bob: 'contributor' }));
  await api.as('ada').acl.grant({ vault, path: 'open/', grantee: { kind: 'org' }, level: 'write' });
});
afterAll(() => api.close());

const long = 'x'.repeat(100_000);
const nothing = JSON.parse('{"__proto__": {"vault": "personal"}, "constructor": 1}') as unknown;

/** What no field should ever be. */
const hostile: readonly unknown[] = [
  null,
  true,
  -1,
  1.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  2 ** 60,
  '',
  ' ',
  long,
  '\u0000',
  '\ud800',
  '\\',
  '/',
  '//',
  '/etc/passwd',
  '..',
  'a/../b',
  './a',
  'a//b',
  'e\u0301'.repeat(600),
  '\u202e',
  '${aws:username}',
  '*',
  '?',
  "'; DROP TABLE item; --",
  '__proto__',
  'cmp_',
  `cmp_${'0'.repeat(26)}`,
  `cmp_${'0'.repeat(26)}\n`,
  'usr_x',
  'PERSONAL',
  [],
  [[]],
  {},
  nothing,
  new Date(0),
  10n,
  Symbol.iterator,
  () => 1,
  { kind: 'org', id: 'x' },
  { kind: 'person' },
  { kind: 'person', id: '../x' },
  Array.from({ length: 10_000 }, () => 'personal'),
]; // prettier-ignore

/** An input that each field is put into: right by form, and refused or harmless by content. */
function sample(): Record<string, unknown> {
  return {
    vault,
    path: 'open/not-there.md',
    prefix: 'open/',
    cone: 'open/',
    paths: ['open/not-there.md'],
    from: 'open/a',
    to: 'open/b',
    under: 'open/',
    text: 'x',
    versionId: 'v0',
    content: 'AA==',
    contentType: 'text/plain',
    access: 'read',
    name: 'x y',
    email: 'x@example.com',
    role: 'read-only',
    personId: idOf('kim'),
    invitation: `inv_${'0'.repeat(26)}`,
    grantee: { kind: 'org' },
    level: 'none',
    refreshToken: 'unknown',
    version: 99,
    ifMatch: '0'.repeat(32),
  };
}

const call = (path: string, type: 'query' | 'mutation', input: unknown) =>
  callTRPCProcedure({ router: appRouter, path, type, ctx: api.contextOf('bob'), batchIndex: 0, signal: undefined, getRawInput: async () => input });

it.each(surface().map((entry) => [entry.name, entry] as const))('%s', async (name, { type, inputs, errors }) => {
  const fields = inputs.flatMap(fieldsOf);
  const base = Object.fromEntries(fields.flatMap((field) => (field in sample() ? [[field, sample()[field]]] : [])));
  const whole = fields.length === 0 ? [] : [undefined, ...hostile];
  const single = fields.flatMap((field) => [undefined, ...hostile].map((value) => ({ ...base, [field]: value })));
  const codes = new Set<string>();
  for (const input of [...whole, ...single]) {
    const error = await call(name, type, input).then(
      () => undefined,
      (cause: unknown) => toHqError(cause),
    );
    if (error === undefined) continue;
    codes.add(error.code);
    expect({ input: describeInput(input), code: error.code, declared: errors.includes(error.code) }).toMatchObject({ declared: true });
    expect(error.message.length).toBeLessThan(1000);
  }
  expect([...codes].filter((code) => code === 'INTERNAL' || code === 'UNAVAILABLE')).toEqual([]);
  expect(api.logged).toEqual([]);
});

it('left nothing behind', async () => {
  const { files } = await api.as('ada').files.list({ vault });
  // Only what was well-formed and allowed.
  expect(files.every(({ path }) => path.startsWith('open/') && path.isWellFormed())).toBe(true);
  expect((await api.as('ada').orgs.list()).organizations).toHaveLength(1);
  expect((await api.as('ada').members.list({ vault })).members).toHaveLength(2);
  expect(({} as Record<string, unknown>)['vault']).toBeUndefined();
});

function describeInput(input: unknown): string {
  try {
    return input === undefined ? 'undefined' : JSON.stringify(input).slice(0, 200);
  } catch {
    return typeof input;
  }
}
