/** The whole client of one server: which sessions it goes on to use when access changes, or somebody else signs in. */
import { canonicalPath } from '@hq/shared/path';
import { serialize } from 'superjson';
import { describe, expect, it } from 'vitest';
import { memoryTokenStore } from '../src/auth/memory-store.ts';
import { exclusiveInProcess, type Tokens } from '../src/auth/tokens.ts';
import { composeHq } from '../src/hq.ts';
import { webHashing } from '../src/transfer/web-hashing.ts';

const now = 1_800_000_000;
const server = 'http://127.0.0.1:8787';
const organization = `cmp_${'0'.repeat(26)}`;
const record = { path: 'a/', rules: [], open: false, version: 1, sessionsEndBy: null };

function tokensOf(person: string): Tokens {
  const issuer = `${server}/sign-in`;
  return { issuer, tokenEndpoint: `${issuer}/token`, clientId: 'hq', idToken: 'i', accessToken: person, refreshToken: 'r', expiresAt: now + 900 };
}

/** A client whose server mints a session for whoever asks, named after them and counted. */
async function clientOf() {
  const minted: string[] = [];
  const store = memoryTokenStore();
  await store.save(server, tokensOf('ada'));
  const hq = composeHq({
    server,
    tokens: store,
    exclusively: exclusiveInProcess(),
    transport: { send: () => Promise.reject(new Error('storage is not part of this test')), close: () => undefined },
    hashing: webHashing,
    clock: () => now,
    random: () => 0,
    fetch: async (input, init) => {
      const { pathname } = new URL(new Request(input).url);
      const person = new Headers(init?.headers).get('authorization')?.slice('Bearer '.length) ?? '';
      if (pathname === '/trpc/credentials.issue') minted.push(person);
      const credentials = { accessKeyId: `${person}${minted.length}`, secretAccessKey: 's', sessionToken: 't', expiration: now + 900 };
      const grant = {
        endpoint: null,
        bucket: 'b',
        region: 'us-east-1',
        keyPrefix: '',
        kmsKeyArn: 'k',
        sessions: [{ id: 'x', allow: [''], list: [], credentials }],
      };
      const data = pathname === '/trpc/credentials.issue' ? grant : record;
      return new Response(JSON.stringify([{ result: { data: serialize(data) } }]), { headers: { 'content-type': 'application/json' } });
    },
  });
  const vault = hq.vault(organization);
  const keyInUse = async (): Promise<string> => (await vault.sessions.lease(canonicalPath('f'), 'read')).session.credentials.accessKeyId;
  return { hq, minted, keyInUse };
}

describe('sessions at hand', () => {
  it('are used again as long as nothing changes', async () => {
    const { hq, keyInUse } = await clientOf();
    expect(await keyInUse()).toBe('ada1');
    await hq.api.acl.list.query({ vault: organization, path: '' });
    expect(await keyInUse()).toBe('ada1');
  });

  it('are dropped when this client changes who may do what', async () => {
    const { hq, keyInUse } = await clientOf();
    expect(await keyInUse()).toBe('ada1');
    await hq.api.acl.grant.mutate({ vault: organization, path: 'a/', grantee: { kind: 'org' }, level: 'read' });
    expect(await keyInUse()).toBe('ada2');
  });

  it('are never another person’s: signing in as somebody else, or out, drops them', async () => {
    const { hq, keyInUse, minted } = await clientOf();
    expect(await keyInUse()).toBe('ada1');
    await hq.tokens.replace(tokensOf('eve'));
    expect(await keyInUse()).toBe('eve2');
    await hq.tokens.forget();
    await expect(keyInUse()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(minted).toEqual(['ada', 'eve']);
  });
});
