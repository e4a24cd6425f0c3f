/**
 * Canonical paths everywhere: every place on the whole surface where a path comes in (each procedure, each REST route, each verb of the command line) refuses
 * what no path can be, and takes NFD as NFC. The places are found, not listed: a new one that takes a path some other way turns this red.
 */
import { callTRPCProcedure } from '@trpc/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appRouter } from '@hq/api';
import { toHqError } from '@hq/api/error-map';
import { answerRest } from '@hq/api/rest/rest';
import { idOf, startApi, type ApiUnderTest } from '@hq/api/test-support/api-under-test';
import { isPath, placesIn, samplesOf, withValue, type Hints, type Place } from '@hq/api/test-support/inputs';
import type { HqError } from '@hq/shared/errors';

/** Everything that no path can be, with the reason that is given. */
const refusedShapes: readonly (readonly [string, RegExp])[] = [
  ['/etc/passwd', /starts with "\/"/],
  ['a//b', /empty segment/],
  ['a/./b', /"\." segment/],
  ['a/../b', /"\.\." segment/],
  ['..', /"\.\." segment/],
  ['a\u0000b', /control character/],
  ['a\nb', /control character/],
  ['a\u007fb', /control character/],
  ['a\\b', /backslash/],
  ['a\ud800b', /surrogate/],
  ['x'.repeat(961), /longer than 960 bytes/],
  ['\u{1f600}'.repeat(241), /longer than 960 bytes/],
];

const group = `grp_${'0'.repeat(26)}`;
const vault = `cmp_${'0'.repeat(26)}`;

/** Values that a schema alone does not tell. */
const hints: Hints = {
  vault: [vault],
  cone: ['open/'],
  to: ['open/b.md'],
  group: [group],
  id: [idOf('bob'), group],
  personId: [idOf('bob')],
  member: [idOf('bob')],
  email: ['bob@example.com'],
  invitation: [`inv_${'0'.repeat(26)}`],
  name: ['acme'],
  content: ['AA=='],
  contentType: ['text/plain'],
  requestId: ['r'.repeat(16)],
  ifMatch: [undefined],
  ifNoneMatch: [undefined],
};

/** Fields that take any text, and are no paths. */
const freeTexts: Readonly<Record<string, string>> = {
  text: 'part of a name to search for',
  versionId: 'a name that storage gave to a version',
  continuationToken: 'sealed by us, refused unless we made it',
  contentType: 'a media type: it has a slash',
  refreshToken: 'the issuer’s',
};

interface Procedure {
  readonly _def: { readonly type: 'query' | 'mutation'; readonly inputs: readonly Place['schema'][] };
}

const procedures = Object.entries(appRouter._def.procedures as unknown as Readonly<Record<string, Procedure>>).map(([name, { _def }]) => ({ name, ..._def }));

/** Every place of every input, each in a sample that the schema takes. */
const places = procedures.flatMap(({ name, type, inputs: [schema] }) =>
  schema === undefined
    ? []
    : samplesOf(schema, hints).flatMap((sample) => placesIn(schema, sample).map((place) => ({ name, type, schema, sample, place, at: place.route.join('.') }))),
);
const pathPlaces = [...new Map(places.filter(({ place }) => isPath(place)).map((each) => [`${each.name} ${each.at}`, each])).values()];

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const call = (name: string, type: 'query' | 'mutation', input: unknown): Promise<unknown> =>
  callTRPCProcedure({ router: appRouter, path: name, type, ctx: api.contextOf('ada'), batchIndex: 0, signal: undefined, getRawInput: async () => input });

async function refusalOf(answer: Promise<unknown>): Promise<HqError> {
  try {
    await answer;
  } catch (error) {
    return toHqError(error);
  }
  throw new Error('was answered');
}

describe('every procedure', () => {
  it('has no field that would take a path and is none', () => {
    const takesAnyText = ({ schema }: Place) => schema.safeParse('team/a.md').success;
    const unknown = places.filter(({ place, at }) => !isPath(place) && takesAnyText(place) && !Object.hasOwn(freeTexts, at.split('.').at(-1) ?? ''));
    expect(unknown.map(({ name, at }) => `${name} ${at}`)).toEqual([]);
    // The places that are there today: were none found, nothing below would be tried.
    expect(pathPlaces.map(({ name, at }) => `${name} ${at}`)).toEqual(
      expect.arrayContaining(['acl.list path', 'credentials.issue cone', 'files.access paths.0', 'files.copy from', 'files.copy to', 'files.search under']),
    );
    expect(pathPlaces.length).toBeGreaterThanOrEqual(20);
  });

  it.each(pathPlaces.map((each) => [`${each.name} at ${each.at}`, each] as const))('%s refuses what no path can be, and says why', async (_, each) => {
    const { name, type, sample, place } = each;
    for (const [shape, reason] of refusedShapes) {
      const error = await refusalOf(call(name, type, withValue(sample, place.route, shape)));
      expect({ shape, code: error.code, message: error.message }).toEqual({ shape, code: 'INVALID_PATH', message: expect.stringMatching(reason) });
      expect({ shape, hint: error.hint, reason: error.details?.['reason'] }).toEqual({
        shape,
        hint: expect.stringMatching(/\w/),
        reason: expect.stringMatching(reason),
      });
    }
  });

  it.each(pathPlaces.map((each) => [`${each.name} at ${each.at}`, each] as const))('%s takes NFD as NFC', (_, { place }) => {
    const taken = ['open/caf\u00e9/r\u00e9sum\u00e9', 'open/caf\u00e9/'].filter((path) => place.schema.safeParse(path).success);
    expect(taken).not.toEqual([]);
    for (const path of taken) expect(place.schema.safeParse(path.normalize('NFD'))).toEqual({ success: true, data: path.normalize('NFC') });
  });

  it('nothing of what was refused has reached the table or storage', () => {
    expect(api.storage.tried).toEqual([]);
    expect(api.storage.minted).toEqual([]);
    expect(api.logged).toEqual([]);
  });
});

