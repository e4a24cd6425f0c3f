/** The proof of the real policies: what it says when they are exact, when there is nothing to compile, and what it tells to whom. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idOf, startApi, type ApiUnderTest, type Name } from '../../test-support/api-under-test.ts';
import { refusalOf } from '../../test-support/refusal.ts';

let api: ApiUnderTest;
let vault: string;
beforeAll(async () => {
  api = await startApi();
  ({ id: vault } = await api.organization('acme', { bob: 'contributor', eve: 'read-only' }));
  const grant = (path: string, name: Name, level: 'none' | 'read' | 'write') =>
    api.as('ada').acl.grant({ vault, path, grantee: { kind: 'person', id: idOf(name) }, level });
  await grant('a/', 'bob', 'write');
  await grant('a/b/', 'bob', 'none');
  await grant('a/b/c*/', 'bob', 'read');
  await grant('a/b/c*/d', 'bob', 'none');
  await grant('far/', 'eve', 'read');
});
afterAll(() => api.close());

const proof = (name: Name, cone?: string, about?: Name) =>
  api.as(name).acl.prove({ vault, ...(cone === undefined ? {} : { cone }), ...(about === undefined ? {} : { personId: idOf(about) }) });

describe('a proof', () => {
  it('holds for what was decided, in layers, with the sizes of the real policies', async () => {
    const { proofs, personId, cone } = await proof('ada', '', 'bob');
    expect({ personId, cone }).toEqual({ personId: idOf('bob'), cone: '' });
    const [read, write] = proofs;
    expect(read).toMatchObject({ access: 'read', holds: true, refusal: null, sessions: 2, layers: 2, records: 5, counterexample: null });
    expect(write).toMatchObject({ access: 'write', holds: true, refusal: null, sessions: 1, layers: 1, records: 5 });
    expect(read?.sizes).toHaveLength(2);
    expect(read?.sizes?.every((size) => size > 200 && size <= 2048)).toBe(true);
    // Each beginning of the longest path, each with another character behind it, and that character alone.
    expect(read?.keys).toBe(2 * 'a/b/c*/d'.length + 1);
    expect(api.storage.minted).toEqual([]);
  });

  it('is for oneself without sizes and counts', async () => {
    const hidden = { layers: null, sizes: null, keys: null, records: null, counterexample: null };
    expect(await proof('bob')).toEqual({
      personId: idOf('bob'),
      cone: '',
      proofs: [
        { access: 'read', holds: true, refusal: null, sessions: 2, ...hidden },
        { access: 'write', holds: true, refusal: null, sessions: 1, ...hidden },
      ],
    });
    expect(await refusalOf(proof('bob', '', 'eve'))).toBe('FORBIDDEN');
    expect(await refusalOf(proof('ada', '', 'kim'))).toBe('NOT_FOUND');
    expect(await refusalOf(proof('kim'))).toBe('NOT_FOUND');
  });

  it('has nothing to hold where nothing may be done', async () => {
    const [read, write] = (await proof('ada', 'far/', 'eve')).proofs;
    expect(read).toMatchObject({ holds: true, sessions: 1 });
    expect(write).toMatchObject({ holds: null, refusal: 'EMPTY_SCOPE', sessions: 0, layers: 0, sizes: [], keys: 0, counterexample: null });
  });

  it('of an admin and of an owner is one policy', async () => {
    expect((await proof('ada')).proofs).toMatchObject([
      { holds: true, sessions: 1, layers: 1 },
      { holds: true, sessions: 1 },
    ]);
    expect((await api.as('kim').acl.prove({ vault: 'personal' })).proofs).toMatchObject([
      { holds: true, records: 0 },
      { holds: true, layers: 1 },
    ]);
  });

  it('of a file is one exact name', async () => {
    expect((await proof('bob', 'a/x')).proofs).toMatchObject([
      { holds: true, sessions: 1 },
      { holds: true, sessions: 1 },
    ]);
    expect((await proof('bob', 'a/b/x')).proofs).toMatchObject([{ refusal: 'EMPTY_SCOPE' }, { refusal: 'EMPTY_SCOPE' }]);
  });
});
