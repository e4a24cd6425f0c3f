/** The local issuer: the contract with keys of our own, then the real sign-in with a real person. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSignIn, type SignIn } from '@hq/local-cloud/sign-in';
import { signUpForTest } from '@hq/local-cloud/test-support/sign-up';
import { personIdPattern } from '@hq/shared/ids';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createOidcIdentity } from '../../src/adapters/local/oidc-identity.ts';
import type { Identity } from '../../src/ports/identity.ts';
import { identityContract } from './identity-contract.ts';

const origin = 'http://127.0.0.1:8787';
const issuer = `${origin}/sign-in`;
const discovery = {
  issuer,
  jwks_uri: `${issuer}/jwks`,
  token_endpoint: `${issuer}/token`,
  userinfo_endpoint: `${issuer}/userinfo`,
  global_sign_out_endpoint: `${issuer}/sign-out-everywhere`,
};
const discoveryPath = '/sign-in/.well-known/openid-configuration';

identityContract({
  name: 'the local issuer',
  issuer,
  jwksPath: '/sign-in/jwks',
  answers: (path) => (path === discoveryPath ? discovery : undefined),
  create: (fetch, clock) => createOidcIdentity({ issuer, clientId: 'hq-client', fetch, clock }),
});

test('an issuer that would send tokens elsewhere, or is another one, is not trusted', async () => {
  const documents = [
    { ...discovery, token_endpoint: 'http://evil.example/token' },
    { ...discovery, issuer: `${issuer}/` },
    {},
    { ...discovery, userinfo_endpoint: 7 },
  ];
  for (const document of documents) {
    const identity = createOidcIdentity({ issuer, clientId: 'hq', clock: () => 0, fetch: async () => Response.json(document) });
    await expect(identity.refresh('TOKEN')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  }
});

test('an issuer that has no room for now signs nobody out, and its reason is passed on', async () => {
  const why = 'The disk of this server is full.';
  const answers = async (url: string, status: number, body: object) => (url.endsWith('/token') ? Response.json(body, { status }) : Response.json(discovery));
  const refreshed = (status: number, body: object) =>
    createOidcIdentity({ issuer, clientId: 'hq', clock: () => 0, fetch: (url) => answers(url, status, body) }).refresh('TOKEN');
  const paused = { code: 'UNAVAILABLE', hint: why, message: expect.stringContaining('nobody is signed out') };
  await expect(refreshed(503, { error: 'temporarily_unavailable', error_description: why })).rejects.toMatchObject(paused);
  await expect(refreshed(503, { error: 'temporarily_unavailable', error_description: 'x\ny' })).rejects.toMatchObject({ hint: 'Try again in a moment.' });
  await expect(refreshed(503, {})).rejects.toMatchObject({ code: 'UNAVAILABLE', message: 'The sign-in does not answer.' });
});

describe('the real local sign-in', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hq-sign-in-'));
  let signIn: SignIn;
  let identity: Identity;
  let target: { origin: string; clientId: string };
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/outbox') === true) signIn.handleOutbox(request, response);
    else void signIn.handle(request, response);
  });

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const at = server.address() as AddressInfo; // it listens on TCP
    target = { origin: `http://127.0.0.1:${at.port}`, clientId: 'hq' };
    signIn = await createSignIn({ issuer: `${target.origin}/sign-in`, data: folder });
    identity = createOidcIdentity({ issuer: `${target.origin}/sign-in`, clientId: 'hq', clock: () => Math.floor(Date.now() / 1000), fetch });
  });
  afterAll(async () => {
    signIn.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  });

  test('a person who signed up is verified, known by their address, refreshed once a token, and signed out everywhere', async () => {
    const signed = await signUpForTest(target);
    const token = await identity.verify(signed.accessToken);
    expect(token.personId).toMatch(personIdPattern);
    expect(token.expiresAt - token.issuedAt).toBe(3600);
    expect(await identity.profile(signed.accessToken)).toEqual({ personId: token.personId, email: signed.email, emailVerified: true });
    await expect(identity.verify(signed.idToken)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(identity.verify(signed.refreshToken)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });

    const next = await identity.refresh(signed.refreshToken);
    expect(next.refreshToken).not.toBe(signed.refreshToken);
    expect((await identity.verify(next.accessToken)).personId).toBe(token.personId);
    await identity.signOutEverywhere(token.personId, next.accessToken);
    await expect(identity.refresh(next.refreshToken)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(identity.profile(next.accessToken)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('a refresh token that is used twice is refused, and ends its family', async () => {
    const signed = await signUpForTest(target);
    const next = await identity.refresh(signed.refreshToken);
    await expect(identity.refresh(signed.refreshToken)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(identity.refresh(next.refreshToken)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(identity.refresh('nonsense')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});