describe('one record, one file', () => {
  it('is behind both forms of a name', async () => {
    const ada = api.as('ada');
    const { id } = await api.organization('acme', { bob: 'contributor' });
    const nfc = 'caf\u00e9/';
    const grantee = { kind: 'org' } as const;
    await ada.acl.grant({ vault: id, path: nfc.normalize('NFD'), grantee, level: 'read' });
    await ada.acl.grant({ vault: id, path: nfc, grantee, level: 'write' });
    const { records } = await ada.acl.list({ vault: id, path: '' });
    expect(records).toMatchObject([{ path: nfc, rules: [{ level: 'write' }] }]);
    await ada.files.put({ vault: id, path: `${nfc.normalize('NFD')}menu`, content: 'AA==' });
    await api.as('bob').files.put({ vault: id, path: `${nfc}menu`, content: 'AQ==' });
    expect(await ada.files.list({ vault: id, prefix: nfc.normalize('NFD') })).toMatchObject({ files: [{ path: `${nfc}menu` }], folders: [] });
    expect((await ada.files.versions({ vault: id, path: `${nfc}menu` })).versions).toHaveLength(2);
  });
});

describe('every REST route', () => {
  const body = JSON.stringify({ content: 'AA==' });
  const routes = [
    ['GET', (path: string) => ({ path: '/files', query: new Map([['prefix', path]]) })],
    ['GET', (path: string) => ({ path: `/files/${encodeURIComponent(path)}`, query: new Map<string, string>() })],
    ['PUT', (path: string) => ({ path: `/files/${encodeURIComponent(path)}`, query: new Map<string, string>() })],
    ['DELETE', (path: string) => ({ path: `/files/${encodeURIComponent(path)}`, query: new Map<string, string>() })],
  ] as const;
  const ask = async (method: string, place: { path: string; query: ReadonlyMap<string, string> }) => {
    const answer = await answerRest(appRouter, api.contextOf('ada'), { method, ...place, headers: {}, body: method === 'PUT' ? body : undefined });
    return { status: answer.status, ...(JSON.parse(answer.body ?? '{}') as { code?: string; error?: string; hint?: string; key?: string }) };
  };

  it.each(routes)('%s refuses what no path can be, and says why', async (method, placeOf) => {
    for (const [shape, reason] of refusedShapes.filter(([text]) => text.isWellFormed())) {
      expect(await ask(method, placeOf(shape))).toMatchObject({
        status: 400,
        code: 'INVALID_PATH',
        error: expect.stringMatching(reason),
        hint: expect.stringMatching(/\w/),
      });
    }
  });

  it('refuses half of a surrogate pair, which no address can carry', async () => {
    for (const method of ['GET', 'PUT', 'DELETE']) expect(await ask(method, { path: '/files/a%ED%A0%80b', query: new Map() })).toMatchObject({ status: 400 });
    expect(await ask('GET', { path: '/files', query: new Map([['prefix', 'a\ud800']]) })).toMatchObject({ status: 400, code: 'INVALID_PATH' });
  });

  it('takes NFD as NFC', async () => {
    const nfc = 'r\u00e9sum\u00e9/caf\u00e9.md';
    for (const [form, other] of [
      ['NFD', 'NFC'],
      ['NFC', 'NFD'],
    ] as const) {
      const at = (name: string) => ({ path: `/files/${encodeURIComponent(nfc.normalize(name as 'NFC'))}`, query: new Map<string, string>() });
      expect(await ask('PUT', at(form))).toMatchObject({ status: 200, key: nfc });
      expect(await ask('GET', at(other))).toMatchObject({ status: 200 });
      expect(await ask('GET', { path: '/files', query: new Map([['prefix', 'r\u00e9sum\u00e9/'.normalize(form)]]) })).toMatchObject({ files: [{ key: nfc }] });
      expect(await ask('DELETE', at(other))).toMatchObject({ status: 200, key: nfc });
    }
  });
});
