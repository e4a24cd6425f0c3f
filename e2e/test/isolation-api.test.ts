/** The API part of the isolation gate: every procedure and every REST route, tried across the line. A procedure that this file doesn't know fails it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { appRouter } from '@hq/api';
import { call, newcomer, rawRequest, type Person } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let ada: Person;
let bob: Person;
let acme: string;
let globex: string;
let invitation: string;
let group: string;
let versionId: string;

const secret = 'the crown jewels';
const path = 'team/secret.txt';
const hour = () => Math.floor(Date.now() / 1000) + 3600;

/** For each procedure, the input with which the owner would reach `acme`; null for those that name no vault and act on the caller alone. */
const across: Readonly<Record<string, (() => object) | null>> = {
  'acl.explain': () => ({ vault: acme, path }),
  'acl.grant': () => ({ vault: acme, path: 'team/', grantee: { kind: 'person', id: bob.id }, level: 'write', expiresAt: hour() }),
  'acl.list': () => ({ vault: acme, path: 'team/' }),
  'acl.preview': () => ({ vault: acme, path: 'team/', change: { kind: 'grant', grantee: { kind: 'org' }, level: 'read' } }),
  'acl.prove': () => ({ vault: acme, cone: 'team/' }),
  'acl.revoke': () => ({ vault: acme, path: 'team/', grantee: { kind: 'org' } }),
  'acl.setOpen': () => ({ vault: acme, path: 'team/', open: true }),
  'acl.who': () => ({ vault: acme, path }),
  'auth.config': null,
  'auth.refresh': null,
  'credentials.issue': () => ({ vault: acme, cone: 'team/', access: 'read' }),
  'credentials.list': () => ({ vault: acme }),
  'credentials.where': () => ({ vault: acme }),
  'files.access': () => ({ vault: acme, cone: 'team/', paths: [path] }),
  'files.copy': () => ({ vault: acme, from: path, to: 'team/copy.txt' }),
  'files.get': () => ({ vault: acme, path }),
  'files.list': () => ({ vault: acme, prefix: '' }),
  'files.move': () => ({ vault: acme, from: path, to: 'team/moved.txt' }),
  'files.put': () => ({ vault: acme, path, content: Buffer.from('taken').toString('base64') }),
  'files.remove': () => ({ vault: acme, path }),
  'files.restore': () => ({ vault: acme, path, versionId }),
  'files.search': () => ({ vault: acme, text: 'secret' }),
  'files.stat': () => ({ vault: acme, path }),
  'files.versions': () => ({ vault: acme, path }),
  'groups.add': () => ({ vault: acme, group, member: bob.id }),
  'groups.create': () => ({ vault: acme, name: 'mine' }),
  'groups.drop': () => ({ vault: acme, group, member: ada.id }),
  'groups.list': () => ({ vault: acme }),
  'groups.preview': () => ({ vault: acme, group, change: { kind: 'add', member: bob.id } }),
  'groups.remove': () => ({ vault: acme, group }),
  'me.get': null,
  'me.signOutEverywhere': null,
  'members.accept': () => ({ invitation }),
  'members.invite': () => ({ vault: acme, email: bob.email, role: 'admin' }),
  'members.leave': () => ({ vault: acme }),
  'members.list': () => ({ vault: acme }),
  'members.preview': () => ({ vault: acme, personId: ada.id, change: { kind: 'remove' } }),
  'members.remove': () => ({ vault: acme, personId: ada.id }),
  'members.setRole': () => ({ vault: acme, personId: bob.id, role: 'admin' }),
  'members.withdraw': () => ({ vault: acme, invitation }),
  'orgs.create': null,
  'orgs.get': () => ({ vault: acme }),
  'orgs.list': null,
};

const procedures = Object.entries(appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>).map(([name, procedure]) => ({
  name,
  kind: procedure._def.type,
}));

const rest = (method: string, route: string, token: string | undefined, body?: object) => rawRequest(server.apiUrl, method, route, token, body);

beforeAll(async () => {
  server = await startServer();
  [ada, bob] = await Promise.all([newcomer(server.apiUrl), newcomer(server.apiUrl)]);
  acme = (await ada.client.orgs.create.mutate({ name: 'acme' })).id;
  globex = (await bob.client.orgs.create.mutate({ name: 'globex' })).id;
  for (const vault of [acme, 'personal'] as const) {
    const put = await ada.client.files.put.mutate({ vault, path, content: Buffer.from(secret).toString('base64') });
    versionId = put.versionId ?? versionId;
  }
  group = (await ada.client.groups.create.mutate({ vault: acme, name: 'jewellers' })).id;
  await ada.client.groups.add.mutate({ vault: acme, group, member: ada.id });
  invitation = (await ada.client.members.invite.mutate({ vault: acme, email: 'carol@example.com', role: 'contributor' })).id;
});
afterAll(() => server[Symbol.asyncDispose]());

