/** Whose is a rule for an address: stories of people who join, change addresses, swap them, leave and come back. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createCaller } from '../../src/index.ts';
import { idOf, startApi, type ApiUnderTest, type Name } from '../../test-support/api-under-test.ts';
import { refusalOf, refusedWith } from '../../test-support/refusal.ts';

let api: ApiUnderTest;
let vault: string;
/** What the issuer says of each person now. */
let addresses: Map<Name, { email: string; verified: boolean }>;

beforeEach(async () => {
  api = await startApi();
  addresses = new Map();
  for (const name of ['ada', 'bob', 'eve', 'kim'] as const) addresses.set(name, { email: `${name}@example.com`, verified: true });
  ({ id: vault } = await as('ada').orgs.create({ name: 'acme' }));
});
afterEach(() => api.close());

/** Someone who signs in anew for each call, so that their address is as fresh as can be. */
function as(name: Name) {
  const context = api.contextOf(name);
  const { people } = api.stores;
  const refresh = () => {
    const { email, verified } = addresses.get(name) ?? { email: '', verified: false };
    return people.bind({ personId: idOf(name), email, emailVerified: verified });
  };
  return createCaller({ ...context, ports: { ...context.ports, profiles: { refresh } } });
}

async function move(name: Name, email: string, verified = true): Promise<void> {
  addresses.set(name, { email, verified });
  await as(name).me.get();
}
const ruleFor = (email: string, path = 'a/') => as('ada').acl.grant({ vault, path, grantee: { kind: 'email', email }, level: 'write' });
const levelOf = async (name: Name, path = 'a/x') => (await as(name).files.access({ vault, cone: '', paths: [path] })).levels[0];
async function join(name: Name, email: string): Promise<void> {
  const { id } = await as('ada').members.invite({ vault, email, role: 'contributor' });
  await as(name).members.accept({ invitation: id });
}
const shown = async (name: Name) => {
  const member = (await as('ada').members.list({ vault })).members.find(({ personId }) => personId === idOf(name));
  return [member?.email, member?.joinedAs];
};

it('a rule waits for its address, and is theirs who join with it', async () => {
  await ruleFor('bob@example.com');
  await join('bob', 'bob@example.com');
  expect(await levelOf('bob')).toBe('write');
});

it('a rule waits on while the address is not verified', async () => {
  await ruleFor('bob@example.com');
  addresses.set('bob', { email: 'bob@example.com', verified: false });
  expect(await refusalOf(join('bob', 'bob@example.com'))).toBe('NOT_FOUND');
  await move('bob', 'other@example.com');
  await join('bob', 'other@example.com');
  expect(await levelOf('bob')).toBe('none');
  await move('bob', 'bob@example.com', false);
  expect(await levelOf('bob')).toBe('none');
});

it('a later change of address takes nothing along and gives nothing', async () => {
  await ruleFor('bob@example.com');
  await ruleFor('new@example.com', 'b/');
  await join('bob', 'bob@example.com');
  await move('bob', 'new@example.com');
  expect([await levelOf('bob'), await levelOf('bob', 'b/x')]).toEqual(['write', 'none']);
  expect(await shown('bob')).toEqual(['new@example.com', 'bob@example.com']);
});

it('the next owner of an address gets nothing of it, member or not', async () => {
  await ruleFor('bob@example.com');
  await join('bob', 'bob@example.com');
  await move('bob', 'elsewhere@example.com');
  await move('eve', 'bob@example.com');
  await join('eve', 'bob@example.com');
  expect([await levelOf('bob'), await levelOf('eve')]).toEqual(['write', 'none']);
  expect([await shown('bob'), await shown('eve')]).toEqual([
    ['elsewhere@example.com', 'bob@example.com'],
    ['bob@example.com', null],
  ]);
});

