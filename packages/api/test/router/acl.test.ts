/** Changing the rules of a path: who may, for whom, on top of what, and what is kept of it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCaller } from '../../src/index.ts';
import { emailOf, idOf, startApi, type ApiUnderTest, type Name } from '../../test-support/api-under-test.ts';
import { refusalOf, refusedWith } from '../../test-support/refusal.ts';

let api: ApiUnderTest;
let vault: string;
beforeAll(async () => {
  api = await startApi();
  ({ id: vault } = await api.organization('acme', { bob: 'contributor', eve: 'read-only' }));
});
afterAll(() => api.close());

const person = (name: Name) => ({ kind: 'person' as const, id: idOf(name) });
const everyone = { kind: 'org' as const };
const address = (email: string) => ({ kind: 'email' as const, email });
const at = (name: Name, path: string) => api.as(name).acl.list({ vault, path });
const rulesAt = async (path: string) => (await at('ada', path)).records.find((record) => record.path === path)?.rules;
const levelOf = async (name: Name, path: string) => (await api.as(name).files.access({ vault, cone: '', paths: [path] })).levels[0];
let count = 0;
const requestId = () => `request-${String(count++).padStart(10, '0')}`;

describe('a change', () => {
  it('is for admins of the path alone, and for nobody who lost that since', async () => {
    await api.as('ada').acl.grant({ vault, path: 'bobs/', grantee: person('bob'), level: 'admin' });
    await api.as('bob').acl.grant({ vault, path: 'bobs/in/', grantee: person('eve'), level: 'write' });
    expect(await levelOf('eve', 'bobs/in/x')).toBe('read');
    await api.as('ada').acl.grant({ vault, path: 'bobs/read/', grantee: person('bob'), level: 'read' });
    for (const [path, code] of [
      ['bobs/read/x', 'FORBIDDEN'],
      ['', 'NOT_FOUND'],
      ['bob', 'NOT_FOUND'],
    ] as const) {
      expect(await refusalOf(api.as('bob').acl.grant({ vault, path, grantee: everyone, level: 'read' }))).toBe(code);
      expect(await refusalOf(api.as('bob').acl.revoke({ vault, path, grantee: everyone }))).toBe(code);
      expect(await refusalOf(api.as('bob').acl.setOpen({ vault, path, open: true }))).toBe(code);
    }
    // The middleware saw an admin; by the time of the change there is none any more.
    const { access: store } = api.stores;
    const lost = {
      ...api.ports,
      stores: {
        ...api.stores,
        access: {
          ...api.stores.access,
          load: async (...asked: Parameters<typeof store.load>) => {
            const access = await store.load(...asked);
            await api.as('ada').acl.revoke({ vault, path: 'bobs/', grantee: person('bob') });
            return access;
          },
        },
      },
    };
    expect(await refusalOf(createCaller({ ...api.contextOf('bob'), ports: lost }).acl.grant({ vault, path: 'bobs/', grantee: everyone, level: 'read' }))).toBe(
      'NOT_FOUND',
    );
    expect(await rulesAt('bobs/')).toEqual([]);
  });

  it('takes the place of the rule for the same grantee, and is no change where it says the same', async () => {
    const first = await api.as('ada').acl.grant({ vault, path: 'same/', grantee: everyone, level: 'write' });
    expect(first).toMatchObject({ path: 'same/', rules: [{ grantee: everyone, level: 'write' }], open: false, version: 1 });
    const again = await api.as('ada').acl.grant({ vault, path: 'same/', grantee: everyone, level: 'write' });
    expect(again).toEqual(first);
    const lower = await api.as('ada').acl.grant({ vault, path: 'same/', grantee: everyone, level: 'read' });
    expect(lower).toMatchObject({ rules: [{ grantee: everyone, level: 'read' }], version: 2 });
    expect(await refusalOf(api.as('ada').acl.revoke({ vault, path: 'same/', grantee: person('bob') }))).toBe('NOT_FOUND');
    expect(await api.as('ada').acl.revoke({ vault, path: 'same/', grantee: everyone })).toMatchObject({ rules: [], version: 3 });
  });

  it('opens a folder to every member, and closes it again', async () => {
    expect(await levelOf('eve', 'hall/x')).toBe('none');
    expect(await api.as('ada').acl.setOpen({ vault, path: 'hall/', open: true })).toMatchObject({ open: true, version: 1 });
    expect(await api.as('ada').acl.setOpen({ vault, path: 'hall/', open: true })).toMatchObject({ open: true, version: 1 });
    expect(await levelOf('eve', 'hall/x')).toBe('read');
    expect(await api.as('ada').acl.setOpen({ vault, path: 'hall/', open: false })).toMatchObject({ open: false, version: 2 });
    expect(await levelOf('eve', 'hall/x')).toBe('none');
  });

  it('on top of another version is refused, with the present one and what was changed since', async () => {
    const change = (level: 'read' | 'write', version?: number) => api.as('ada').acl.grant({ vault, path: 'v/', grantee: person('bob'), level, version });
    await change('read', 0);
    await change('write', 1);
    await api.as('ada').acl.setOpen({ vault, path: 'v/', open: true, version: 2 });
    const error = await refusedWith(change('read', 1));
    expect(error).toMatchObject({ code: 'CONFLICT', details: { version: 3 } });
    const by = ` by person ${idOf('ada')} at 2027-01-15T08:00:00Z`;
    const bob = `person ${idOf('bob')}`;
    expect(error).toMatchObject({ details: { changed: [`- ${bob}: read${by}`, `+ ${bob}: write${by}`, `opened${by}`] } });
    expect(await refusalOf(change('read', 0))).toBe('CONFLICT');
    expect(await refusalOf(change('read', 4))).toBe('CONFLICT');
    expect(await refusalOf(api.as('ada').acl.revoke({ vault, path: 'v/', grantee: person('bob'), version: 2 }))).toBe('CONFLICT');
    expect(await change('read', 3)).toMatchObject({ version: 4 });
  });

  it('is made once a request id, and answered again also to who could not make it now', async () => {
    await api.as('ada').acl.grant({ vault, path: 'once/', grantee: person('bob'), level: 'admin' });
    const id = requestId();
    const request = { vault, path: 'once/', grantee: everyone, level: 'write' as const, requestId: id };
    const first = await api.as('bob').acl.grant(request);
    await api.as('ada').acl.grant({ vault, path: 'once/', grantee: everyone, level: 'read' });
    await api.as('ada').acl.revoke({ vault, path: 'once/', grantee: person('bob') });
    expect(await api.as('bob').acl.grant(request)).toEqual(first);
    expect(await rulesAt('once/')).toEqual([{ grantee: everyone, level: 'read' }]);
    expect(await refusalOf(api.as('bob').acl.grant({ ...request, level: 'none' }))).toBe('CONFLICT');
    expect(await refusalOf(api.as('bob').acl.revoke({ vault, path: 'once/', grantee: everyone, requestId: id }))).toBe('CONFLICT');
  });

  it('is on the trail with what went and what came', async () => {
    await api.as('ada').acl.grant({ vault, path: 'trail/', grantee: everyone, level: 'read' });
    await api.as('ada').acl.grant({ vault, path: 'trail/', grantee: everyone, level: 'write', expiresAt: api.now() + 86_400 });
    const { entries } = await api.stores.audit.list({ partition: vault, limit: 1 });
    expect(entries).toMatchObject([
      {
        personId: idOf('ada'),
        action: 'acl.grant',
        paths: ['trail/'],
        outcome: 'done',
        before: { version: 1, open: false, rules: ['@all: read'] },
        after: { version: 2, open: false, rules: ['@all: write until 2027-01-16T08:00:00Z'] },
      },
    ]);
  });

  it('says until when older sessions at the path, above it or under it live, and counts no others', async () => {
    const ends = async (path: string) => (await api.as('ada').acl.setOpen({ vault, path, open: true })).sessionsEndBy;
    api.pass(3600);
    expect(await ends('live/a/')).toBeNull();
    await api.as('ada').credentials.issue({ vault, cone: 'live/b/c/', access: 'read', durationSeconds: 3600 });
    await api.as('ada').credentials.issue({ vault, cone: 'live/', access: 'read', durationSeconds: 1800 });
    expect(await ends('live/a/')).toBe(api.now() + 1800);
    expect(await ends('live/b/')).toBe(api.now() + 3600);
    expect(await ends('live/b/c/d')).toBe(api.now() + 3600);
    expect(await ends('lives/')).toBeNull();
  });
});

describe('a rule', () => {
  it.each([
    ['for someone who is not a member', { kind: 'person' as const, id: idOf('kim') }, 'NOT_FOUND', /invite/i],
    ['for a group that is not there', { kind: 'group' as const, id: `grp_${'0'.repeat(26)}` }, 'NOT_FOUND', /groups list/],
  ])('%s is refused with what to do', async (_, grantee, code, hint) => {
    const error = await refusedWith(api.as('ada').acl.grant({ vault, path: 'x/', grantee, level: 'read' }));
    expect(error).toMatchObject({ code, hint: expect.stringMatching(hint) });
    expect(await rulesAt('x/')).toBeUndefined();
  });

  it('that has ended before it begins is refused, and one that ends is gone from that second on', async () => {
    for (const expiresAt of [0, api.now() - 1, api.now()]) {
      expect(await refusalOf(api.as('ada').acl.grant({ vault, path: 'end/', grantee: everyone, level: 'read', expiresAt }))).toBe('BAD_REQUEST');
    }
    const expiresAt = api.now() + 60;
    await api.as('ada').acl.grant({ vault, path: 'end/', grantee: everyone, level: 'read', expiresAt });
    expect(await rulesAt('end/')).toEqual([{ grantee: everyone, level: 'read', expiresAt }]);
    api.pass(60);
    expect(await levelOf('bob', 'end/x')).toBe('none');
    expect(await rulesAt('end/')).toEqual([]);
    expect(await refusalOf(api.as('ada').acl.revoke({ vault, path: 'end/', grantee: everyone }))).toBe('NOT_FOUND');
    expect(await api.as('ada').acl.setOpen({ vault, path: 'end/', open: true })).toMatchObject({ rules: [], version: 2 });
  });

  it('for the address of a member is for that person, and one of both kinds takes the other’s place', async () => {
    const granted = await api.as('ada').acl.grant({ vault, path: 'mail/', grantee: address(emailOf('bob')), level: 'write' });
    expect(granted.rules).toEqual([{ grantee: person('bob'), level: 'write' }]);
    await api.as('ada').acl.grant({ vault, path: 'mail/', grantee: address(emailOf('bob')), level: 'none' });
    expect(await rulesAt('mail/')).toEqual([{ grantee: person('bob'), level: 'none' }]);
    expect((await api.as('ada').acl.revoke({ vault, path: 'mail/', grantee: address(emailOf('bob')) })).rules).toEqual([]);
  });

  it('for an address waits until someone joins with it, and is theirs from then on, whatever it is called', async () => {
    const { id } = await api.organization('waiting');
    const grant = (grantee: Parameters<ReturnType<ApiUnderTest['as']>['acl']['grant']>[0]['grantee'], level: 'read' | 'write') =>
      api.as('ada').acl.grant({ vault: id, path: 'w/', grantee, level });
    expect((await grant(address(emailOf('bob')), 'read')).rules).toEqual([{ grantee: address(emailOf('bob')), level: 'read' }]);
    const { id: invitation } = await api.as('ada').members.invite({ vault: id, email: emailOf('bob'), role: 'contributor' });
    await api.as('bob').members.accept({ invitation });
    expect((await api.as('bob').files.access({ vault: id, cone: '', paths: ['w/x'] })).levels).toEqual(['read']);
    expect((await grant(person('bob'), 'write')).rules).toEqual([{ grantee: person('bob'), level: 'write' }]);
    expect((await api.as('ada').acl.revoke({ vault: id, path: 'w/', grantee: address(emailOf('bob')) })).rules).toEqual([]);
  });

  it('for an address follows nobody who changes theirs, and asks for the person where it would be a guess', async () => {
    const { id } = await api.organization('moving', { bob: 'contributor' });
    const grant = (email: string) => api.as('ada').acl.grant({ vault: id, path: 'm/', grantee: address(email), level: 'read' });
    expect((await grant('robert@example.com')).rules).toEqual([{ grantee: address('robert@example.com'), level: 'read' }]);
    await api.stores.people.bind({ personId: idOf('bob'), email: 'robert@example.com', emailVerified: true });
    // Bob has it now: that is whom the admin means.
    expect((await grant('robert@example.com')).rules).toEqual([{ grantee: person('bob'), level: 'read' }]);
    const error = await refusedWith(grant(emailOf('bob')));
    expect(error).toMatchObject({ code: 'CONFLICT', hint: expect.stringContaining('name the person') });
    await api.stores.people.bind({ personId: idOf('bob'), email: emailOf('bob'), emailVerified: true });
  });

  it('over the 500 of a path is refused, also where there are thousands; fewer are always taken', async () => {
    const fill = async (path: string, size: number) => {
      const rules = Array.from({ length: size }, (_, i) => ({ kind: 'email', email: `${i}@example.org`, level: 'read' }));
      await api.table.put({ pk: vault, sk: `acl/${path}`, attributes: { rules, open: false } });
      return path;
    };
    const grant = async (path: string) => api.as('ada').acl.grant({ vault, path, grantee: everyone, level: 'read' });
    expect((await grant(await fill('full-1/', 499))).rules).toHaveLength(500);
    expect(await refusalOf(grant(await fill('full-2/', 500)))).toBe('TOO_LARGE');
    expect(await refusalOf(grant(await fill('full-3/', 3000)))).toBe('TOO_LARGE');
    expect((await api.as('ada').acl.revoke({ vault, path: 'full-3/', grantee: address('0@example.org') })).rules).toHaveLength(2999);
  });
});

describe('a list', () => {
  it('holds what decides at the path: its record, those above, and those below where the caller may read', async () => {
    const { id } = await api.organization('lists', { bob: 'contributor', eve: 'contributor' });
    const grant = (path: string, name: Name, level: 'none' | 'read' | 'admin') => api.as('ada').acl.grant({ vault: id, path, grantee: person(name), level });
    await grant('', 'eve', 'read');
    await grant('team/', 'bob', 'admin');
    await grant('team/open/', 'eve', 'read');
    await grant('team/hidden/', 'bob', 'none');
    await grant('team/hidden/deep/', 'eve', 'read');
    await grant('other/', 'eve', 'read');
    const listed = async (name: Name, path: string) => (await api.as(name).acl.list({ vault: id, path })).records.map((record) => record.path);
    expect(await listed('bob', 'team/')).toEqual(['', 'team/', 'team/open/']);
    expect(await listed('ada', 'team/')).toEqual(['', 'team/', 'team/hidden/', 'team/hidden/deep/', 'team/open/']);
    expect(await refusalOf(listed('bob', ''))).toBe('NOT_FOUND');
    expect(await refusalOf(listed('eve', 'team/'))).toBe('FORBIDDEN');
  });
});
