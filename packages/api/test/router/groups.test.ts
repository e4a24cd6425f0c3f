/** `groups`: what each call answers, refuses and leaves behind, and what a group gives to those in it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emailOf, idOf, startApi, type ApiUnderTest, type Name } from '../../test-support/api-under-test.ts';
import { openMemoryPlace } from '../../test-support/memory-place.ts';
import { refusalOf } from '../../test-support/refusal.ts';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi({ on: openMemoryPlace() });
});
afterAll(() => api.close());

let organizations = 0;
/** An organization with Bob, and with Eve, who may only read. */
const organization = async () => (await api.organization(`org-${organizations++}`, { bob: 'contributor', eve: 'read-only' })).id;
const groupsOf = (name: Name) => api.as(name).groups;
const make = (vault: string, ...names: string[]) => Promise.all(names.map(async (name) => (await groupsOf('ada').create({ vault, name })).id));
const levelOf = async (name: Name, vault: string, path: string) => (await api.as(name).files.access({ vault, cone: '', paths: [path] })).levels[0];
const grantTo = (vault: string, group: string, path: string, level: 'none' | 'read' | 'write') =>
  api.as('ada').acl.grant({ vault, path, grantee: { kind: 'group', id: group }, level });
/** The refusal in its own words. */
const wordsOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'answered',
    (error: Error) => error.cause,
  );

