/** People: who one is, organizations, invitations, rules, and the trail that all of it leaves. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCaller } from '../../src/index.ts';
import { personPartition } from '../../src/stores/keys.ts';
import { emailOf, idOf, startApi, type ApiUnderTest } from '../../test-support/api-under-test.ts';
import { refusalOf } from '../../test-support/refusal.ts';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

describe('a token', () => {
  it('that is missing, unknown or expired is refused', async () => {
    for (const token of [undefined, '', 'mallory']) expect(await refusalOf(createCaller(api.contextOf(token)).me.get())).toBe('UNAUTHENTICATED');
    expect(await refusalOf(createCaller(api.contextOf('expired')).me.get())).toBe('EXPIRED');
  });

  it('from before signing out everywhere is refused by every kind of procedure, a later one is not', async () => {
    const old = createCaller(api.contextOf(`kim@${api.now() - 10}`));
    await old.me.get();
    expect(await old.me.signOutEverywhere()).toEqual({ at: api.now(), sessionsEndBy: null });
    expect(await refusalOf(old.me.get())).toBe('UNAUTHENTICATED');
    expect(await refusalOf(old.files.list({ vault: 'personal' }))).toBe('UNAUTHENTICATED');
    expect(await refusalOf(old.credentials.where({}))).toBe('UNAUTHENTICATED');
    expect(await refusalOf(createCaller(api.contextOf(`kim@${api.now()}`)).me.get())).toBe('UNAUTHENTICATED');
    api.pass(5);
    expect((await createCaller(api.contextOf(`kim@${api.now()}`)).me.get()).userId).toBe(idOf('kim'));
  });
});

describe('me', () => {
  it('knows a verified address and not an unverified one', async () => {
    expect(await api.as('ada').me.get()).toMatchObject({ userId: idOf('ada'), email: emailOf('ada'), emailVerified: true });
    expect(await createCaller(api.contextOf(`kim@${api.now()}`)).me.get()).toMatchObject({ email: null, emailVerified: false });
  });

  it('asks the issuer once a token', async () => {
    const before = api.asked.profile;
    const call = createCaller(api.contextOf(`bob@${api.now()}`));
    await call.me.get();
    await call.me.get();
    expect(api.asked.profile).toBe(before + 1);
  });
});

describe('an organization', () => {
  it('made twice under one name is one, and provisioned once', async () => {
    const before = api.asked.provision;
    const first = await api.as('ada').orgs.create({ name: 'twice' });
    expect(first).toMatchObject({ name: 'twice', role: 'admin', state: 'active' });
    expect(await api.as('ada').orgs.create({ name: 'twice' })).toEqual(first);
    expect(api.asked.provision).toBe(before + 1);
    expect((await api.as('bob').orgs.create({ name: 'twice' })).id).not.toBe(first.id);
  });

  it('is seen by its members and by nobody else', async () => {
    const { id } = await api.organization('seen', { bob: 'contributor' });
    expect(await api.as('bob').orgs.get({ vault: id })).toMatchObject({ id, name: 'seen', role: 'contributor', region: 'us-east-1' });
    expect((await api.as('bob').orgs.list()).organizations.map((organization) => organization.id)).toContain(id);
    expect(await refusalOf(api.as('eve').orgs.get({ vault: id }))).toBe('NOT_FOUND');
    expect(await refusalOf(api.as('eve').members.list({ vault: id }))).toBe('NOT_FOUND');
    expect(await refusalOf(api.as('eve').acl.list({ vault: id, path: '' }))).toBe('NOT_FOUND');
  });
});

describe('an invitation', () => {
  it('is mailed, shown to its address, and accepted once, by that address alone', async () => {
    const { id: vault } = await api.organization('inviting');
    const { id: invitation, expiresAt } = await api.as('ada').members.invite({ vault, email: ' BOB@example.com', role: 'contributor' });
    expect(api.mails.at(-1)).toMatchObject({ to: emailOf('bob'), organizationName: 'inviting', invitedBy: emailOf('ada'), invitationId: invitation });
    expect(expiresAt).toBe(api.now() + 7 * 24 * 3600);
    expect((await api.as('bob').me.get()).invitations).toContainEqual({ id: invitation, organization: 'inviting', role: 'contributor', expiresAt });
    expect(await refusalOf(api.as('eve').members.accept({ invitation }))).toBe('NOT_FOUND');
    expect(await api.as('bob').members.accept({ invitation })).toEqual({ organization: vault, name: 'inviting', role: 'contributor' });
    expect(await refusalOf(api.as('bob').members.accept({ invitation }))).toBe('NOT_FOUND');
    expect(await refusalOf(api.as('ada').members.invite({ vault, email: emailOf('bob'), role: 'admin' }))).toBe('CONFLICT');
  });

  it('to an address that is not verified can not be accepted', async () => {
    const { id: vault } = await api.organization('careful');
    const { id: invitation } = await api.as('ada').members.invite({ vault, email: emailOf('kim'), role: 'admin' });
    expect(await refusalOf(createCaller(api.contextOf(`kim@${api.now()}`)).members.accept({ invitation }))).toBe('NOT_FOUND');
  });

  it('ends after seven days', async () => {
    const { id: vault } = await api.organization('late');
    const { id: invitation } = await api.as('ada').members.invite({ vault, email: emailOf('eve'), role: 'read-only' });
    api.pass(7 * 24 * 3600 + 1);
    expect(await refusalOf(api.as('eve').members.accept({ invitation }))).toBe('NOT_FOUND');
  });

  it('comes from admins only, and only they see the open ones', async () => {
    const { id: vault } = await api.organization('strict', { bob: 'contributor' });
    await api.as('ada').members.invite({ vault, email: 'new@example.com', role: 'read-only' });
    expect(await refusalOf(api.as('bob').members.invite({ vault, email: 'x@example.com', role: 'read-only' }))).toBe('FORBIDDEN');
    expect((await api.as('bob').members.list({ vault })).invitations).toEqual([]);
    const list = await api.as('ada').members.list({ vault });
    expect(list.invitations.map(({ email }) => email)).toEqual(['new@example.com']);
    expect(list.members.map(({ email, role }) => ({ email, role }))).toEqual(
      expect.arrayContaining([
        { email: emailOf('ada'), role: 'admin' },
        { email: emailOf('bob'), role: 'contributor' },
      ]),
    );
  });
});

describe('leaving', () => {
  it('ends access at once, and says when the last session ends', async () => {
    const { id: vault } = await api.organization('leaving', { bob: 'admin' });
    const { sessions } = await api.as('bob').credentials.issue({ vault, cone: '', access: 'read', durationSeconds: 1800 });
    expect(sessions).toHaveLength(1);
    expect(await api.as('ada').members.remove({ vault, personId: idOf('bob') })).toMatchObject({ sessionsEndBy: api.now() + 1800 });
    expect(await refusalOf(api.as('bob').files.list({ vault }))).toBe('NOT_FOUND');
  });

  it('is refused to the last admin, and removing others to those who are none', async () => {
    const { id: vault } = await api.organization('last', { bob: 'contributor' });
    expect(await refusalOf(api.as('ada').members.remove({ vault, personId: idOf('ada') }))).toBe('LAST_ADMIN');
    expect(await refusalOf(api.as('bob').members.remove({ vault, personId: idOf('ada') }))).toBe('FORBIDDEN');
    expect(await api.as('bob').members.remove({ vault, personId: idOf('bob') })).toMatchObject({ sessionsEndBy: null });
  });
});

describe('rules', () => {
  it('are seen and changed by those who are admin of the path, on top of the version they saw', async () => {
    const { id: vault } = await api.organization('ruled', { bob: 'contributor', eve: 'contributor' });
    const team = { vault, path: 'team/' };
    const record = await api.as('ada').acl.grant({ ...team, grantee: { kind: 'person', id: idOf('bob') }, level: 'admin', version: 0 });
    expect(record).toMatchObject({ path: 'team/', version: 1, open: false });
    expect(await refusalOf(api.as('ada').acl.grant({ ...team, grantee: { kind: 'org' }, level: 'read', version: 0 }))).toBe('CONFLICT');
    await api.as('bob').acl.grant({ vault, path: 'team/sub/', grantee: { kind: 'person', id: idOf('eve') }, level: 'read' });
    expect((await api.as('bob').acl.list(team)).records.map(({ path }) => path)).toEqual(['team/', 'team/sub/']);
    expect(await refusalOf(api.as('bob').acl.grant({ vault, path: '', grantee: { kind: 'org' }, level: 'read' }))).toBe('NOT_FOUND');
    expect(await refusalOf(api.as('eve').acl.list({ vault, path: 'team/sub/' }))).toBe('FORBIDDEN');
    expect(await refusalOf(api.as('ada').acl.grant({ ...team, grantee: { kind: 'org' }, level: 'read', expiresAt: api.now() }))).toBe('BAD_REQUEST');
    const revoked = await api.as('bob').acl.revoke({ vault, path: 'team/sub/', grantee: { kind: 'person', id: idOf('eve') } });
    expect(revoked).toMatchObject({ rules: [], sessionsEndBy: null });
    expect(await refusalOf(api.as('bob').acl.revoke({ vault, path: 'team/sub/', grantee: { kind: 'org' } }))).toBe('NOT_FOUND');
  });
});

describe('the trail', () => {
  it('has one entry a call, with what decided and how it ended', async () => {
    const { id: vault } = await api.organization('traced', { bob: 'contributor' });
    await api.as('ada').files.put({ vault, path: 'a.md', content: '' });
    await refusalOf(api.as('bob').files.get({ vault, path: 'a.md' }));
    await refusalOf(api.as('bob').files.get({ vault, path: '/bad' }));
    const { entries } = await api.stores.audit.list({ partition: vault, limit: 2 });
    expect(entries).toMatchObject([
      {
        personId: idOf('bob'),
        action: 'files.get',
        paths: ['a.md'],
        outcome: 'refused',
        code: 'NOT_FOUND',
        because: 'no-rule',
        sessions: [],
        sourceIp: '203.0.113.9',
      },
      {
        personId: idOf('ada'),
        action: 'files.put',
        paths: ['a.md'],
        outcome: 'done',
        code: null,
        because: 'organization-admin',
        sessions: [expect.stringMatching(/^ses_/)],
      },
    ]);
    const own = await api.stores.audit.list({ partition: personPartition(idOf('bob')), limit: 1 });
    expect(own.entries).toMatchObject([{ action: 'files.get', outcome: 'refused', code: 'INVALID_PATH' }]);
  });

  it('of a stranger is not written into the organization that they tried', async () => {
    const { id: vault } = await api.organization('closed');
    await refusalOf(api.as('eve').files.list({ vault, prefix: 'x' }));
    expect((await api.stores.audit.list({ partition: vault, limit: 100 })).entries.filter(({ personId }) => personId === idOf('eve'))).toEqual([]);
    expect((await api.stores.audit.list({ partition: personPartition(idOf('eve')), limit: 1 })).entries).toMatchObject([
      { action: 'files.list', code: 'NOT_FOUND' },
    ]);
  });
});

describe('a flood', () => {
  it('is told when to come back, and others are not slowed', async () => {
    const flooded = await startApi({ rate: { perSecond: 1, burst: 3 } });
    for (let i = 0; i < 3; i++) await flooded.as('ada').orgs.list();
    const error = await flooded
      .as('ada')
      .orgs.list()
      .catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'TOO_MANY_REQUESTS', cause: { code: 'RATE_LIMITED', details: { retryAfterSeconds: 1 } } });
    await flooded.as('bob').orgs.list();
    flooded.pass(1);
    await flooded.as('ada').orgs.list();
    await flooded.close();
  });
});
