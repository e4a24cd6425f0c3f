/** Sessions: never longer than the access they stand for, and listed to whom they concern. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idOf, startApi, type ApiUnderTest, type Name } from '../../test-support/api-under-test.ts';
import { refusedWith } from '../../test-support/refusal.ts';

let api: ApiUnderTest;
let vault: string;
let organizations = 0;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const person = (name: Name) => ({ kind: 'person' as const, id: idOf(name) });
const everyone = { kind: 'org' as const };
type Grant = Parameters<ReturnType<ApiUnderTest['as']>['acl']['grant']>[0];
const grant = (path: string, grantee: Grant['grantee'], level: Grant['level'], expiresIn?: number) =>
  api.as('ada').acl.grant({ vault, path, grantee, level, ...(expiresIn === undefined ? {} : { expiresAt: api.now() + expiresIn }) });
const issue = (name: Name, cone: string, access: 'read' | 'write' = 'read', durationSeconds = 3600) =>
  api.as(name).credentials.issue({ vault, cone, access, durationSeconds });
const fresh = async (members: Parameters<ApiUnderTest['organization']>[1] = { bob: 'contributor', eve: 'read-only' }) => {
  ({ id: vault } = await api.organization(`acme-${organizations++}`, members));
};
/** How long the sessions for a cone live. */
const seconds = async (name: Name, cone: string) => {
  const { sessions } = await issue(name, cone);
  const ends = new Set(sessions.map(({ credentials }) => credentials.expiration - api.now()));
  expect(ends.size).toBe(1);
  return [...ends][0];
};

describe('a session ends', () => {
  it('with the first rule inside it that ends, whomever it is for', async () => {
    await fresh();
    const { id: group } = await api.as('ada').groups.create({ vault, name: 'team' });
    await api.as('ada').groups.add({ vault, group, member: idOf('bob') });
    await grant('person/', person('bob'), 'read', 1000);
    await grant('group/', { kind: 'group', id: group }, 'read', 1100);
    await grant('all/', everyone, 'read', 1200);
    for (const [cone, lasts] of [
      ['person/', 1000],
      ['group/', 1100],
      ['all/', 1200],
      ['', 1000],
    ] as const)
      expect(await seconds('bob', cone)).toBe(lasts);
    expect(await seconds('eve', '')).toBe(1200);
  });

  it('no sooner for a rule that takes nothing away when it ends: another gives as much, the folder is open, or it is a carve-out', async () => {
    await fresh();
    await grant('twice/', everyone, 'read');
    await grant('twice/', person('bob'), 'read', 1000);
    await grant('open/', person('bob'), 'read', 1000);
    await api.as('ada').acl.setOpen({ vault, path: 'open/', open: true });
    await grant('most/', everyone, 'read');
    await grant('most/not/', everyone, 'none', 1000);
    for (const cone of ['twice/', 'open/', 'most/']) expect(await seconds('bob', cone)).toBe(3600);
  });

  it('with the membership that ends', async () => {
    await fresh({});
    const invitation = await api.as('ada').members.invite({ vault, email: 'bob@example.com', role: 'contributor', memberUntil: api.now() + 2000 });
    await api.as('bob').members.accept({ invitation: invitation.id });
    await grant('all/', everyone, 'write');
    expect(await seconds('bob', 'all/')).toBe(2000);
    api.pass(1500);
    const error = await refusedWith(issue('bob', 'all/'));
    expect(error).toMatchObject({ code: 'FORBIDDEN', details: { notAfter: api.now() + 500 }, hint: expect.stringContaining('files.get') });
  });

  it('or is not minted, where a part of the access ends too soon for any; the rest of the folder can be had by itself', async () => {
    await fresh();
    await grant('team/', everyone, 'read');
    await grant('soon/', person('bob'), 'read', 600);
    const minted = api.storage.minted.length;
    expect(await refusedWith(issue('bob', ''))).toMatchObject({ code: 'FORBIDDEN', details: { notAfter: api.now() + 600, ending: ['soon/'] } });
    expect(api.storage.minted.length).toBe(minted);
    expect(await seconds('bob', 'team/')).toBe(3600);
  });
});

describe('the list of sessions', () => {
  const list = async (name: Name, about: { readonly path?: string; readonly personId?: string } = {}) =>
    (await api.as(name).credentials.list({ vault, ...about })).sessions;
  const cones = async (...asked: Parameters<typeof list>) =>
    (await list(...asked)).map(({ personId, cone }) => `${personId === idOf('ada') ? 'ada' : personId === idOf('bob') ? 'bob' : 'eve'} ${cone}`);

  it('is one’s own, by path; everyone’s for an admin, by path and person', async () => {
    await fresh();
    await grant('a/', everyone, 'write');
    await issue('ada', '', 'read', 900);
    await issue('bob', 'a/', 'write', 1000);
    await issue('bob', 'a/b/', 'read', 1100);
    await issue('eve', 'a/', 'read', 1200);
    expect(await cones('bob')).toEqual(['bob a/', 'bob a/b/']);
    expect(await cones('bob', { path: 'a/c' })).toEqual(['bob a/']);
    expect(await cones('bob', { personId: idOf('eve') })).toEqual([]);
    expect(await cones('ada')).toEqual(['ada ', 'bob a/', 'bob a/b/', 'eve a/']);
    expect(await cones('ada', { path: 'a/c' })).toEqual(['ada ', 'bob a/', 'eve a/']);
    expect(await cones('ada', { path: 'b/' })).toEqual(['ada ']);
    expect(await cones('ada', { personId: idOf('bob'), path: 'a/b/x' })).toEqual(['bob a/', 'bob a/b/']);
    api.pass(1000);
    expect(await cones('ada')).toEqual(['bob a/b/', 'eve a/']);
  });

  it('says what each was minted for, and from which file a copy reads', async () => {
    await fresh();
    await api.as('ada').files.put({ vault, path: 'from.md', content: '' });
    api.pass(1);
    await api.as('ada').files.copy({ vault, from: 'from.md', to: 'to.md' });
    expect(await list('ada', { path: 'from.md' })).toMatchObject([
      { cone: 'from.md', source: null, access: 'write', operation: 'files.put' },
      { cone: 'to.md', source: 'from.md', access: 'write', operation: 'files.copy', personId: idOf('ada'), sourceIp: '203.0.113.9' },
    ]);
  });

  it('is for an admin of the path what touches it, and no name that they may not read', async () => {
    await fresh();
    await grant('team/', person('bob'), 'admin');
    await grant('team/', person('eve'), 'read');
    await grant('team/secret/', person('bob'), 'none');
    await issue('eve', 'team/', 'read', 900);
    await issue('eve', 'team/secret/', 'read', 1000);
    await issue('eve', 'team/plans/', 'read', 1100);
    await issue('ada', 'elsewhere/', 'write', 1200);
    expect(await cones('bob', { path: 'team/' })).toEqual(['eve team/', 'eve team/plans/']);
    expect(await cones('bob', { path: 'team/plans/' })).toEqual(['eve team/', 'eve team/plans/']);
    expect(await cones('bob', { path: 'team/secret/' })).toEqual([]);
    expect(await cones('bob')).toEqual([]);
    // Nor does the end of a hidden one show in the answer of a change.
    expect((await api.as('bob').acl.setOpen({ vault, path: 'team/', open: true })).sessionsEndBy).toBe(api.now() + 1100);
  });
});