describe('a group', () => {
  it('is made by an admin and seen by every member, with who is in it when it is asked for alone', async () => {
    const vault = await organization();
    const finance = await groupsOf('ada').create({ vault, name: 'finance' });
    expect(finance).toEqual({ id: expect.stringMatching(/^grp_/), name: 'finance', createdAt: api.now(), version: 1 });
    const [staff = ''] = await make(vault, 'all-staff');
    await groupsOf('ada').add({ vault, group: finance.id, member: idOf('bob') });
    await groupsOf('ada').add({ vault, group: staff, member: finance.id });
    await groupsOf('ada').add({ vault, group: staff, member: idOf('eve') });
    const listed = {
      groups: [
        { id: staff, name: 'all-staff', createdAt: api.now(), version: 3, groups: [finance.id], people: null, reach: 2 },
        { ...finance, version: 2, groups: [], people: null, reach: 1 },
      ],
    };
    expect(await groupsOf('eve').list({ vault })).toEqual(listed);
    const { groups } = await groupsOf('eve').list({ vault, group: staff });
    expect(groups).toEqual([{ ...listed.groups[0], people: [{ personId: idOf('eve'), email: emailOf('eve') }] }]);
  });

  it('shows the addresses that its people have today, which are not those of anybody else', async () => {
    const vault = await organization();
    const [group = ''] = await make(vault, 'a');
    for (const name of ['bob', 'eve'] as const) await groupsOf('ada').add({ vault, group, member: idOf(name) });
    // Bob's address moves to Kim, who is no member.
    await api.stores.people.bind({ personId: idOf('kim'), email: emailOf('bob'), emailVerified: true });
    const { groups } = await groupsOf('ada').list({ vault, group });
    expect(groups[0]?.people?.toSorted((a, b) => (a.personId < b.personId ? -1 : 1))).toEqual([
      { personId: idOf('bob'), email: null },
      { personId: idOf('eve'), email: emailOf('eve') },
    ]);
    await api.stores.people.bind({ personId: idOf('bob'), email: emailOf('bob'), emailVerified: true });
  });

  it('has a name that no other has, until it is removed; its id comes never again', async () => {
    const vault = await organization();
    const [first = ''] = await make(vault, 'ops');
    expect(await wordsOf(make(vault, 'ops'))).toMatchObject({ code: 'CONFLICT', message: 'There is a group "ops" already.' });
    await groupsOf('ada').remove({ vault, group: first });
    const [second] = await make(vault, 'ops');
    expect(second).not.toBe(first);
    expect(await refusalOf(groupsOf('ada').list({ vault, group: first }))).toBe('NOT_FOUND');
  });

  it.each(['', 'Ops', 'a b', '-x', 'x-', 'a'.repeat(49), 'a@b.c', '*', '${aws:username}', '../x', 'grp_x'])('is not named %j', async (name) => {
    expect(await refusalOf(groupsOf('ada').create({ vault: `cmp_${'0'.repeat(26)}`, name }))).toBe('BAD_REQUEST');
  });

  it('gives what rules give it to whom it holds by any way, from the moment they are in it until they are not', async () => {
    const vault = await organization();
    const [inner = '', outer = ''] = await make(vault, 'inner', 'outer');
    await grantTo(vault, outer, 'reports/', 'write');
    expect(await levelOf('bob', vault, 'reports/x')).toBe('none');
    await groupsOf('ada').add({ vault, group: inner, member: idOf('bob') });
    await groupsOf('ada').add({ vault, group: inner, member: idOf('eve') });
    expect(await levelOf('bob', vault, 'reports/x')).toBe('none');
    await groupsOf('ada').add({ vault, group: outer, member: inner });
    expect([await levelOf('bob', vault, 'reports/x'), await levelOf('eve', vault, 'reports/x')]).toEqual(['write', 'read']);
    await groupsOf('ada').drop({ vault, group: inner, member: idOf('eve') });
    expect([await levelOf('bob', vault, 'reports/x'), await levelOf('eve', vault, 'reports/x')]).toEqual(['write', 'none']);
    await groupsOf('ada').drop({ vault, group: outer, member: inner });
    expect(await levelOf('bob', vault, 'reports/x')).toBe('none');
  });

  it('takes with it what its people had by it, and the rules that name it', async () => {
    const vault = await organization();
    const [inner = '', gone = '', outer = ''] = await make(vault, 'inner', 'gone', 'outer');
    await groupsOf('ada').add({ vault, group: inner, member: idOf('bob') });
    await groupsOf('ada').add({ vault, group: gone, member: inner });
    await groupsOf('ada').add({ vault, group: outer, member: gone });
    await grantTo(vault, outer, 'by-outer/', 'write');
    await grantTo(vault, gone, 'by-gone/', 'write');
    await grantTo(vault, gone, 'by-outer/a.md', 'none');
    await grantTo(vault, inner, 'by-gone/', 'read');
    await api.as('bob').credentials.issue({ vault, cone: 'by-gone/', access: 'write' });
    const removed = await groupsOf('ada').remove({ vault, group: gone });
    expect(removed).toEqual({ id: gone, name: 'gone', rules: ['by-gone/', 'by-outer/a.md'], ruleCount: 2, sessionsEndBy: api.now() + 900 });
    expect([await levelOf('bob', vault, 'by-outer/x'), await levelOf('bob', vault, 'by-gone/x')]).toEqual(['none', 'read']);
    const { records } = await api.as('ada').acl.list({ vault, path: '' });
    expect(records.flatMap(({ path, rules }) => rules.map(({ grantee }) => [path, grantee]))).toEqual([
      ['by-gone/', { kind: 'group', id: inner }],
      ['by-outer/', { kind: 'group', id: outer }],
    ]);
    expect((await groupsOf('ada').list({ vault })).groups.map(({ name, groups }) => [name, groups])).toEqual([
      ['inner', []],
      ['outer', []],
    ]);
  });
});

describe('what no session could hold', () => {
  /** A folder whose name takes a session of its own; a seventeenth is too much. */
  const long = (n: number) => `${'deep/'.repeat(180)}${n}/`;

  it('is not made by putting a group into another', async () => {
    const vault = await organization();
    const [inner = '', outer = ''] = await make(vault, 'inner', 'outer');
    await groupsOf('ada').add({ vault, group: inner, member: idOf('bob') });
    for (let n = 0; n < 15; n++) await grantTo(vault, inner, long(n), 'read');
    for (let n = 15; n < 17; n++) await grantTo(vault, outer, long(n), 'read');
    expect(await refusalOf(groupsOf('ada').add({ vault, group: outer, member: inner }))).toBe('SCOPE_TOO_LARGE');
    await api.as('ada').acl.revoke({ vault, path: long(3), grantee: { kind: 'group', id: inner } });
    await groupsOf('ada').add({ vault, group: outer, member: inner });
    expect(await levelOf('bob', vault, `${long(16)}x`)).toBe('read');
  });

  it('does not keep anybody in a group: access is taken away nevertheless', async () => {
    const vault = await organization();
    const [group = '', spare = ''] = await make(vault, 'wide', 'spare');
    for (const name of ['bob', 'eve'] as const) await groupsOf('ada').add({ vault, group, member: idOf(name) });
    await grantTo(vault, group, '', 'read');
    for (let n = 0; n < 17; n++) await api.as('ada').acl.grant({ vault, path: long(n), grantee: { kind: 'org' }, level: 'read' });
    await groupsOf('ada').drop({ vault, group, member: idOf('bob') });
    expect([await levelOf('bob', vault, 'x'), await levelOf('bob', vault, `${long(1)}x`)]).toEqual(['none', 'read']);
    expect(await refusalOf(api.as('bob').credentials.issue({ vault, cone: '', access: 'read' }))).toBe('SCOPE_TOO_LARGE');
    await groupsOf('ada').remove({ vault, group });
    expect(await levelOf('eve', vault, 'x')).toBe('none');
    // What was too much before is no reason to refuse what does not add to it.
    expect(await groupsOf('ada').add({ vault, group: spare, member: idOf('bob') })).toMatchObject({ version: 2 });
  });
});