it('two who swap their addresses keep each their own', async () => {
  await ruleFor('bob@example.com', 'bobs/');
  await ruleFor('eve@example.com', 'eves/');
  await join('bob', 'bob@example.com');
  await join('eve', 'eve@example.com');
  await move('bob', 'eve@example.com');
  await move('eve', 'bob@example.com');
  const levels = async (name: Name) => [await levelOf(name, 'bobs/x'), await levelOf(name, 'eves/x')];
  expect([await levels('bob'), await levels('eve')]).toEqual([
    ['write', 'none'],
    ['none', 'write'],
  ]); // prettier-ignore
  expect([await shown('bob'), await shown('eve')]).toEqual([
    ['eve@example.com', 'bob@example.com'],
    ['bob@example.com', 'eve@example.com'],
  ]);
});

it('who comes back after leaving has nothing of before, and new rules for the address wait for them', async () => {
  await ruleFor('bob@example.com');
  await join('bob', 'bob@example.com');
  await as('ada').acl.grant({ vault, path: 'b/', grantee: { kind: 'person', id: idOf('bob') }, level: 'read' });
  await as('bob').members.leave({ vault });
  await ruleFor('bob@example.com', 'new/');
  await join('bob', 'bob@example.com');
  expect([await levelOf('bob'), await levelOf('bob', 'b/x'), await levelOf('bob', 'new/x')]).toEqual(['none', 'none', 'write']);
});

it('who comes back after their membership ended by itself has nothing of before', async () => {
  await ruleFor('bob@example.com');
  await join('bob', 'bob@example.com');
  await as('ada').members.setRole({ vault, personId: idOf('bob'), role: 'contributor', expiresAt: api.now() + 60 });
  expect(await levelOf('bob')).toBe('write');
  api.pass(60);
  await join('bob', 'bob@example.com');
  expect(await levelOf('bob')).toBe('none');
});

it('who is removed before their membership would have ended, and comes back for good, keeps what they get then', async () => {
  await join('bob', 'bob@example.com');
  await as('ada').members.setRole({ vault, personId: idOf('bob'), role: 'contributor', expiresAt: api.now() + 60 });
  await as('ada').members.remove({ vault, personId: idOf('bob') });
  await join('bob', 'bob@example.com');
  await ruleFor('bob@example.com');
  api.pass(60);
  await as('ada').members.list({ vault });
  expect(await levelOf('bob')).toBe('write');
});

it('an address that its member left behind is free for the next, with nothing of before', async () => {
  await ruleFor('bob@example.com');
  await join('bob', 'bob@example.com');
  await as('bob').members.leave({ vault });
  await move('bob', 'elsewhere@example.com');
  await move('eve', 'bob@example.com');
  await join('eve', 'bob@example.com');
  expect([await levelOf('eve'), (await shown('eve'))[1]]).toEqual(['none', 'bob@example.com']);
});

it('a rule given after a membership ended by itself waits for who joins next', async () => {
  await join('bob', 'bob@example.com');
  await ruleFor('bob@example.com');
  await as('ada').members.setRole({ vault, personId: idOf('bob'), role: 'contributor', expiresAt: api.now() + 60 });
  api.pass(60);
  await ruleFor('bob@example.com', 'new/');
  await join('bob', 'bob@example.com');
  expect([await levelOf('bob'), await levelOf('bob', 'new/x')]).toEqual(['none', 'write']);
});

it('who is a member has nothing to accept under another address, and the invitation stays for whoever has it next', async () => {
  await join('bob', 'bob@example.com');
  const { id } = await as('ada').members.invite({ vault, email: 'new@example.com', role: 'admin' });
  await move('bob', 'new@example.com');
  const refusal = await refusedWith(as('bob').members.accept({ invitation: id }));
  expect([refusal.code, refusal.message]).toEqual(['CONFLICT', 'You are a member of this organization already.']);
  await move('eve', 'new@example.com');
  expect(await as('eve').members.accept({ invitation: id })).toMatchObject({ role: 'admin' });
});

it('an invitation follows the address, not the person', async () => {
  const { id } = await as('ada').members.invite({ vault, email: 'bob@example.com', role: 'contributor' });
  await move('bob', 'elsewhere@example.com');
  expect(await refusalOf(as('bob').members.accept({ invitation: id }))).toBe('NOT_FOUND');
  await move('eve', 'bob@example.com');
  expect(await as('eve').members.accept({ invitation: id })).toMatchObject({ organization: vault });
});
