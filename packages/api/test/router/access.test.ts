/** `files.access`: one's own level at paths one names, and nothing about what is there or who else may. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emailOf, idOf, startApi, type ApiUnderTest, type Name } from '../../test-support/api-under-test.ts';
import { refusalOf } from '../../test-support/refusal.ts';

let api: ApiUnderTest;
let vault: string;
beforeAll(async () => {
  api = await startApi();
  ({ id: vault } = await api.organization('acme', { bob: 'contributor', eve: 'read-only' }));
  const grant = (path: string, level: 'read' | 'write' | 'admin' | 'none', expiresAt?: number) =>
    api.as('ada').acl.grant({ vault, path, grantee: { kind: 'email', email: emailOf('bob') }, level, ...(expiresAt === undefined ? {} : { expiresAt }) });
  await grant('a/', 'write');
  await grant('a/b/', 'none');
  await grant('a/b/c/', 'admin');
  await grant('a/b/file.md', 'read');
  await grant('soon/', 'read', api.now() + 600);
  await api.as('ada').acl.grant({ vault, path: 'all/', grantee: { kind: 'org' }, level: 'write' });
});
afterAll(() => api.close());

const levels = async (name: Name, cone: string, ...paths: string[]) => (await api.as(name).files.access({ vault, cone, paths })).levels;

describe('the levels', () => {
  it('are the caller’s own, in the order of the question, whether or not anything is there', async () => {
    const paths = ['a/x', 'a/b/x', 'a/b/c/x', 'a/b/file.md', 'a/b/', 'a/', 'all/x', 'b', 'soon/x', 'a/b/x', ''];
    expect(await levels('bob', '', ...paths)).toEqual(['write', 'none', 'admin', 'read', 'none', 'write', 'write', 'none', 'read', 'none', 'none']);
    expect(await levels('eve', '', ...paths)).toEqual(paths.map((path) => (path === 'all/x' ? 'read' : 'none')));
    expect(await levels('ada', '', ...paths)).toEqual(paths.map(() => 'admin'));
  });

  it('are the same whichever cone they are asked under, also that of a single file', async () => {
    for (const cone of ['', 'a/', 'a/b/', 'a/b/c/', 'a/b/c/x']) expect(await levels('bob', cone, 'a/b/c/x')).toEqual(['admin']);
    expect(await levels('bob', 'a/b/file.md', 'a/b/file.md')).toEqual(['read']);
  });

  it('are those of this moment', async () => {
    api.pass(600);
    expect(await levels('bob', 'soon/', 'soon/x')).toEqual(['none']);
  });

  it('are those of the canonical path', async () => {
    expect(await levels('bob', 'a/', 'a/e\u0301.md', 'a/\u00e9.md')).toEqual(['write', 'write']);
  });

  it('of a personal vault are its owner’s', async () => {
    expect(await api.as('kim').files.access({ vault: 'personal', cone: '', paths: ['x', 'y/'] })).toEqual({ levels: ['admin', 'admin'] });
  });
});

describe('a question', () => {
  it('mints nothing and is on the trail with its cone', async () => {
    const before = api.storage.minted.length;
    await levels('bob', 'a/', 'a/x', 'a/y');
    expect(api.storage.minted.length).toBe(before);
    await api.ports.trail.flush();
    const { entries } = await api.stores.audit.list({ partition: vault, limit: 1 });
    expect(entries).toMatchObject([{ personId: idOf('bob'), action: 'files.access', paths: ['a/'], outcome: 'done' }]);
  });

  it('of a stranger is answered as if there were no such organization', async () => {
    expect(await refusalOf(levels('kim', '', 'all/x'))).toBe('NOT_FOUND');
    expect(await refusalOf(api.as('kim').files.access({ vault: `cmp_${'0'.repeat(26)}`, cone: '', paths: ['x'] }))).toBe('NOT_FOUND');
  });

  it.each([
    ['beside the cone', 'a/', ['a/x', 'ab/x'], 'BAD_REQUEST'],
    ['above the cone', 'a/b/', ['a/'], 'BAD_REQUEST'],
    ['under a file', 'a/x', ['a/x/y'], 'BAD_REQUEST'],
    ['that is no path', '', ['a', 'a//b'], 'INVALID_PATH'],
    ['about nothing', '', [], 'BAD_REQUEST'],
    ['about more than a thousand', '', Array.from({ length: 1001 }, (_, i) => `a/${i}`), 'BAD_REQUEST'],
  ])('%s is refused', async (_, cone, paths, code) => {
    expect(await refusalOf(levels('bob', cone, ...paths))).toBe(code);
  });

  it('about a million hostile paths is refused before any of them is looked at', async () => {
    const paths = Array.from({ length: 1_000_000 }, () => '//');
    const error: unknown = await api
      .as('bob')
      .files.access({ vault, cone: '', paths })
      .catch((cause: unknown) => cause);
    // A look at one of them would answer INVALID_PATH.
    expect(error).toMatchObject({ cause: { code: 'BAD_REQUEST', message: expect.stringContaining('1000') } });
  });

  it('about a thousand is answered', async () => {
    expect(await levels('bob', 'a/', ...Array.from({ length: 1000 }, (_, i) => `a/${i}`))).toEqual(Array.from({ length: 1000 }, () => 'write'));
  });
});
