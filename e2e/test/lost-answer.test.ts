/** The connection breaks after the server has made a change and before its answer arrives: the client asks again, and the change is made once. */
import { createApi, type Api } from '@hq/sdk/api/client';
import { randomRequestId } from '@hq/sdk/api/request-id';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newcomer, type Person } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let ada: Person;
let vault: string;
beforeAll(async () => {
  server = await startServer();
  ada = await newcomer(server.apiUrl);
  ({ id: vault } = await ada.client.orgs.create.mutate({ name: 'acme' }));
});
afterAll(() => server[Symbol.asyncDispose]());

/** The person's client over a line that loses the next answers to changes; `sent` counts the requests that reached the server. */
function overBadLine(losses: number): { api: Api; sent: () => number } {
  let left = losses;
  let sent = 0;
  const api = createApi({
    server: server.apiUrl,
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      if (init?.method !== 'POST') return response;
      sent += 1;
      if (left-- <= 0) return response;
      await response.arrayBuffer();
      throw Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) });
    },
    clock: () => Math.floor(Date.now() / 1000),
    random: () => 0,
    accessToken: async () => ada.accessToken,
    rejectToken: () => undefined,
    requestId: randomRequestId,
  });
  return { api, sent: () => sent };
}

test('a rule is granted once', async () => {
  const { api, sent } = overBadLine(2);
  const granted = await api.acl.grant.mutate({ vault, path: 'reports/', grantee: { kind: 'org' }, level: 'read', version: 0 });
  expect(sent()).toBe(3);
  expect(granted).toMatchObject({ version: 1, rules: [{ level: 'read' }] });
  expect((await ada.client.acl.list.query({ vault, path: '' })).records).toEqual([expect.objectContaining({ path: 'reports/', version: 1 })]);
});

test('a group is made once, and filled once', async () => {
  const { api, sent } = overBadLine(1);
  const group = await api.groups.create.mutate({ vault, name: 'finance' });
  expect(sent()).toBe(2);
  expect((await ada.client.groups.list.query({ vault })).groups.map(({ id }) => id)).toEqual([group.id]);
  const second = overBadLine(1);
  const filled = await second.api.groups.add.mutate({ vault, group: group.id, member: ada.id, version: group.version });
  expect([second.sent(), filled.version]).toEqual([2, group.version + 1]);
});

test('someone is invited once, with one letter', async () => {
  const { api, sent } = overBadLine(1);
  const { id } = await api.members.invite.mutate({ vault, email: 'bob@example.com', role: 'contributor' });
  expect(sent()).toBe(2);
  expect((await ada.client.members.list.query({ vault })).invitations.map((invitation) => invitation.id)).toEqual([id]);
  const outbox = await fetch(`${server.apiUrl}/outbox?to=bob@example.com`, { headers: { accept: 'application/json' } });
  expect(((await outbox.json()) as { mails: unknown[] }).mails).toHaveLength(1);
});

test('without the same id, the version alone keeps it from being made twice', async () => {
  const input = { vault, path: 'plans/', grantee: { kind: 'org' }, level: 'read', version: 0 } as const;
  await ada.client.acl.grant.mutate(input);
  await expect(ada.client.acl.grant.mutate({ ...input, level: 'write' })).rejects.toMatchObject({ data: { hq: { code: 'CONFLICT' } } });
});
