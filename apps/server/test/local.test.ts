/** The flows of this server against the real thing: local-cloud for storage, the local issuer for sign-in, every layer in between. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTRPCClient, httpBatchLink } from '@trpc/client';
import superjson from 'superjson';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppRouter } from '@hq/api';
import { newPerson, signUpForTest, type TestTokens } from '@hq/local-cloud/test-support/sign-up';
import { composeLocal, type Running } from '../src/compose.ts';
import { freePort } from './free-port.ts';

let data: string;
let running: Running;
let ada: TestTokens & { email: string };
let bob: TestTokens & { email: string };
let eve: TestTokens & { email: string };
const logged: string[] = [];

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'hq-local-'));
  const log = { info() {}, warn() {}, error: (event: string, cause: unknown) => void logged.push(`${event} ${String(cause)}`) };
  running = await composeLocal({ port: await freePort(), storagePort: await freePort(), data }, log, { rate: null });
  const signUp = async () => signUpForTest({ origin: running.apiUrl }, newPerson());
  [ada, bob, eve] = [await signUp(), await signUp(), await signUp()];
});
afterAll(async () => {
  await running.close();
  rmSync(data, { recursive: true, force: true });
});

const clientOf = ({ accessToken }: TestTokens) =>
  createTRPCClient<AppRouter>({
    links: [httpBatchLink({ url: `${running.apiUrl}/trpc`, maxItems: 50, transformer: superjson, headers: { authorization: `Bearer ${accessToken}` } })],
  });
const base64 = (text: string) => Buffer.from(text).toString('base64');
const textOf = ({ content }: { content: string }) => Buffer.from(content, 'base64').toString();
/** Our code of a refusal. */
const refusalOf = async (call: Promise<unknown>) =>
  call.then(
    (value) => `answered ${JSON.stringify(value)}`,
    (error: { data?: { hq?: { code?: string } } }) => error.data?.hq?.code ?? 'no code of ours',
  );

