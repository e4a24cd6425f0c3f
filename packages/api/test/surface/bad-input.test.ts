/**
 * What is well-formed and wrong: each is refused with a typed error that says what to do, and leaves nothing behind but the entry in the audit trail. Rows are
 * read as "who asks what, and is answered how".
 */
import { callTRPCProcedure } from '@trpc/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorCode } from '@hq/shared/errors';
import { maxGroupDepth } from '@hq/shared/acl/groups';
import { toHqError } from '../../src/error-map.ts';
import { appRouter } from '../../src/index.ts';
import type { Table, Write } from '../../src/ports/table.ts';
import { writeBody } from '../../src/ports/table-limits.ts';
import { createStores } from '../../src/stores/stores.ts';
import { emailOf, idOf, startApi, type ApiUnderTest, type Name } from '../../test-support/api-under-test.ts';
import { openMemoryPlace } from '../../test-support/memory-place.ts';

let api: ApiUnderTest;
/** Keys that were written, entries of the audit trail aside. */
const written: string[] = [];
const ids: Record<string, string> = {};

beforeAll(async () => {
  const place = openMemoryPlace();
  const { clock, randomBytes } = place;
  const note = (write: Write) => {
    const { pk, sk } = writeBody(write);
    if (!pk.startsWith('audit#')) written.push(`${pk} ${sk}`);
  };
  const noted = <Body extends object>(kind: 'put' | 'update' | 'remove', body: Body): Body => {
    note({ [kind]: body } as unknown as Write);
    return body;
  };
  const table: Table = {
    ...place.table,
    put: (put) => place.table.put(noted('put', put)),
    update: (update) => place.table.update(noted('update', update)),
    remove: (remove) => place.table.remove(noted('remove', remove)),
    transact(writes) {
      writes.forEach(note);
      return place.table.transact(writes);
    },
  };
  api = await startApi({ on: { table, clock, randomBytes, stores: createStores({ table, clock, randomBytes, region: 'us-east-1' }) } });
  const { id: vault } = await api.organization('acme', { bob: 'contributor', eve: 'read-only' });
  const ada = api.as('ada');
  const grant = (path: string, name: Name, level: 'read' | 'write' | 'admin') =>
    ada.acl.grant({ vault, path, grantee: { kind: 'person', id: idOf(name) }, level });
  await grant('team/', 'bob', 'admin');
  await grant('docs/', 'bob', 'write');
  await ada.acl.grant({ vault, path: 'docs/', grantee: { kind: 'org' }, level: 'read' });
  const inner = await ada.groups.create({ vault, name: 'inner' });
  const outer = await ada.groups.create({ vault, name: 'outer' });
  await ada.groups.add({ vault, group: outer.id, member: inner.id });
  // A chain as deep as chains go.
  const chain: string[] = [];
  for (let depth = 0; depth < maxGroupDepth; depth++) {
    const { id } = await ada.groups.create({ vault, name: `chain-${depth}` });
    const last = chain.at(-1);
    if (last !== undefined) await ada.groups.add({ vault, group: last, member: id });
    chain.push(id);
  }
  const gone = await ada.groups.create({ vault, name: 'gone' });
  await ada.groups.remove({ vault, group: gone.id });
  const invitation = await ada.members.invite({ vault, email: 'new@example.com', role: 'contributor' });
  await ada.members.withdraw({ vault, invitation: invitation.id });
  const { id: other } = await ada.orgs.create({ name: 'globex' });
  const foreign = await ada.groups.create({ vault: other, name: 'board' });
  await ada.groups.create({ vault, name: 'used', requestId: 'request-that-was-used' });
  Object.assign(ids, { vault, inner: inner.id, outer: outer.id, gone: gone.id, withdrawn: invitation.id, foreign: foreign.id });
  Object.assign(ids, { innermost: chain.at(-1), outermost: chain[0], nobody: '00000000-0000-4000-8000-00000000dead', noGroup: `grp_${'0'.repeat(26)}` });
});
afterAll(() => api.close());

