/** Previews: who would gain and who would lose, by the very code that makes the change, and with nothing stored. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { emailOf, idOf, startApi, type ApiUnderTest, type Name } from '../../test-support/api-under-test.ts';
import { refusalOf, refusedWith } from '../../test-support/refusal.ts';

let api: ApiUnderTest;
let vault: string;
let bucket: string;
let organizations = 0;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  ({ id: vault, bucket } = await api.organization(`acme-${organizations++}`, { bob: 'contributor', eve: 'read-only' }));
  await grant('team/', everyone, 'write');
  await grant('team/bobs/', person('bob'), 'admin');
});

const person = (name: Name) => ({ kind: 'person' as const, id: idOf(name) });
const everyone = { kind: 'org' as const };
type Grant = Parameters<ReturnType<ApiUnderTest['as']>['acl']['grant']>[0];
type Change = Parameters<ReturnType<ApiUnderTest['as']>['acl']['preview']>[0]['change'];
const grant = (path: string, grantee: Grant['grantee'], level: Grant['level']) => api.as('ada').acl.grant({ vault, path, grantee, level });
const preview = (name: Name, path: string, change: Change) => api.as(name).acl.preview({ vault, path, change });
const revoke: Change = { kind: 'revoke', grantee: everyone };
const seed = (...paths: string[]) => {
  for (const path of paths) api.storage.seed(bucket, path);
};

describe('a change of rules', () => {
  it('that takes access away names who loses it and where, counts the files, and asks', async () => {
    seed('team/a.md', 'team/b.md', 'team/bobs/c.md', 'other.md');
    const seen = await preview('ada', 'team/', revoke);
    expect(seen).toEqual({
      version: 1,
      people: [
        { personId: idOf('bob'), email: emailOf('bob'), gains: false, loses: true, places: [{ path: 'team/', before: 'write', after: 'none' }] },
        { personId: idOf('eve'), email: emailOf('eve'), gains: false, loses: true, places: [{ path: 'team/', before: 'read', after: 'none' }] },
      ],
      ask: true,
      files: { count: 3, more: false },
      sessions: [],
      sessionsEndBy: null,
      refusal: null,
    });
    // Bob's own folder stays his.
    await api.as('ada').acl.grant({ vault, path: 'team/', grantee: person('eve'), level: 'read' });
    expect((await preview('ada', 'team/', revoke)).files.count).toBe(2);
  });

  it('that only gives asks nothing, unless it opens a folder to everybody', async () => {
    const given = await preview('ada', 'team/', { kind: 'grant', grantee: person('bob'), level: 'admin' });
    expect(given).toMatchObject({ ask: false, people: [{ personId: idOf('bob'), gains: true, loses: false, places: [{ before: 'write', after: 'admin' }] }] });
    expect(await preview('ada', 'new/', { kind: 'set-open', open: true })).toMatchObject({ ask: true, version: 0, people: [{}, {}] });
    expect(await preview('ada', 'team/', { kind: 'set-open', open: false })).toMatchObject({ ask: false, people: [] });
  });

  it('changes nothing, and its version makes the change on what was seen or not at all', async () => {
    const { version } = await preview('ada', 'team/', revoke);
    expect((await preview('ada', 'team/', revoke)).version).toBe(version);
    await grant('team/', person('eve'), 'read');
    expect(await refusalOf(api.as('ada').acl.revoke({ vault, path: 'team/', grantee: everyone, version }))).toBe('CONFLICT');
  });

  it.each<[string, string, Change]>([
    ['an unknown rule', 'team/', { kind: 'revoke', grantee: person('eve') }],
    ['an unknown person', 'team/', { kind: 'grant', grantee: person('kim'), level: 'read' }],
    ['a rule in the past', 'team/', { kind: 'grant', grantee: person('bob'), level: 'read', expiresAt: 1 }],
  ])('that would be refused for %s says so in the very words of the refusal', async (_, path, change) => {
    const seen = await preview('ada', path, change);
    const { kind, ...fields } = change;
    const made =
      kind === 'revoke' ? api.as('ada').acl.revoke({ vault, path, ...fields } as never) : api.as('ada').acl.grant({ vault, path, ...fields } as never);
    const { code, message, hint } = await refusedWith(made);
    expect(seen).toMatchObject({ people: [], ask: false, refusal: { code, message, hint } });
  });

  it('names the live sessions of those who lose, that could still do it, and when the last one ends', async () => {
    const issue = async (name: Name, cone: string, access: 'read' | 'write', durationSeconds: number) =>
      (await api.as(name).credentials.issue({ vault, cone, access, durationSeconds })).sessions[0]?.id;
    const writing = await issue('bob', 'team/a/', 'write', 900);
    await issue('bob', 'team/a/', 'read', 3600);
    await issue('ada', '', 'write', 3600);
    const lower: Change = { kind: 'grant', grantee: everyone, level: 'read' };
    const seen = await preview('ada', 'team/', lower);
    expect(seen.sessions).toEqual([{ id: writing, personId: idOf('bob'), cone: 'team/a/', access: 'write', expiresAt: api.now() + 900 }]);
    expect(seen.sessionsEndBy).toBe(api.now() + 900);
    expect((await preview('ada', 'team/', revoke)).sessions).toHaveLength(2);
  });

  it('is previewed for admins of the path alone', async () => {
    expect(await preview('bob', 'team/bobs/', { kind: 'grant', grantee: everyone, level: 'none' })).toMatchObject({ people: [{ personId: idOf('eve') }] });
    expect(await refusalOf(preview('bob', 'team/', revoke))).toBe('FORBIDDEN');
    expect(await refusalOf(preview('bob', 'elsewhere/', revoke))).toBe('NOT_FOUND');
  });

  it('names a thousand people and says how many more there are, those who lose first', async () => {
    const bob = await api.table.get({ pk: vault, sk: `member/${idOf('bob')}` });
    const id = (n: number) => `ffffffff-0000-4000-8000-${String(n).padStart(12, '0')}`;
    const members = Array.from({ length: 1100 }, (_, n) => ({
      put: { pk: vault, sk: `member/${id(n)}`, attributes: { ...bob?.attributes, email: `${n}@example.org` } },
    }));
    for (let n = 0; n < members.length; n += 100) await api.table.transact(members.slice(n, n + 100));
    await grant('mixed/', { kind: 'person', id: id(1099) }, 'admin');
    const seen = await preview('ada', 'mixed/in/', { kind: 'grant', grantee: everyone, level: 'read' });
    expect(seen).toMatchObject({ people: { length: 1000 }, morePeople: 102, ask: true });
    expect(seen.people[0]).toMatchObject({ personId: id(1099), loses: true });
    expect(seen.people[1]).toMatchObject({ personId: idOf('bob'), gains: true });
  });

  it('counts up to ten thousand files, and says that there are more', async () => {
    seed(...Array.from({ length: 10_000 }, (_, i) => `team/${i}.md`));
    expect((await preview('ada', 'team/', revoke)).files).toEqual({ count: 10_000, more: false });
    seed('team/z.md');
    expect((await preview('ada', 'team/', revoke)).files).toEqual({ count: 10_000, more: true });
  });
});

describe('a change of a group or a member', () => {
  it('shows what coming into a group gives, what dropping takes, and what its end takes', async () => {
    const ada = api.as('ada');
    const { id: group } = await ada.groups.create({ vault, name: 'finance' });
    await grant('reports/', { kind: 'group', id: group }, 'write');
    const would = (kind: 'add' | 'drop') => ada.groups.preview({ vault, group, change: { kind, member: idOf('bob') } });
    const places = (before: string, after: string) => [{ path: 'reports/', before, after }];
    expect(await would('add')).toMatchObject({ version: 1, ask: false, people: [{ personId: idOf('bob'), gains: true, places: places('none', 'write') }] });
    await ada.groups.add({ vault, group, member: idOf('bob') });
    expect(await would('drop')).toMatchObject({ version: 2, ask: true, people: [{ personId: idOf('bob'), loses: true, places: places('write', 'none') }] });
    expect(await ada.groups.preview({ vault, group, change: { kind: 'remove' } })).toMatchObject({ ask: true, people: [{ places: places('write', 'none') }] });
    expect(await ada.groups.preview({ vault, group, change: { kind: 'add', member: group } })).toMatchObject({ refusal: { code: 'CONFLICT' }, people: [] });
    expect(await refusalOf(api.as('bob').groups.preview({ vault, group, change: { kind: 'remove' } }))).toBe('FORBIDDEN');
  });

  it('shows what another role gives or takes, and what goes with a membership', async () => {
    const would = (name: Name, change: Parameters<ReturnType<ApiUnderTest['as']>['members']['preview']>[0]['change']) =>
      api.as('ada').members.preview({ vault, personId: idOf(name), change });
    expect(await would('eve', { kind: 'set-role', role: 'contributor' })).toMatchObject({
      ask: false,
      people: [{ personId: idOf('eve'), gains: true, loses: false, places: [{ path: 'team/', before: 'read', after: 'write' }] }],
    });
    expect(await would('bob', { kind: 'remove' })).toMatchObject({
      ask: true,
      people: [
        {
          loses: true,
          places: [
            { path: 'team/', before: 'write', after: 'none' },
            { path: 'team/bobs/', before: 'admin', after: 'none' },
          ],
        },
      ],
    });
    expect(await would('eve', { kind: 'set-role', role: 'admin' })).toMatchObject({ people: [{ places: [{ path: '', before: 'none', after: 'admin' }, {}] }] });
    expect(await would('ada', { kind: 'remove' })).toMatchObject({ refusal: { code: 'LAST_ADMIN' }, people: [], ask: false });
    expect(await refusalOf(would('kim', { kind: 'remove' }))).toBe('NOT_FOUND');
    expect(await refusalOf(api.as('bob').members.preview({ vault, personId: idOf('eve'), change: { kind: 'remove' } }))).toBe('FORBIDDEN');
  });
});
