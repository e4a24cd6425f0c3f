/** Members: what they are, and how that changes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCaller } from '../../src/index.ts';
import { emailOf, idOf, startApi, type ApiUnderTest, type Name } from '../../test-support/api-under-test.ts';
import { refusalOf, refusedWith } from '../../test-support/refusal.ts';

let api: ApiUnderTest;
let organizations = 0;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const requestId = (n: number) => `request-${String(n).padStart(16, '0')}`;
const memberOf = async (vault: string, name: Name) => (await api.as('ada').members.list({ vault })).members.find(({ personId }) => personId === idOf(name));
const newest = async (vault: string) => (await api.stores.audit.list({ partition: vault, limit: 1 })).entries[0];

describe('the list', () => {
  it('shows everyone with what a change has to be based on', async () => {
    const { id: vault } = await api.organization('listed', { bob: 'contributor' });
    expect(await memberOf(vault, 'bob')).toEqual({
      personId: idOf('bob'),
      email: emailOf('bob'),
      joinedAs: emailOf('bob'),
      role: 'contributor',
      joinedAt: api.now(),
      expiresAt: null,
      version: 1,
    });
  });

  it('shows no membership that has ended, and clears what it left', async () => {
    const { id: vault } = await api.organization('ended', { bob: 'contributor' });
    await api.as('ada').acl.grant({ vault, path: 'a/', grantee: { kind: 'person', id: idOf('bob') }, level: 'write' });
    await api.as('ada').members.setRole({ vault, personId: idOf('bob'), role: 'contributor', expiresAt: api.now() + 60 });
    api.pass(60);
    expect((await api.as('ada').members.list({ vault })).members.map(({ personId }) => personId)).toEqual([idOf('ada')]);
    expect((await api.as('ada').acl.list({ vault, path: 'a/' })).records.map(({ rules }) => rules)).toEqual([[]]);
    expect(await refusalOf(api.as('bob').orgs.get({ vault }))).toBe('NOT_FOUND');
    expect((await api.as('bob').orgs.list()).organizations.map(({ id }) => id)).not.toContain(vault);
  });
});

describe('a role', () => {
  it('is set by an admin, and the trail has what was and what is', async () => {
    const { id: vault } = await api.organization('roles', { bob: 'contributor' });
    const end = api.now() + 3600;
    const answer = await api.as('ada').members.setRole({ vault, personId: idOf('bob'), role: 'read-only', expiresAt: end, version: 1 });
    expect(answer).toEqual({ ...(await memberOf(vault, 'bob')), role: 'read-only', expiresAt: end, version: 2, sessionsEndBy: null });
    expect((await api.as('bob').orgs.get({ vault })).role).toBe('read-only');
    expect(await newest(vault)).toMatchObject({
      personId: idOf('bob'),
      action: 'orgs.get',
    });
    const [, change] = (await api.stores.audit.list({ partition: vault, limit: 3 })).entries.filter(({ action }) => action !== 'members.list');
    const person = { personId: idOf('bob'), email: emailOf('bob'), groups: [] };
    expect(change).toMatchObject({
      personId: idOf('ada'),
      action: 'members.setRole',
      outcome: 'done',
      before: { ...person, role: 'contributor', expiresAt: null },
      after: { ...person, role: 'read-only', expiresAt: end },
    });
  });

  it('says until when sessions under the old one live', async () => {
    const { id: vault } = await api.organization('sessions', { bob: 'admin' });
    await api.as('bob').credentials.issue({ vault, cone: '', access: 'write', durationSeconds: 1200 });
    expect((await api.as('ada').members.setRole({ vault, personId: idOf('bob'), role: 'read-only' })).sessionsEndBy).toBe(api.now() + 1200);
  });

  it('set again changes nothing and writes nothing', async () => {
    const { id: vault } = await api.organization('again', { bob: 'contributor' });
    const set = () => api.as('ada').members.setRole({ vault, personId: idOf('bob'), role: 'contributor' });
    expect([(await set()).version, (await set()).version]).toEqual([1, 1]);
  });

  it('on an older version is refused, with what the member is now', async () => {
    const { id: vault } = await api.organization('stale', { bob: 'contributor' });
    const set = (role: 'admin' | 'read-only') => api.as('ada').members.setRole({ vault, personId: idOf('bob'), role, version: 1 });
    await set('read-only');
    const { code, details } = await refusedWith(set('admin'));
    expect([code, details]).toEqual(['CONFLICT', { version: 2, changed: ['role: read-only now', 'end: none now', 'groups: none now'] }]);
  });

  it('of someone in very many groups is in the trail with some of them', async () => {
    const { id: vault } = await api.organization('many-groups', { bob: 'contributor' });
    const groups = Array.from({ length: 25 }, (_, n) => `grp_${String(n).padStart(26, '0')}`);
    await api.table.update({ pk: vault, sk: `member/${idOf('bob')}`, set: { groups } });
    await api.as('ada').members.setRole({ vault, personId: idOf('bob'), role: 'read-only' });
    expect((await newest(vault))?.before).toMatchObject({ groups: [...groups.slice(0, 20), 'and 5 more'] });
  });

  it('that opens more than sessions can hold is refused, and one that takes away never is', async () => {
    const { id: vault } = await api.organization('too-much', { bob: 'read-only' });
    // Read by everyone, so that only writing is in pieces.
    await api.as('ada').acl.grant({ vault, path: '', grantee: { kind: 'org' }, level: 'read' });
    for (let n = 0; n < 17; n++) {
      await api.as('ada').acl.grant({ vault, path: `${'deep/'.repeat(180)}${n}/`, grantee: { kind: 'person', id: idOf('bob') }, level: 'write' });
    }
    const set = (role: 'admin' | 'contributor') => api.as('ada').members.setRole({ vault, personId: idOf('bob'), role });
    expect(await refusalOf(set('contributor'))).toBe('SCOPE_TOO_LARGE');
    await set('admin');
    expect((await set('contributor')).role).toBe('contributor');
  });

  it('is changed once a request id, also by someone who gave their own away with it', async () => {
    const { id: vault } = await api.organization('once', { bob: 'admin' });
    const give = () => api.as('ada').members.setRole({ vault, personId: idOf('ada'), role: 'read-only', requestId: requestId(1) });
    const first = await give();
    await api.as('bob').members.setRole({ vault, personId: idOf('ada'), role: 'contributor' });
    expect(await give()).toEqual(first);
    expect((await api.as('ada').orgs.get({ vault })).role).toBe('contributor');
    expect(await refusalOf(api.as('ada').members.setRole({ vault, personId: idOf('bob'), role: 'admin', requestId: requestId(1) }))).toBe('CONFLICT');
  });

  it.each([
    ['by someone who is no admin', 'bob', 'eve', { role: 'read-only' }, 'FORBIDDEN'],
    ['of somebody unknown', 'ada', 'kim', { role: 'read-only' }, 'NOT_FOUND'],
    ['of the last admin', 'ada', 'ada', { role: 'contributor' }, 'LAST_ADMIN'],
    ['with an end for an admin', 'ada', 'eve', { role: 'admin', expiresAt: 2_000_000_000 }, 'BAD_REQUEST'],
    ['with an end for the last admin, who would be none then', 'ada', 'ada', { role: 'contributor', expiresAt: 2_000_000_000 }, 'LAST_ADMIN'],
    ['with an end that has passed', 'ada', 'bob', { role: 'contributor', expiresAt: 1_800_000_000 }, 'BAD_REQUEST'],
  ] as const)('%s is refused', async (_, asker, whom, change, code) => {
    const { id: vault } = await api.organization(`refused-${organizations++}`, {
      bob: 'contributor',
      eve: 'contributor',
    });
    const before = await api.as('ada').members.list({ vault });
    expect(await refusalOf(api.as(asker).members.setRole({ vault, personId: idOf(whom), ...change }))).toBe(code);
    expect(await api.as('ada').members.list({ vault })).toEqual(before);
  });

  it('of an admin takes the end away only where the change says so', async () => {
    const { id: vault } = await api.organization('ending', { bob: 'contributor' });
    const set = (change: { role: 'admin' | 'contributor'; expiresAt?: number | null }) =>
      api.as('ada').members.setRole({ vault, personId: idOf('bob'), ...change });
    await set({ role: 'contributor', expiresAt: api.now() + 60 });
    expect((await refusedWith(set({ role: 'admin' }))).code).toBe('CONFLICT');
    expect(await set({ role: 'admin', expiresAt: null })).toMatchObject({ role: 'admin', expiresAt: null });
    api.pass(61);
    expect((await api.as('bob').orgs.get({ vault })).role).toBe('admin');
  });
});

describe('removing', () => {
  it('ends all that is theirs, and says what', async () => {
    const { id: vault } = await api.organization('removed', { bob: 'admin', eve: 'contributor' });
    const bob = { kind: 'person', id: idOf('bob') } as const;
    for (const [path, level] of [
      ['a/', 'read'],
      ['b/', 'none'],
    ] as const)
      await api.as('ada').acl.grant({ vault, path, grantee: bob, level });
    await api.as('ada').acl.grant({ vault, path: 'a/', grantee: { kind: 'person', id: idOf('eve') }, level: 'read' });
    const invitation = await api.as('bob').members.invite({ vault, email: 'new@example.com', role: 'admin' });
    const { sessions } = await api.as('bob').credentials.issue({ vault, cone: 'a/', access: 'read', durationSeconds: 900 });
    const answer = await api.as('ada').members.remove({ vault, personId: idOf('bob') });
    const live = sessions.map(({ id }) => ({ id, cone: 'a/', access: 'read', expiresAt: api.now() + 900 }));
    const ended = {
      rules: [
        { path: 'a/', level: 'read' },
        { path: 'b/', level: 'none' },
      ],
      created: [],
      groups: [],
      invitations: [{ id: invitation.id, email: 'new@example.com' }],
    };
    expect(answer).toEqual({ personId: idOf('bob'), ...ended, sessions: live, sessionsEndBy: api.now() + 900, unlisted: 0 });
    expect(await newest(vault)).toMatchObject({ action: 'members.remove', before: { role: 'admin', ...ended }, after: null });
    const { records } = await api.as('ada').acl.list({ vault, path: '' });
    expect(records.flatMap(({ path, rules }) => rules.map(({ grantee }) => ({ path, grantee })))).toEqual([
      { path: 'a/', grantee: { kind: 'person', id: idOf('eve') } },
    ]);
    expect((await api.as('ada').members.list({ vault })).invitations).toEqual([]);
    expect(await refusalOf(api.as('bob').files.list({ vault }))).toBe('NOT_FOUND');
  });

  it('names no rule that had ended before', async () => {
    const { id: vault } = await api.organization('over', { bob: 'contributor' });
    const rule = { vault, grantee: { kind: 'person', id: idOf('bob') }, level: 'read' } as const;
    await api.as('ada').acl.grant({ ...rule, path: 'a/', expiresAt: api.now() + 60 });
    await api.as('ada').acl.grant({ ...rule, path: 'b/', expiresAt: api.now() + 61 });
    api.pass(60);
    expect((await api.as('ada').members.remove({ vault, personId: idOf('bob') })).rules).toEqual([{ path: 'b/', level: 'read' }]);
  });

  it('of someone who is not there is not found, on an older version refused, and of the last admin too', async () => {
    const { id: vault } = await api.organization('no-removal', { bob: 'contributor' });
    expect(await refusalOf(api.as('ada').members.remove({ vault, personId: idOf('kim') }))).toBe('NOT_FOUND');
    expect(await refusalOf(api.as('ada').members.remove({ vault, personId: idOf('bob'), version: 7 }))).toBe('CONFLICT');
    expect(await refusalOf(api.as('ada').members.remove({ vault, personId: idOf('ada') }))).toBe('LAST_ADMIN');
    expect(await refusalOf(api.as('bob').members.remove({ vault, personId: idOf('ada') }))).toBe('FORBIDDEN');
    expect((await api.as('ada').members.list({ vault })).members).toHaveLength(2);
  });

  it('answers the same when it is asked for again', async () => {
    const { id: vault } = await api.organization('twice', { bob: 'contributor' });
    const remove = () => api.as('ada').members.remove({ vault, personId: idOf('bob'), requestId: requestId(2) });
    expect(await remove()).toEqual(await remove());
    expect(await refusalOf(api.as('ada').members.remove({ vault, personId: idOf('bob') }))).toBe('NOT_FOUND');
  });
});

describe('leaving', () => {
  it('is for everyone but the last admin, once, and answered again to who is gone', async () => {
    const { id: vault } = await api.organization('left', { bob: 'contributor' });
    expect(await refusalOf(api.as('ada').members.leave({ vault }))).toBe('LAST_ADMIN');
    const leave = () => api.as('bob').members.leave({ vault, requestId: requestId(3) });
    const first = await leave();
    expect(first.personId).toBe(idOf('bob'));
    expect(await leave()).toEqual(first);
    expect(await refusalOf(api.as('bob').members.leave({ vault }))).toBe('NOT_FOUND');
  });

  it('names no path that they may not read, though a rule there was theirs', async () => {
    const { id: vault } = await api.organization('carved', { bob: 'contributor' });
    const grant = (path: string, level: 'read' | 'none') => api.as('ada').acl.grant({ vault, path, grantee: { kind: 'person', id: idOf('bob') }, level });
    await grant('a/', 'read');
    await grant('a/secret/', 'none');
    expect((await api.as('bob').members.leave({ vault })).rules).toEqual([{ path: 'a/', level: 'read' }]);
    expect((await api.as('ada').acl.list({ vault, path: 'a/' })).records.flatMap(({ rules }) => rules)).toEqual([]);
  });
});

it('nobody changes an organization that is not theirs, nor learns that it exists', async () => {
  const { id: vault } = await api.organization('foreign');
  const stranger = createCaller(api.contextOf('eve')).members;
  const calls = [
    stranger.remove({ vault, personId: idOf('ada') }),
    stranger.setRole({ vault, personId: idOf('ada'), role: 'read-only' }),
    stranger.leave({ vault }),
  ];
  for (const call of calls) expect(await refusalOf(call)).toBe('NOT_FOUND');
});
