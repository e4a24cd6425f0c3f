/** Why: the whole story for who may know the rules, one's own answer for the others, and nothing about what is hidden. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emailOf, idOf, personalBucket, startApi, type ApiUnderTest, type Name } from '../../test-support/api-under-test.ts';
import { refusalOf } from '../../test-support/refusal.ts';

let api: ApiUnderTest;
let vault: string;
const person = (name: Name) => ({ kind: 'person' as const, id: idOf(name) });
const everyone = { kind: 'org' as const };

beforeAll(async () => {
  api = await startApi();
  ({ id: vault } = await api.organization('acme', { bob: 'contributor', eve: 'read-only' }));
  const grant = (path: string, grantee: ReturnType<typeof person> | typeof everyone, level: 'none' | 'read' | 'write' | 'admin', expiresAt?: number) =>
    api.as('ada').acl.grant({ vault, path, grantee, level, ...(expiresAt === undefined ? {} : { expiresAt }) });
  await grant('team/', everyone, 'write');
  await grant('team/', person('bob'), 'admin');
  await grant('team/soon/', everyone, 'none', api.now() + 60);
  await grant('team/secret/', everyone, 'none');
  await grant('team/secret/', person('bob'), 'none');
});
afterAll(() => api.close());

const why = (name: Name, path: string, about?: Name) => api.as(name).acl.explain({ vault, path, ...(about === undefined ? {} : { personId: idOf(about) }) });
const bobs = { grantee: person('bob'), level: 'admin' };

describe('why', () => {
  it('is the deciding rule, what lost to it, and what would help', async () => {
    api.pass(60);
    expect(await why('bob', 'team/soon/x')).toEqual({
      personId: idOf('bob'),
      email: emailOf('bob'),
      level: 'admin',
      because: { kind: 'rule', path: 'team/', rule: bobs },
      lost: [
        { path: 'team/soon/', what: { kind: 'rule', rule: { grantee: everyone, level: 'none', expiresAt: api.now() } }, why: 'expired' },
        { path: 'team/', what: { kind: 'rule', rule: { grantee: everyone, level: 'write' } }, why: 'a closer kind of grantee decides' },
      ],
      remedies: [],
    });
  });

  it('tells an admin of the path about others, with the cap of their role and every way to more', async () => {
    const eve = await why('bob', 'team/x', 'eve');
    expect(eve).toMatchObject({ personId: idOf('eve'), level: 'read', because: { kind: 'rule', path: 'team/', cappedBy: 'role', uncapped: 'write' } });
    expect(eve.remedies).toEqual([{ gives: 'write', steps: [{ kind: 'role', role: 'contributor' }] }]);
    const carved = await why('ada', 'team/secret/x', 'bob');
    expect(carved).toMatchObject({ level: 'none', because: { kind: 'rule', path: 'team/secret/', rule: { grantee: person('bob'), level: 'none' } } });
    expect(carved.remedies[0]).toEqual({ gives: 'read', steps: [{ kind: 'rule', path: 'team/secret/x', level: 'read' }] });
    expect(carved.remedies[1]?.steps).toContainEqual({ kind: 'lift', path: 'team/secret/', rules: [{ grantee: person('bob'), level: 'none' }] });
    expect(await why('ada', 'team/', 'ada')).toMatchObject({ level: 'admin', because: { kind: 'organization-admin' } });
  });

  it('tells others what decides for themselves, and neither what lost nor anything about anyone else', async () => {
    expect(await why('eve', 'team/x')).toEqual({
      personId: idOf('eve'),
      email: emailOf('eve'),
      level: 'read',
      because: { kind: 'rule', path: 'team/', rule: { grantee: everyone, level: 'write' }, cappedBy: 'role', uncapped: 'write' },
      lost: [],
      remedies: [],
    });
    expect(await refusalOf(why('eve', 'team/x', 'bob'))).toBe('FORBIDDEN');
    expect(await refusalOf(why('eve', 'team/secret/x', 'bob'))).toBe('NOT_FOUND');
    expect(await refusalOf(why('eve', 'nothing/x', 'kim'))).toBe('NOT_FOUND');
  });

  it('is the same where a hidden rule decides and where there is none, also for who is admin around it', async () => {
    for (const name of ['bob', 'eve'] as const) {
      const hidden = await why(name, 'team/secret/x');
      expect(hidden).toEqual({ personId: idOf(name), email: emailOf(name), level: 'none', because: { kind: 'no-rule' }, lost: [], remedies: [] });
      expect(JSON.stringify(hidden)).toBe(JSON.stringify(await why(name, 'nothing/here')));
    }
  });

  it('of someone who is not in the organization is NOT_FOUND', async () => {
    expect(await refusalOf(why('ada', 'team/', 'kim'))).toBe('NOT_FOUND');
    expect(await refusalOf(why('kim', 'team/'))).toBe('NOT_FOUND');
  });

  it('of a personal vault is that one owns it, and nobody else is in it', async () => {
    const answer = await api.as('kim').acl.explain({ vault: 'personal', path: 'x/y' });
    expect(answer).toEqual({ personId: idOf('kim'), email: null, level: 'admin', because: { kind: 'owner' }, lost: [], remedies: [] });
    expect(await refusalOf(api.as('kim').acl.explain({ vault: 'personal', path: 'x', personId: idOf('ada') }))).toBe('NOT_FOUND');
    expect(api.storage.minted.filter(({ policy }) => policy.includes(personalBucket))).toEqual([]);
  });
});