type Row = readonly [what: string, who: Name, procedure: string, input: () => Record<string, unknown>, code: ErrorCode, says: RegExp];

const person = (id: string | undefined) => ({ kind: 'person', id });
const group = (id: string | undefined) => ({ kind: 'group', id });
const org = { kind: 'org' };
const past = 1_799_999_999;

const rows: readonly Row[] = [
  ['a rule for a person who is no member', 'ada', 'acl.grant', () => ({ path: 'a/', grantee: person(ids['nobody']), level: 'read' }), 'NOT_FOUND', /member/],
  ['a rule for a group that never was', 'ada', 'acl.grant', () => ({ path: 'a/', grantee: group(ids['noGroup']), level: 'read' }), 'NOT_FOUND', /group/],
  ['a rule for a group that was removed', 'ada', 'acl.grant', () => ({ path: 'a/', grantee: group(ids['gone']), level: 'read' }), 'NOT_FOUND', /group/],
  [
    'a rule for a group of another organization',
    'ada',
    'acl.grant',
    () => ({ path: 'a/', grantee: group(ids['foreign']), level: 'read' }),
    'NOT_FOUND',
    /group/,
  ],
  ['a rule at a path that one may not read', 'bob', 'acl.grant', () => ({ path: 'secret/', grantee: org, level: 'read' }), 'NOT_FOUND', /./],
  ['a level above one’s own', 'bob', 'acl.grant', () => ({ path: 'docs/', grantee: org, level: 'admin' }), 'FORBIDDEN', /./],
  ['a rule by someone whose role gives no more than reading', 'eve', 'acl.grant', () => ({ path: 'docs/', grantee: org, level: 'read' }), 'FORBIDDEN', /./],
  ['a rule that has ended', 'ada', 'acl.grant', () => ({ path: 'a/', grantee: org, level: 'read', expiresAt: past }), 'BAD_REQUEST', /ended|future/],
  ['a rule that ends now', 'ada', 'acl.grant', () => ({ path: 'a/', grantee: org, level: 'read', expiresAt: past + 1 }), 'BAD_REQUEST', /ended|future/],
  ['a rule on another version', 'ada', 'acl.grant', () => ({ path: 'docs/', grantee: org, level: 'write', version: 1 }), 'CONFLICT', /./],
  ['a rule where there was none, and is one', 'ada', 'acl.grant', () => ({ path: 'docs/', grantee: org, level: 'write', version: 0 }), 'CONFLICT', /./],
  ['a revocation of what is no rule', 'ada', 'acl.revoke', () => ({ path: 'docs/', grantee: person(idOf('eve')) }), 'NOT_FOUND', /rule/],
  ['an opening on another version', 'ada', 'acl.setOpen', () => ({ path: 'docs/', open: true, version: 99 }), 'CONFLICT', /./],
  ['why, of a person who is no member', 'ada', 'acl.explain', () => ({ path: 'docs/', personId: ids['nobody'] }), 'NOT_FOUND', /member/],
  ['why, of someone else, without the right to know', 'eve', 'acl.explain', () => ({ path: 'docs/', personId: idOf('bob') }), 'FORBIDDEN', /./],
  ['who, without the right to know', 'eve', 'acl.who', () => ({ path: 'docs/' }), 'FORBIDDEN', /./],
  ['the proof of a person who is no member', 'ada', 'acl.prove', () => ({ personId: ids['nobody'] }), 'NOT_FOUND', /member/],
  ['the proof of someone else, by no admin', 'bob', 'acl.prove', () => ({ personId: idOf('eve') }), 'FORBIDDEN', /./],
  ['a group in itself', 'ada', 'groups.add', () => ({ group: ids['inner'], member: ids['inner'] }), 'CONFLICT', /itself/],
  ['a cycle of groups', 'ada', 'groups.add', () => ({ group: ids['inner'], member: ids['outer'] }), 'CONFLICT', /itself/],
  ['a chain one group deeper than the limit', 'ada', 'groups.add', () => ({ group: ids['innermost'], member: ids['inner'] }), 'CONFLICT', /deep/],
  ['a group that is not there', 'ada', 'groups.add', () => ({ group: ids['noGroup'], member: idOf('bob') }), 'NOT_FOUND', /group/],
  ['a person in a group who is no member', 'ada', 'groups.add', () => ({ group: ids['inner'], member: ids['nobody'] }), 'NOT_FOUND', /member/],
  ['a foreign group in a group', 'ada', 'groups.add', () => ({ group: ids['inner'], member: ids['foreign'] }), 'NOT_FOUND', /group/],
  ['a group by no admin', 'bob', 'groups.create', () => ({ name: 'mine' }), 'FORBIDDEN', /admin/],
  ['a group’s name that is taken', 'ada', 'groups.create', () => ({ name: 'inner' }), 'CONFLICT', /./],
  ['a group of another version', 'ada', 'groups.remove', () => ({ group: ids['inner'], version: 99 }), 'CONFLICT', /./],
  ['the removal of a group that was removed', 'ada', 'groups.remove', () => ({ group: ids['gone'] }), 'NOT_FOUND', /group/],
  ['an invitation above one’s own role', 'bob', 'members.invite', () => ({ email: 'x@example.com', role: 'admin' }), 'FORBIDDEN', /admin/],
  ['an invitation of a member', 'ada', 'members.invite', () => ({ email: emailOf('bob'), role: 'contributor' }), 'CONFLICT', /member/],
  ['an invitation into the past', 'ada', 'members.invite', () => ({ email: 'x@example.com', role: 'contributor', memberUntil: past }), 'BAD_REQUEST', /./],
  ['an admin who ends', 'ada', 'members.invite', () => ({ email: 'x@example.com', role: 'admin', memberUntil: past + 999 }), 'BAD_REQUEST', /admin/],
  ['an invitation that was withdrawn, withdrawn again', 'ada', 'members.withdraw', () => ({ invitation: ids['withdrawn'] }), 'NOT_FOUND', /invitation/],
  ['a role for nobody', 'ada', 'members.setRole', () => ({ personId: ids['nobody'], role: 'admin' }), 'NOT_FOUND', /member/],
  ['a role by no admin', 'bob', 'members.setRole', () => ({ personId: idOf('bob'), role: 'admin' }), 'FORBIDDEN', /admin/],
  ['an end for an admin', 'ada', 'members.setRole', () => ({ personId: idOf('ada'), role: 'admin', expiresAt: past + 999 }), 'BAD_REQUEST', /admin/],
  ['an end that has passed', 'ada', 'members.setRole', () => ({ personId: idOf('bob'), role: 'contributor', expiresAt: past }), 'BAD_REQUEST', /./],
  ['the last admin as a contributor', 'ada', 'members.setRole', () => ({ personId: idOf('ada'), role: 'contributor' }), 'LAST_ADMIN', /last admin/],
  ['the last admin removed', 'ada', 'members.remove', () => ({ personId: idOf('ada') }), 'LAST_ADMIN', /last admin/],
  ['the last admin leaving', 'ada', 'members.leave', () => ({}), 'LAST_ADMIN', /last admin/],
  ['nobody removed', 'ada', 'members.remove', () => ({ personId: ids['nobody'] }), 'NOT_FOUND', /member/],
  ['a removal on another version', 'ada', 'members.remove', () => ({ personId: idOf('bob'), version: 99 }), 'CONFLICT', /./],
  [
    'a request id that was used for something else',
    'ada',
    'groups.create',
    () => ({ name: 'different', requestId: 'request-that-was-used' }),
    'CONFLICT',
    /request id/,
  ],
  ['a request id of the wrong form', 'ada', 'groups.create', () => ({ name: 'different', requestId: '../../../etc/passwd' }), 'BAD_REQUEST', /request id/],
];