test('every procedure is known to this gate', () => {
  expect(procedures.map(({ name }) => name).sort()).toEqual(Object.keys(across).sort());
});

test('no procedure reaches an organization that the caller is no member of, nor tells that it exists', async () => {
  const before = await ada.client.files.versions.query({ vault: acme, path });
  for (const { name, kind } of procedures) {
    const input = across[name]?.();
    if (input === undefined) continue;
    const foreign = await call(server.apiUrl, name, kind, input, bob.accessToken);
    expect([name, foreign.status, foreign.code]).toEqual([name, 404, 'NOT_FOUND']);
    expect(foreign.text).not.toMatch(/jewel|secret|acme|carol/);
    // An organization that there is none of gets the same answer.
    const nowhere = await call(
      server.apiUrl,
      name,
      kind,
      JSON.parse(JSON.stringify(input).replaceAll(/(cmp|inv|grp)_\w{26}/g, '$1_00000000000000000000000000')),
      bob.accessToken,
    );
    expect([name, nowhere.status, nowhere.text.replaceAll(/0{26}/g, '')]).toEqual([
      name,
      foreign.status,
      foreign.text.replaceAll(/(?<=(cmp|inv|grp)_)\w{26}/g, ''),
    ]);
  }
  expect(await ada.client.files.versions.query({ vault: acme, path })).toEqual(before);
  expect((await ada.client.members.list.query({ vault: acme })).members).toHaveLength(1);
  expect((await ada.client.groups.list.query({ vault: acme })).groups).toMatchObject([{ id: group, reach: 1 }]);
});

test('what is another organization’s is nothing in one’s own, and named like nothing', async () => {
  const mine = (await bob.client.groups.create.mutate({ vault: globex, name: 'mine' })).id;
  const nobody = '00000000-0000-4000-8000-000000000000';
  const foreign: readonly (readonly [procedure: string, kind: 'query' | 'mutation', input: object])[] = [
    ['groups.add', 'mutation', { group, member: bob.id }],
    ['groups.add', 'mutation', { group: mine, member: group }],
    ['groups.add', 'mutation', { group: mine, member: ada.id }],
    ['groups.drop', 'mutation', { group, member: ada.id }],
    ['groups.list', 'query', { group }],
    ['groups.remove', 'mutation', { group }],
    ['groups.preview', 'query', { group, change: { kind: 'remove' } }],
    ['acl.grant', 'mutation', { path: 'team/', grantee: { kind: 'group', id: group }, level: 'read' }],
    ['acl.grant', 'mutation', { path: 'team/', grantee: { kind: 'person', id: ada.id }, level: 'read' }],
    ['acl.explain', 'query', { path, personId: ada.id }],
    ['acl.prove', 'query', { cone: 'team/', personId: ada.id }],
    ['members.setRole', 'mutation', { personId: ada.id, role: 'read-only' }],
    ['members.remove', 'mutation', { personId: ada.id }],
    ['members.preview', 'query', { personId: ada.id, change: { kind: 'remove' } }],
    ['members.withdraw', 'mutation', { invitation }],
    ['files.restore', 'mutation', { path, versionId }],
  ];
  for (const [procedure, kind, input] of foreign) {
    const answer = await call(server.apiUrl, procedure, kind, { vault: globex, ...input }, bob.accessToken);
    const text = JSON.stringify(input);
    const made = JSON.parse(
      text
        .replaceAll(group, `grp_${'0'.repeat(26)}`)
        .replaceAll(invitation, `inv_${'0'.repeat(26)}`)
        .replaceAll(ada.id, nobody),
    ) as object;
    const nowhere = await call(server.apiUrl, procedure, kind, { vault: globex, ...made }, bob.accessToken);
    const bare = (text: string) =>
      text
        .replaceAll(/(inv|grp)_\w{26}/g, '')
        .replaceAll(ada.id, '')
        .replaceAll(nobody, '');
    expect([procedure, input, answer.status, bare(answer.text)]).toEqual([procedure, input, nowhere.status, bare(nowhere.text)]);
    expect([procedure, input, answer.status >= 400 && answer.status < 500]).toEqual([procedure, input, true]);
    expect(answer.text).not.toMatch(/jewel|acme/);
    expect(answer.text).not.toContain(ada.email);
  }
  expect((await ada.client.groups.list.query({ vault: acme, group })).groups).toMatchObject([{ id: group, people: [{ personId: ada.id }] }]);
  expect((await ada.client.members.list.query({ vault: acme })).invitations).toMatchObject([{ id: invitation }]);
  await bob.client.groups.remove.mutate({ vault: globex, group: mine });
});

