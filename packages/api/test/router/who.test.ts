/** Who can reach a path: everyone, with groups unfolded, and the addresses that still wait. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emailOf, idOf, startApi, type ApiUnderTest, type Name } from '../../test-support/api-under-test.ts';
import { refusalOf } from '../../test-support/refusal.ts';

let api: ApiUnderTest;
let vault: string;
const person = (name: Name) => ({ kind: 'person' as const, id: idOf(name) });
const address = (email: string) => ({ kind: 'email' as const, email });

beforeAll(async () => {
  api = await startApi();
  ({ id: vault } = await api.organization('acme', { bob: 'contributor', eve: 'read-only' }));
});
afterAll(() => api.close());

const who = (name: Name, path: string) => api.as(name).acl.who({ vault, path });
type Grant = Parameters<ReturnType<ApiUnderTest['as']>['acl']['grant']>[0];
const grant = (path: string, grantee: Grant['grantee'], level: Grant['level'], expiresAt?: number) =>
  api.as('ada').acl.grant({ vault, path, grantee, level, ...(expiresAt === undefined ? {} : { expiresAt }) });

describe('who', () => {
  it('is everyone with a level, the highest first, with the reason and through groups in groups', async () => {
    const ada = api.as('ada');
    const [inner, outer] = [await ada.groups.create({ vault, name: 'inner' }), await ada.groups.create({ vault, name: 'outer' })];
    await ada.groups.add({ vault, group: inner.id, member: idOf('eve') });
    await ada.groups.add({ vault, group: outer.id, member: inner.id });
    const rule = { grantee: { kind: 'group' as const, id: outer.id }, level: 'write' as const };
    await grant('plans/', rule.grantee, rule.level);
    await grant('plans/mine/', person('bob'), 'write');
    const all = await who('ada', 'plans/mine/x');
    expect(all.waiting).toEqual([]);
    expect(all.people).toEqual([
      { personId: idOf('ada'), email: emailOf('ada'), role: 'admin', level: 'admin', because: { kind: 'organization-admin' } },
      {
        personId: idOf('bob'),
        email: emailOf('bob'),
        role: 'contributor',
        level: 'write',
        because: { kind: 'rule', path: 'plans/mine/', rule: { grantee: person('bob'), level: 'write' } },
      },
      {
        personId: idOf('eve'),
        email: emailOf('eve'),
        role: 'read-only',
        level: 'read',
        because: { kind: 'rule', path: 'plans/', rule, cappedBy: 'role', uncapped: 'write' },
      },
    ]);
    expect((await who('ada', 'plans/')).people.map(({ personId }) => personId)).toEqual([idOf('ada'), idOf('eve')]);
  });

  it('names addresses that wait, by the rule on the longest path, and none that is carved out, has ended or belongs to a member', async () => {
    await grant('w/', address('new@example.com'), 'write');
    await grant('w/', address('out@example.com'), 'read');
    await grant('w/', address('late@example.com'), 'read', api.now() + 60);
    await grant('w/in/', address('new@example.com'), 'read', api.now() + 86_400);
    await grant('w/in/', address('out@example.com'), 'none');
    api.pass(60);
    expect((await who('ada', 'w/in/x')).waiting).toEqual([{ email: 'new@example.com', level: 'read', path: 'w/in/', expiresAt: api.now() + 86_340 }]);
    expect((await who('ada', 'w/')).waiting).toEqual([
      { email: 'new@example.com', level: 'write', path: 'w/' },
      { email: 'out@example.com', level: 'read', path: 'w/' },
    ]);
  });

  it('names someone who joined with their address as a person, and not among those who wait', async () => {
    const rules = [{ kind: 'email', email: emailOf('eve'), level: 'read' }];
    await api.table.put({ pk: vault, sk: 'acl/joined/', attributes: { rules, open: false } });
    const { people, waiting } = await who('ada', 'joined/x');
    expect(people).toMatchObject([
      { personId: idOf('ada') },
      { personId: idOf('eve'), level: 'read', because: { rule: { grantee: address(emailOf('eve')) } } },
    ]);
    expect(waiting).toEqual([]);
  });

  it('is for admins of the path alone', async () => {
    await grant('bobs/', person('bob'), 'admin');
    await grant('bobs/secret/', person('bob'), 'none');
    expect((await who('bob', 'bobs/')).people.map(({ personId }) => personId)).toEqual([idOf('ada'), idOf('bob')]);
    expect(await refusalOf(who('bob', 'bobs/secret/x'))).toBe('NOT_FOUND');
    expect(await refusalOf(who('bob', 'plans/mine/'))).toBe('FORBIDDEN');
    expect(await refusalOf(who('kim', ''))).toBe('NOT_FOUND');
  });
});
