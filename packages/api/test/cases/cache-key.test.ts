/**
 * Elsewhere credentials were cached under a key that left out the grants. The API keeps no policy and no session: what it mints is what the rules say at that
 * moment, for that person. A compiler that remembers by vault, cone and access turns the same check red.
 */
import type * as compileModule from '@hq/policy/compile';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { emailOf, startApi, type ApiUnderTest } from '../../test-support/api-under-test.ts';

const fault = vi.hoisted(() => ({ remembers: false }));

vi.mock('@hq/policy/compile', async (original) => {
  const right = await original<typeof compileModule>();
  const kept = new Map<string, ReturnType<typeof right.compile>>();
  const compile: typeof right.compile = (input) => {
    if (!fault.remembers) return right.compile(input);
    const key = JSON.stringify([input.vault.id, input.cone, input.access]);
    const found = kept.get(key) ?? right.compile(input);
    kept.set(key, found);
    return found;
  };
  return { ...right, compile };
});

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

/** What two people are given in a folder, and the first of them again after a carve-out: the paths that their sessions allow. */
async function givenIn(name: string) {
  const { id: vault } = await api.organization(name, { bob: 'contributor', eve: 'contributor' });
  const grant = (who: 'bob' | 'eve', path: string, level: 'read' | 'none') =>
    api.as('ada').acl.grant({ vault, path, grantee: { kind: 'email', email: emailOf(who) }, level });
  await grant('bob', 'docs/', 'read');
  await grant('eve', 'docs/mine/', 'read');
  const allowed = async (who: 'bob' | 'eve') => {
    await api.as(who).credentials.issue({ vault, cone: 'docs/', access: 'read' });
    return objectsIn(api.storage.minted.at(-1)?.policy ?? '{}');
  };
  const [bob, eve] = [await allowed('bob'), await allowed('eve')];
  await grant('bob', 'docs/board/', 'none');
  return { bob, eve, after: await allowed('bob') };
}

/** Effect and place of each statement about objects. */
function objectsIn(policy: string): string[] {
  const { Statement } = JSON.parse(policy) as { Statement: readonly { Effect: string; Resource: string }[] };
  return Statement.flatMap(({ Effect, Resource }) => (/^arn:aws:s3:::[^/]+\//.test(Resource) ? [`${Effect} ${Resource.replace(/^[^/]+\//, '')}`] : []));
}

test('the cache key: each session is made from the rules of this moment, for this person', async () => {
  expect(await givenIn('fresh')).toEqual({ bob: ['Allow docs/*'], eve: ['Allow docs/mine/*'], after: ['Allow docs/*', 'Deny docs/board/*'] });
  // With a cache whose key leaves the grants out: Eve gets Bob's, and Bob keeps his after the carve-out. Seen red.
  fault.remembers = true;
  const remembered = await givenIn('remembered');
  expect(remembered.eve).toEqual(remembered.bob);
  expect(remembered.after).toEqual(remembered.bob);
});