test('“personal” is the caller’s own vault, whoever asks', async () => {
  await expect(bob.client.files.get.query({ vault: 'personal', path })).rejects.toMatchObject({ data: { hq: { code: 'NOT_FOUND' } } });
  expect((await bob.client.files.list.query({ vault: 'personal' })).files).toEqual([]);
});

test('a continuation token opens no other vault, folder or procedure', async () => {
  for (let i = 0; i < 101; i++) await bob.client.files.put.mutate({ vault: globex, path: `many/${String(i).padStart(3, '0')}`, content: '' });
  const { continuationToken } = await bob.client.files.list.query({ vault: globex, prefix: 'many/' });
  expect(continuationToken).not.toBeNull();
  for (const [vault, prefix] of [
    [globex, ''],
    ['personal', 'many/'],
    [acme, 'many/'],
  ] as const) {
    const answer = await call(server.apiUrl, 'files.list', 'query', { vault, prefix, continuationToken }, bob.accessToken);
    expect(answer.status).toBe(vault === acme ? 404 : 400);
  }
  const stolen = await call(server.apiUrl, 'files.list', 'query', { vault: 'personal', prefix: 'many/', continuationToken }, ada.accessToken);
  expect(stolen.status).toBe(400);
});

test('no token, another kind of token, a changed one or a forged one opens nothing', async () => {
  const [header = '', payload = '', signature = ''] = ada.accessToken.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  const forged = Buffer.from(JSON.stringify({ ...claims, sub: bob.id })).toString('base64url');
  const unsigned = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
  const late = Buffer.from(JSON.stringify({ ...claims, exp: 1 })).toString('base64url');
  const tokens = {
    none: undefined,
    empty: '',
    'the id token': ada.idToken,
    'another subject': `${header}.${forged}.${signature}`,
    'no algorithm': `${unsigned}.${payload}.`,
    'another expiry': `${header}.${late}.${signature}`,
    noise: 'x'.repeat(3000),
    'the refresh token': ada.refreshToken,
  };
  for (const { name, kind } of procedures) {
    if (name.startsWith('auth.')) continue;
    for (const [which, token] of Object.entries(tokens)) {
      const input = across[name]?.() ?? (name === 'orgs.create' ? { name: 'initech' } : undefined);
      const answer = await call(server.apiUrl, name, kind, input, token);
      expect([name, which, answer.status]).toEqual([name, which, 401]);
      expect(answer.text).not.toMatch(/jewel|carol/);
    }
  }
});

test('no REST route leaves the caller’s own vault', async () => {
  const own = await rest('GET', `/api/files/${path}`, ada.accessToken);
  expect(JSON.parse(own.text)).toMatchObject({ content: Buffer.from(secret).toString('base64') });
  const reach = [
    path,
    `users/${ada.id}/hq/${path}`,
    `..%2F..%2F${ada.id}%2Fhq%2F${path}`,
    `%2e%2e/%2e%2e/${ada.id}/hq/${path}`,
    `%252e%252e/${path}`,
    `/${path}`,
    `..%5C${path}`,
  ];
  for (const route of reach) {
    for (const [method, body] of [['GET'], ['PUT', { content: 'dGFrZW4=', contentType: 'text/plain' }], ['DELETE']] as const) {
      const answer = await rest(method, `/api/files/${route}`, bob.accessToken, body);
      expect(answer.text).not.toContain('jewels');
      expect([200, 400, 404]).toContain(answer.status);
      expect((await rest(method, `/api/files/${route}`, undefined, body)).status).toBe(401);
    }
  }
  expect((await rest('GET', '/api/files?prefix=', undefined)).status).toBe(401);
  expect((await rest('GET', '/api/auth/credentials', undefined)).status).toBe(401);
  expect((await rest('POST', '/api/auth/refresh', undefined, { refreshToken: 'x' })).status).toBe(401);
  expect(JSON.parse((await rest('GET', '/api/auth/credentials', bob.accessToken)).text)).toMatchObject({ prefix: `users/${bob.id}/hq/` });
  expect((await rest('GET', `/api/files/${path}`, ada.accessToken)).text).toBe(own.text);
});

test('a token from before “sign out everywhere” is refused from then on', async () => {
  const carol = await newcomer(server.apiUrl);
  await carol.client.me.signOutEverywhere.mutate();
  expect((await call(server.apiUrl, 'me.get', 'query', undefined, carol.accessToken)).status).toBe(401);
  expect((await call(server.apiUrl, 'auth.refresh', 'mutation', { refreshToken: carol.refreshToken }, undefined)).status).toBe(401);
});