describe('on the real local cloud', () => {
  it('files live in an organization: put, list, get, copy, move, versions, restore, remove, search', async () => {
    const { orgs, files } = clientOf(ada);
    const { id: vault, state } = await orgs.create.mutate({ name: 'acme' });
    expect(state).toBe('active');
    const put = await files.put.mutate({ vault, path: 'team/*hé $?{x}.md', content: base64('one'), contentType: 'text/markdown' });
    await files.put.mutate({ vault, path: 'team/*hé $?{x}.md', content: base64('two'), contentType: 'text/markdown', ifMatch: put.etag });
    expect(await refusalOf(files.put.mutate({ vault, path: 'team/*hé $?{x}.md', content: base64('three'), ifMatch: put.etag }))).toBe('PRECONDITION_FAILED');
    expect(await refusalOf(files.put.mutate({ vault, path: 'team/*hé $?{x}.md', content: base64('three'), ifNoneMatch: '*' }))).toBe('PRECONDITION_FAILED');
    const got = await files.get.query({ vault, path: 'team/*hé $?{x}.md' });
    expect([textOf(got), got.contentType]).toEqual(['two', 'text/markdown']);
    const { versions } = await files.versions.query({ vault, path: 'team/*hé $?{x}.md' });
    expect(versions.map(({ current, deleted, size }) => ({ current, deleted, size }))).toEqual([
      { current: true, deleted: false, size: 3 },
      { current: false, deleted: false, size: 3 },
    ]);
    await files.restore.mutate({ vault, path: 'team/*hé $?{x}.md', versionId: versions[1]?.versionId ?? '' });
    await files.copy.mutate({ vault, from: 'team/*hé $?{x}.md', to: 'team/copy.md' });
    await files.move.mutate({ vault, from: 'team/copy.md', to: 'moved/Copy.md' });
    expect(textOf(await files.get.query({ vault, path: 'moved/Copy.md' }))).toBe('one');
    expect((await files.list.query({ vault })).files.map(({ path }) => path)).toEqual(['moved/Copy.md', 'team/*hé $?{x}.md']);
    expect(await files.list.query({ vault, recursive: false })).toMatchObject({ files: [], folders: ['moved/', 'team/'] });
    expect((await files.search.query({ vault, text: 'copy' })).files).toHaveLength(1);
    expect(await refusalOf(files.move.mutate({ vault, from: 'moved/Copy.md', to: 'team/*hé $?{x}.md', ifNoneMatch: '*' }))).toBe('PRECONDITION_FAILED');
    await files.remove.mutate({ vault, path: 'moved/Copy.md' });
    expect(await refusalOf(files.stat.query({ vault, path: 'moved/Copy.md' }))).toBe('NOT_FOUND');
    expect(await refusalOf(files.get.query({ vault, path: 'team/never.md' }))).toBe('NOT_FOUND');
    expect(await refusalOf(files.get.query({ vault, path: 'team/*hé $?{x}.md', versionId: 'made-up' }))).toMatch(/NOT_FOUND|BAD_REQUEST/);
  });

  it('a second person joins by the invitation to their verified address, and gets what the rules give', async () => {
    const admin = clientOf(ada);
    const vault = (await admin.orgs.list.query()).organizations[0]?.id ?? '';
    await clientOf(bob).me.get.query();
    const invitation = await admin.members.invite.mutate({ vault, email: bob.email, role: 'contributor' });
    expect((await clientOf(bob).me.get.query()).invitations.map(({ id }) => id)).toEqual([invitation.id]);
    expect(await refusalOf(clientOf(eve).members.accept.mutate({ invitation: invitation.id }))).toBe('NOT_FOUND');
    await clientOf(bob).members.accept.mutate({ invitation: invitation.id });
    expect((await clientOf(bob).files.list.query({ vault })).files).toEqual([]);
    await admin.files.put.mutate({ vault, path: 'team/secret/key.md', content: base64('hidden') });
    await admin.acl.grant.mutate({ vault, path: 'team/', grantee: { kind: 'email', email: bob.email }, level: 'write' });
    await admin.acl.grant.mutate({ vault, path: 'team/secret/', grantee: { kind: 'org' }, level: 'none' });
    await admin.acl.grant.mutate({ vault, path: 'team/secret/', grantee: { kind: 'email', email: bob.email }, level: 'none' });
    expect((await clientOf(bob).files.list.query({ vault })).files.map(({ path }) => path)).toEqual(['team/*hé $?{x}.md']);
    await clientOf(bob).files.put.mutate({ vault, path: 'team/from-bob.md', content: base64('hi') });
    expect(await refusalOf(clientOf(bob).files.get.query({ vault, path: 'team/secret/key.md' }))).toBe('NOT_FOUND');
    expect(await refusalOf(clientOf(eve).files.list.query({ vault }))).toBe('NOT_FOUND');
  });

  it('an organization made many times at once is one', async () => {
    const made = await Promise.all(Array.from({ length: 5 }, () => clientOf(eve).orgs.create.mutate({ name: 'at-once' })));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    const vault = made[0]?.id ?? '';
    await clientOf(eve).files.put.mutate({ vault, path: 'works.md', content: base64('yes') });
    expect((await clientOf(eve).orgs.list.query()).organizations).toHaveLength(1);
  });

  it('listings go through pages, flat and deep, without gap or double', async () => {
    const { files } = clientOf(eve);
    const names = Array.from({ length: 108 }, (_, i) => `d${String(i).padStart(3, '0')}/${i % 2 === 0 ? 'ä b' : 'c'}.md`);
    await Promise.all(names.map((path) => files.put.mutate({ vault: 'personal', path: `many/${path}`, content: '' })));
    for (const recursive of [true, false]) {
      const first = await files.list.query({ vault: 'personal', prefix: 'many/', recursive });
      const second = await files.list.query({ vault: 'personal', prefix: 'many/', recursive, continuationToken: first.continuationToken ?? '' });
      expect([first.files.length + first.folders.length, second.files.length + second.folders.length, second.isTruncated]).toEqual([100, 8, false]);
      const all = recursive ? [...first.files, ...second.files].map(({ path }) => path) : [...first.folders, ...second.folders];
      expect(all).toEqual(names.map((path) => `many/${recursive ? path : path.slice(0, 5)}`));
    }
  });

  it('a file of the largest size goes in and comes out whole, one byte more does not', async () => {
    const { files } = clientOf(eve);
    const content = Buffer.alloc(4_500_000, 'abcdefg').toString('base64');
    await files.put.mutate({ vault: 'personal', path: 'large.bin', content });
    expect((await files.get.query({ vault: 'personal', path: 'large.bin' })).content).toBe(content);
    expect(await refusalOf(files.put.mutate({ vault: 'personal', path: 'larger.bin', content: Buffer.alloc(4_500_001).toString('base64') }))).toBe('TOO_LARGE');
    expect(await refusalOf(files.put.mutate({ vault: 'personal', path: 'larger.bin', content: Buffer.alloc(9_000_000).toString('base64') }))).toBe('TOO_LARGE');
    expect(await refusalOf(files.stat.query({ vault: 'personal', path: 'larger.bin' }))).toBe('NOT_FOUND');
  });

  it('sessions are issued, and the personal vault answers over REST', async () => {
    const vault = (await clientOf(ada).orgs.list.query()).organizations[0]?.id ?? '';
    const issued = await clientOf(bob).credentials.issue.mutate({ vault, cone: 'team/', access: 'write' });
    expect(issued.sessions).toMatchObject([{ allow: ['team/'], list: [] }]);
    expect(JSON.stringify(issued)).not.toContain('team/secret');
    expect((await clientOf(bob).credentials.list.query({ vault })).sessions.length).toBeGreaterThan(0);

    const headers = { authorization: `Bearer ${eve.accessToken}`, 'content-type': 'application/json' };
    const url = `${running.apiUrl}/api/files/workers/registry.yaml`;
    expect((await fetch(url, { method: 'PUT', headers, body: JSON.stringify({ content: base64('a: 1'), contentType: 'text/yaml' }) })).status).toBe(200);
    expect(await (await fetch(url, { headers })).json()).toEqual({ content: base64('a: 1'), contentType: 'text/yaml' });
    expect(await (await fetch(`${running.apiUrl}/api/files?prefix=workers/`, { headers })).json()).toMatchObject({
      files: [{ key: 'workers/registry.yaml', size: 4 }],
      isTruncated: false,
    });
    expect((await fetch(url, { headers: { authorization: `Bearer ${bob.accessToken}` } })).status).toBe(404);
    const refreshed = await fetch(`${running.apiUrl}/api/auth/refresh`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ refreshToken: eve.refreshToken }),
    });
    expect(refreshed.status).toBe(200);
    expect(await refreshed.json()).toMatchObject({ credentials: { accessKeyId: expect.stringMatching(/^ASIA/) } });
  });

  it('signing out everywhere refuses the token at once', async () => {
    const { sessionsEndBy } = await clientOf(eve).me.signOutEverywhere.mutate();
    expect(sessionsEndBy).toBeGreaterThan(Date.now() / 1000);
    expect(await refusalOf(clientOf(eve).me.get.query())).toBe('UNAUTHENTICATED');
    expect(logged).toEqual([]);
  });
});