async function refusal(who: Name, path: string, input: Record<string, unknown>) {
  const type = (appRouter._def.procedures as unknown as Readonly<Record<string, { _def: { type: 'query' | 'mutation' } }>>)[path]?._def.type ?? 'query';
  const getRawInput = async () => ({ vault: ids['vault'], ...input });
  try {
    await callTRPCProcedure({ router: appRouter, path, type, ctx: api.contextOf(who), batchIndex: 0, signal: undefined, getRawInput });
  } catch (cause) {
    return toHqError(cause);
  }
  throw new Error(`${path} was answered`);
}

describe('is refused, says what to do, and changes nothing:', () => {
  it.each(rows)('%s', async (_, who, procedure, input, code, says) => {
    written.length = 0;
    const error = await refusal(who, procedure, input());
    expect({ code: error.code, message: error.message, hint: error.hint }).toEqual({
      code,
      message: expect.stringMatching(/\w/),
      hint: expect.stringMatching(/\w/),
    });
    expect(`${error.message} ${error.hint}`).toMatch(says);
    expect(written).toEqual([]);
    expect(api.storage.minted).toEqual([]);
    expect(api.logged).toEqual([]);
    // Whoever may see the thing is told its present version, and what changed since.
    expect(/version/.test(_) && code === 'CONFLICT' ? Object.keys(error.details ?? {}) : ['changed', 'version']).toEqual(
      expect.arrayContaining(['changed', 'version']),
    );
  });
});