describe('a change', () => {
  it('that takes access away says until when sessions work that were granted before, of its people alone', async () => {
    const vault = await organization();
    const [inner = '', outer = '', others = ''] = await make(vault, 'inner', 'outer', 'others');
    const { add, drop } = groupsOf('ada');
    await add({ vault, group: inner, member: idOf('bob') });
    await add({ vault, group: others, member: idOf('eve') });
    for (const member of [inner, others]) await add({ vault, group: outer, member });
    await grantTo(vault, outer, 'x/', 'read');
    expect((await drop({ vault, group: outer, member: inner })).sessionsEndBy).toBeNull();
    await add({ vault, group: outer, member: inner });
    await api.as('bob').credentials.issue({ vault, cone: 'x/', access: 'read' });
    const end = api.now() + 900;
    expect((await drop({ vault, group: outer, member: others })).sessionsEndBy).toBeNull();
    expect((await drop({ vault, group: outer, member: inner })).sessionsEndBy).toBe(end);
    expect((await drop({ vault, group: inner, member: idOf('bob') })).sessionsEndBy).toBe(end);
  });

  it('is for admins; strangers learn nothing', async () => {
    const vault = await organization();
    const [group = '', other = ''] = await make(vault, 'a', 'b');
    const changes = (name: Name) => [
      () => groupsOf(name).create({ vault, name: 'x' }),
      () => groupsOf(name).add({ vault, group, member: idOf('bob') }),
      () => groupsOf(name).add({ vault, group, member: other }),
      () => groupsOf(name).drop({ vault, group, member: idOf('bob') }),
      () => groupsOf(name).remove({ vault, group }),
      () => groupsOf(name).remove({ vault, group: `grp_${'0'.repeat(26)}` }),
    ];
    for (const change of changes('bob')) expect(await refusalOf(change())).toBe('FORBIDDEN');
    for (const change of [...changes('kim'), () => groupsOf('kim').list({ vault })]) expect(await refusalOf(change())).toBe('NOT_FOUND');
    expect((await groupsOf('ada').list({ vault })).groups.map(({ version }) => version)).toEqual([1, 1]);
  });

  it('of what is so already changes nothing', async () => {
    const vault = await organization();
    const [group = '', other = ''] = await make(vault, 'a', 'b');
    const { add, drop } = groupsOf('ada');
    for (const member of [idOf('bob'), other]) {
      const { version } = await add({ vault, group, member });
      expect(await add({ vault, group, member, version })).toMatchObject({ version });
      expect(await drop({ vault, group, member, version })).toMatchObject({ version: version + 1, sessionsEndBy: null });
      expect(await drop({ vault, group, member })).toMatchObject({ version: version + 1 });
    }
  });

  it('names what it does not find, and what to do', async () => {
    const vault = await organization();
    const [group = ''] = await make(vault, 'a');
    const { add, drop, remove } = groupsOf('ada');
    const unknown = `grp_${'0'.repeat(26)}`;
    for (const call of [() => add({ vault, group, member: idOf('kim') }), () => drop({ vault, group, member: idOf('kim') })]) {
      expect(await wordsOf(call())).toMatchObject({ code: 'NOT_FOUND', hint: expect.stringContaining('hq members invite') });
    }
    for (const call of [
      () => add({ vault, group: unknown, member: idOf('bob') }),
      () => add({ vault, group, member: unknown }),
      () => drop({ vault, group, member: unknown }),
      () => remove({ vault, group: unknown }),
    ]) {
      expect(await wordsOf(call())).toMatchObject({ code: 'NOT_FOUND', hint: expect.stringContaining('hq groups list') });
    }
    expect(await refusalOf(add({ vault, group, member: 'bob' }))).toBe('BAD_REQUEST');
    expect(await refusalOf(add({ vault: 'personal', group, member: idOf('bob') }))).toBe('BAD_REQUEST');
  });

  it('based on another version is refused, and told what happened since', async () => {
    const vault = await organization();
    const [group = '', inner = ''] = await make(vault, 'a', 'b');
    const { add, drop, remove } = groupsOf('ada');
    await add({ vault, group, member: idOf('bob'), version: 1 });
    await add({ vault, group, member: inner, version: 2 });
    await drop({ vault, group, member: idOf('bob'), version: 3 });
    const by = `by person ${idOf('ada')} at ${new Date(api.now() * 1000).toISOString().replace('.000', '')}`;
    const stale = { code: 'CONFLICT', details: { version: 4, changed: [`+ group ${inner} ${by}`, `- person ${idOf('bob')} ${by}`] } };
    for (const call of [add({ vault, group, member: idOf('eve'), version: 2 }), remove({ vault, group, version: 2 })])
      expect(await wordsOf(call)).toMatchObject(stale);
    expect((await groupsOf('ada').list({ vault, group })).groups[0]).toMatchObject({ version: 4, people: [], groups: [inner] });
  });

  it('is on the trail with what it found and what it left', async () => {
    const vault = await organization();
    const [group = ''] = await make(vault, 'a');
    await grantTo(vault, group, 'x/', 'read');
    await groupsOf('ada').add({ vault, group, member: idOf('bob') });
    await groupsOf('ada').drop({ vault, group, member: idOf('bob') });
    await groupsOf('ada').remove({ vault, group });
    const { entries } = await api.stores.audit.list({ partition: vault, limit: 100 });
    const change = { personId: idOf('ada'), outcome: 'done', code: null };
    const fact = (version: number, holds: boolean) => ({ group, name: 'a', version, member: idOf('bob'), holds });
    expect(entries.filter(({ action }) => action.startsWith('groups.'))).toMatchObject([
      { ...change, action: 'groups.remove', paths: ['x/'], before: { group, name: 'a', version: 3, people: 0, rules: 1 }, after: null },
      { ...change, action: 'groups.drop', before: fact(2, true), after: fact(3, false) },
      { ...change, action: 'groups.add', before: fact(1, false), after: fact(2, true) },
      { ...change, action: 'groups.create', before: null, after: { group, name: 'a', version: 1 } },
    ]);
  });

  it('is made once a request id, and answered the same again', async () => {
    const vault = await organization();
    const requestId = (n: number) => `request-${'0'.repeat(12)}-${n}`;
    const { create, add, drop, remove, list } = groupsOf('ada');
    const group = await create({ vault, name: 'a', requestId: requestId(0) });
    expect(await create({ vault, name: 'a', requestId: requestId(0) })).toEqual(group);
    const membership = { vault, group: group.id, member: idOf('bob'), version: 1 };
    const added = await add({ ...membership, requestId: requestId(1) });
    expect(await add({ ...membership, requestId: requestId(1) })).toEqual(added);
    expect(await refusalOf(add({ ...membership, member: idOf('eve'), requestId: requestId(1) }))).toBe('CONFLICT');
    const dropped = await drop({ ...membership, version: 2, requestId: requestId(2) });
    expect(await drop({ ...membership, version: 2, requestId: requestId(2) })).toEqual(dropped);
    const removed = await remove({ vault, group: group.id, version: 3, requestId: requestId(3) });
    expect(await remove({ vault, group: group.id, version: 3, requestId: requestId(3) })).toEqual(removed);
    expect((await list({ vault })).groups).toEqual([]);
  });
});
