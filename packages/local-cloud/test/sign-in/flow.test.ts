import { createHash } from 'node:crypto';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from '../../test-support/browser.ts';
import { newPerson, signUpForTest, startSignIn, type TestPerson } from '../../test-support/sign-up.ts';
import { startTestSignIn, type TestSignIn } from './server.ts';

let server: TestSignIn;
let person: TestPerson;
beforeAll(async () => {
  server = await startTestSignIn();
  person = await signUpForTest(server);
});
afterAll(() => server.stop());

const challenge = createHash('sha256').update('v'.repeat(43)).digest('base64url');
const authorize = (change: Record<string, string | undefined>): Promise<{ url: string; status: number; html: string }> => {
  const asked: Record<string, string | undefined> = {
    client_id: 'hq',
    response_type: 'code',
    redirect_uri: 'http://127.0.0.1:45678/callback',
    scope: 'openid email',
    state: 's',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...change,
  };
  const kept = Object.entries(asked).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return new Browser().get(`${server.origin}/sign-in/authorize?${new URLSearchParams(kept).toString()}`);
};
const submit = async (fields: Record<string, string>) => {
  const flow = await startSignIn(server);
  return await flow.browser.submit(flow.page, 'sign-in', fields);
};

const plain = (page: { html: string }, email: string): string =>
  page.html
    .replaceAll(email, 'ADDRESS')
    .replace(/interaction\/[\w-]+/g, 'interaction/UID')
    .replace(/name="token" value="[\w-]+"/g, 'TOKEN');

const signedIn = async (): Promise<Browser> => {
  const flow = await startSignIn(server);
  await flow.browser.submit(flow.page, 'sign-in', { email: person.email, password: person.password });
  return flow.browser;
};

describe('asking to sign in', () => {
  it.each([
    ['no PKCE', { code_challenge: undefined, code_challenge_method: undefined }],
    ['a plain challenge', { code_challenge_method: 'plain' }],
    ['an implicit token', { response_type: 'id_token', nonce: 'n' }],
  ])('with %s is refused to the client', async (_name, change) => {
    const answer = await authorize(change);
    const seen = answer.url.startsWith('http://127.0.0.1:45678/') ? answer.url : `${answer.status} ${answer.html}`;
    expect(seen).toMatch(/error=(invalid_request|unsupported_response_type)|^400/);
    expect(seen).not.toContain('code=');
  });

  it.each([
    'http://127.0.0.1:45678/other',
    'http://127.0.0.2:45678/callback',
    'https://127.0.0.1:45678/callback',
    'http://evil.example/callback',
    'http://127.0.0.1:45678@evil.example/callback',
    'http://127.0.0.1.evil.example/callback',
    'javascript:alert(1)',
  ])('from %s leads nowhere', async (redirect_uri) => {
    const answer = await authorize({ redirect_uri });
    expect(answer.status).toBe(400);
    expect(answer.url.startsWith(server.origin)).toBe(true);
    expect(answer.html).toContain('redirect_uri');
  });

  it.each([1024, 65535])('takes any port of the loopback address (%d)', async (port) => {
    expect((await authorize({ redirect_uri: `http://127.0.0.1:${port}/callback` })).html).toContain('Sign in');
  });

  it('under another host name is refused', async () => {
    const { request } = await import('node:http');
    const { port } = new URL(server.origin);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, path: '/sign-in/jwks', headers: { host: `rebound.example:${port}` } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.on('error', reject).end();
    });
    expect(status).toBe(421);
  });

  it('gives back the state, and the issuer', async () => {
    const flow = await startSignIn(server);
    const done = await flow.browser.submit(flow.page, 'sign-in', { email: person.email, password: person.password });
    const answer = new URL(done.url).searchParams;
    expect([answer.get('state'), answer.get('iss')]).toEqual([flow.state, flow.issuer]);
  });
});

describe('a sign-in', () => {
  it('with a wrong password and one with an unknown address look the same', async () => {
    const wrong = await submit({ email: person.email, password: 'not the password' });
    const unknown = await submit({ email: 'nobody@example.com', password: 'not the password' });
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect(plain(wrong, person.email)).toBe(plain(unknown, 'nobody@example.com'));
  });

  it.each(['', 'x', 'é'.repeat(5000), '\u0000', '<script>alert(1)</script>', "' OR 1=1 --"])('with hostile fields is refused (%.20s)', async (text) => {
    const answer = await submit({ email: text, password: text });
    expect([400, 401, 413]).toContain(answer.status);
    expect(answer.html).not.toContain('<script>');
  });

  it('takes the address in any case', async () => {
    expect((await submit({ email: ` ${person.email.toUpperCase()} `, password: person.password })).url).toContain('code=');
  });

  it('is refused for an address that had ten wrong passwords, known or not, and free again after a while', async () => {
    const known = await signUpForTest(server);
    for (const email of [known.email, 'someone@example.com']) {
      for (let tries = 0; tries < 10; tries += 1) expect((await submit({ email, password: 'not the password' })).status).toBe(401);
      const limited = await submit({ email, password: known.password });
      expect([limited.status, limited.html.includes('Too many tries')]).toEqual([429, true]);
    }
    await server.restart({ clock: () => Date.now() + 16 * 60_000 });
    expect((await submit({ email: known.email, password: known.password })).url).toContain('code=');
    await server.restart();
  });

  it('can be cancelled, and the program is told', async () => {
    const flow = await startSignIn(server);
    const done = await flow.browser.submit(flow.page, 'cancel', {});
    expect(done.url).toContain('error=access_denied');
    expect(done.url).toContain(`state=${flow.state}`);
  });
});

describe('a browser that is signed in', () => {
  it('is asked before a program gets a code, and gives one when the person agrees', async () => {
    const flow = await startSignIn(server, await signedIn());
    expect(flow.page.html).toContain('Continue?');
    const done = await flow.browser.submit(flow.page, 'continue', {});
    expect(decodeJwt((await flow.finish(done.url)).idToken)['email']).toBe(person.email);
  });

  it('can switch to another account', async () => {
    const other = newPerson();
    await signUpForTest(server, other);
    const flow = await startSignIn(server, await signedIn());
    const form = await flow.browser.submit(flow.page, 'switch', {});
    const done = await flow.browser.submit(form, 'sign-in', { email: other.email, password: other.password });
    expect(decodeJwt((await flow.finish(done.url)).idToken)['email']).toBe(other.email);
  });

  it('asks for the password again where the program wants that, also for another person', async () => {
    const other = newPerson();
    await signUpForTest(server, other);
    for (const who of [person, other]) {
      const flow = await startSignIn(server, await signedIn(), { prompt: 'login' });
      expect(flow.page.html).toContain('name="password"');
      const done = await flow.browser.submit(flow.page, 'sign-in', { email: who.email, password: who.password });
      expect(decodeJwt((await flow.finish(done.url)).idToken)['email']).toBe(who.email);
    }
  });

  it('gives no code without a page when a program asks for that', async () => {
    const flow = await startSignIn(server, await signedIn(), { prompt: 'none' });
    expect(flow.page.url).toContain('error=');
    expect(flow.page.url).not.toContain('code=');
  });
});
