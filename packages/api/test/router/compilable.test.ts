/** A change after which someone's access would not fit into storage sessions is refused, at the limit exactly, and names no more than the asker may read. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idOf, startApi, type ApiUnderTest, type Name } from '../../test-support/api-under-test.ts';
import { refusalOf, refusedWith } from '../../test-support/refusal.ts';

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
const grant = (path: string, grantee: Grant['grantee'], level: Grant['level'], name: Name = 'ada') => api.as(name).acl.grant({ vault, path, grantee, level });
/** A folder whose name takes a session of its own: two of them are too long for one policy. */
const long = (n: number) => `${'deep/'.repeat(180)}${n}/`;
/** As if they had been granted when the limit was another one. */
const force = (path: string, kind: 'org' | 'person', level: string) =>
  api.table.put({ pk: vault, sk: `acl/${path}`, attributes: { rules: [{ kind, ...(kind === 'org' ? {} : { id: idOf('bob') }), level }], open: false } });

const fresh = async () => {
  ({ id: vault } = await api.organization(`acme-${organizations++}`, { bob: 'contributor', eve: 'read-only' }));
};

describe('a rule that takes a seventeenth session', () => {
  it('is refused for one person, where the sixteenth was not, and nothing is stored', async () => {
    await fresh();
    for (let n = 0; n < 16; n++) await grant(long(n), person('bob'), 'read');
    expect((await api.as('bob').credentials.issue({ vault, cone: '', access: 'read' })).sessions).toHaveLength(16);
    const error = await refusedWith(grant(long(16), person('bob'), 'read'));
    expect(error.code).toBe('SCOPE_TOO_LARGE');
    expect(error.details?.['rules']).toEqual([long(16), ...Array.from({ length: 16 }, (_, n) => long(n)).toSorted()]);
    // Eve has none of these, so there is room for her.
    await grant(long(16), person('eve'), 'read');
    await api.as('ada').acl.revoke({ vault, path: long(3), grantee: person('bob') });
    await grant(long(17), person('bob'), 'read');
  });

  it('is refused for everyone, for a group, for who comes into it, and for an open folder', async () => {
    await fresh();
    const ada = api.as('ada');
    const { id: group } = await ada.groups.create({ vault, name: 'team' });
    const team = { kind: 'group' as const, id: group };
    for (let n = 0; n < 15; n++) await grant(long(n), person('bob'), 'read');
    await grant(long(15), team, 'read');
    await grant(long(16), team, 'read');
    expect(await refusalOf(ada.groups.add({ vault, group, member: idOf('bob') }))).toBe('SCOPE_TOO_LARGE');
    expect(await ada.groups.preview({ vault, group, change: { kind: 'add', member: idOf('bob') } })).toMatchObject({
      refusal: { code: 'SCOPE_TOO_LARGE' },
      people: [{ personId: idOf('bob'), gains: true }],
    });
    await ada.acl.revoke({ vault, path: long(16), grantee: team });
    await ada.groups.add({ vault, group, member: idOf('bob') });
    expect(await refusalOf(grant(long(16), team, 'read'))).toBe('SCOPE_TOO_LARGE');
    expect(await refusalOf(grant(long(17), everyone, 'write'))).toBe('SCOPE_TOO_LARGE');
    expect(await refusalOf(ada.acl.setOpen({ vault, path: long(17), open: true }))).toBe('SCOPE_TOO_LARGE');
    expect(await ada.acl.preview({ vault, path: long(17), change: { kind: 'set-open', open: true } })).toMatchObject({
      refusal: { code: 'SCOPE_TOO_LARGE' },
      ask: false,
    });
    // A carve-out does not take a session where there is nothing to carve out of.
    await grant(long(17), everyone, 'none');
    // All of it at once takes one.
    await grant('', person('bob'), 'read');
  });

  it('is refused for writing too, where reading would fit', async () => {
    await fresh();
    await grant('', person('bob'), 'read');
    for (let n = 0; n < 16; n++) await grant(long(n), person('bob'), 'write');
    expect(await refusalOf(grant(long(16), person('bob'), 'write'))).toBe('SCOPE_TOO_LARGE');
  });
});

describe('a set that is too much already', () => {
  it('may become less or stay as it is, and not more', async () => {
    await fresh();
    for (let n = 0; n < 20; n++) await force(long(n), 'org', 'read');
    expect(await refusalOf(grant(long(20), everyone, 'read'))).toBe('SCOPE_TOO_LARGE');
    await grant(long(19), everyone, 'write');
    await api.as('ada').acl.revoke({ vault, path: long(19), grantee: everyone });
    await api.as('ada').acl.revoke({ vault, path: long(18), grantee: everyone });
    expect(await refusalOf(grant(long(18), person('bob'), 'read'))).toBe('SCOPE_TOO_LARGE');
    await grant('elsewhere/', person('ada'), 'read');
  });
});

describe('a refusal', () => {
  it('names and counts the rules that the asker may read, and the others neither in words nor in numbers', async () => {
    await fresh();
    await grant('team/', person('bob'), 'admin');
    for (let n = 0; n < 16; n++) await grant(`secret/${long(n)}`, person('eve'), 'read');
    const error = await refusedWith(grant(`team/${long(0)}`, person('eve'), 'read', 'bob'));
    expect(error).toMatchObject({ code: 'SCOPE_TOO_LARGE', details: { rules: [`team/${long(0)}`], count: 1 } });
    expect(JSON.stringify(error)).not.toContain('secret');
    const seen = await api.as('bob').acl.preview({ vault, path: `team/${long(0)}`, change: { kind: 'grant', grantee: person('eve'), level: 'read' } });
    expect(JSON.stringify(seen)).not.toContain('secret');
  });
});