it('a preview says of a change that it would be refused, in the words of the change itself', async () => {
  const rule = { kind: 'grant', grantee: { kind: 'org' }, level: 'read', expiresAt: past } as const;
  const { refusal: said } = await api.as('ada').acl.preview({ vault: ids['vault'] ?? '', path: 'a/', change: rule });
  const { code, message, hint } = await refusal('ada', 'acl.grant', { path: 'a/', grantee: org, level: 'read', expiresAt: past });
  expect(said).toEqual({ code, message, hint });
});

it.each(rows.filter(([what]) => what.includes('version')))('%s: the present version is told, and what changed since', async (_, who, procedure, input) => {
  const { details } = await refusal(who, procedure, input());
  expect(details).toMatchObject({ version: expect.any(Number), changed: expect.any(Array) });
});

describe('names that look like patterns', () => {
  const names = ['*', '?', '${aws:username}', '$', '{a,b}', '[a-z]', '__proto__', 'constructor', "'", '"', '%2e%2e', 'a b', '**', '#{}'];

  it('are names: a rule at one is a rule there, and nowhere else', async () => {
    const ada = api.as('ada');
    const { id: vault } = await ada.orgs.create({ name: 'patterns' });
    for (const name of names) await ada.acl.grant({ vault, path: `names/${name}/`, grantee: org as { kind: 'org' }, level: 'read' });
    const { records } = await ada.acl.list({ vault, path: 'names/' });
    expect(records.map(({ path }) => path).toSorted()).toEqual(names.map((name) => `names/${name}/`).toSorted());
    expect(records.every(({ rules, version }) => rules.length === 1 && version === 1)).toBe(true);
  });
});

describe('10,000 rules on one path', () => {
  it('are refused at the limit, by name, and the rules before it stay as they are', async () => {
    const ada = api.as('ada');
    const { id: vault } = await ada.orgs.create({ name: 'crowded' });
    const grantAt = (n: number) => ada.acl.grant({ vault, path: 'crowd/', grantee: { kind: 'email', email: `p${n}@example.com` }, level: 'read' });
    let count = 0;
    const refused = await (async () => {
      for (; count < 10_000; count++) {
        try {
          await grantAt(count);
        } catch (cause) {
          return toHqError(cause);
        }
      }
      return undefined;
    })();
    expect(refused).toMatchObject({ code: 'TOO_LARGE', message: expect.stringMatching(/\w/), hint: expect.stringMatching(/\w/) });
    expect((await ada.acl.list({ vault, path: 'crowd/' })).records[0]?.rules).toHaveLength(count);
    // The one past the limit again, and one within it.
    await expect(grantAt(count)).rejects.toMatchObject({ message: refused?.message });
    await ada.acl.revoke({ vault, path: 'crowd/', grantee: { kind: 'email', email: 'p0@example.com' } });
    await grantAt(count);
  });
});
