/** Hostile input to every procedure: a typed refusal from its own list, never a defect, never anything stored or minted. */
import { callTRPCProcedure } from '@trpc/server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toHqError } from '../../src/error-map.ts';
import { appRouter } from '../../src/index.ts';
import { idOf, startApi, type ApiUnderTest } from '../../test-support/api-under-test.ts';
import { placesIn, samplesOf, withValue, type Hints } from '../../test-support/inputs.ts';
import { surface } from './surface.ts';

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

/** Values to begin with: right by form, and refused or harmless by content. */
const hints = (): Hints => ({
  vault: [vault],
  path: ['open/not-there.md', 'open/'],
  prefix: ['open/'],
  cone: ['open/'],
  paths: [['open/not-there.md']],
  from: ['open/a'],
  to: ['open/b'],
  under: ['open/'],
  versionId: ['v0'],
  content: ['AA=='],
  contentType: ['text/plain'],
  name: ['x'],
  email: ['x@example.com'],
  role: ['read-only'],
  personId: [idOf('kim')],
  member: [idOf('kim')],
  group: [`grp_${'0'.repeat(26)}`],
  id: [idOf('kim'), `grp_${'0'.repeat(26)}`],
  invitation: [`inv_${'0'.repeat(26)}`],
  refreshToken: ['unknown'],
  version: [99],
  requestId: [undefined],
  ifMatch: ['0'.repeat(32)],
  ifNoneMatch: [undefined],
  continuationToken: [undefined],
  expiresAt: [undefined],
  memberUntil: [undefined],
  durationSeconds: [900],
});

const call = (path: string, type: 'query' | 'mutation', input: unknown) =>
  callTRPCProcedure({ router: appRouter, path, type, ctx: api.contextOf('bob'), batchIndex: 0, signal: undefined, getRawInput: async () => input });

it.each(surface().map((entry) => [entry.name, entry] as const))('%s', async (name, { type, inputs: [schema], errors }) => {
  if (schema === undefined) throw new Error('takes anything');
  const samples = samplesOf(schema, hints());
  // Each place once, though many samples have it; and each part of an input that holds several places.
  const places = new Map(samples.flatMap((sample) => placesIn(schema, sample).map((place) => [place.schema, { sample, route: place.route }] as const)));
  const parts = new Map(
    [...places.values()].flatMap(({ sample, route }) => (route.length > 1 ? [[route[0], { sample, route: route.slice(0, 1) }] as const] : [])),
  );
  const single = [...places.values(), ...parts.values()].flatMap(({ sample, route }) => hostile.map((value) => withValue(sample, route, value)));
  const codes = new Set<string>();
  for (const input of [undefined, ...hostile, ...single]) {
    const error = await call(name, type, input).then(
      () => undefined,
      (cause: unknown) => toHqError(cause),
    );
    if (error === undefined) continue;
    codes.add(error.code);
    const { code, message, hint } = error;
    expect({ input: describeInput(input), code, message, hint, declared: errors.includes(code) }).toEqual({
      input: describeInput(input),
      code,
      message: expect.stringMatching(/\w/),
      hint: expect.stringMatching(/\w/),
      declared: true,
    });
    expect(message.length).toBeLessThan(1000);
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
