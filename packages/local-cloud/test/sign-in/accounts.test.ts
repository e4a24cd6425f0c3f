import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Seen } from '../../test-support/browser.ts';
import { mailedCode, newPerson, signInForTest, signUpForTest, startSignIn, tokenRequest } from '../../test-support/sign-up.ts';
import { startTestSignIn, type TestSignIn } from './server.ts';

let shift = 0;
let server: TestSignIn;
beforeAll(async () => {
  server = await startTestSignIn({ clock: () => Date.now() + shift });
});
afterAll(() => server.stop());

const mailsTo = async (email: string): Promise<{ subject: string; text: string }[]> => {
  const response = await fetch(`${server.origin}/outbox?to=${encodeURIComponent(email)}`, { headers: { accept: 'application/json' } });
  return ((await response.json()) as { mails: { subject: string; text: string }[] }).mails;
};
const wrongCode = (right: string): string => right.replace(/.$/, (last) => (last === '9' ? '0' : String(Number(last) + 1)));
/** A sign-up that waits for its code. */
const signUp = async (email: string, password: string) => {
  const flow = await startSignIn(server);
  const form = await flow.browser.get(`${flow.page.url}/sign-up`);
  const page = await flow.browser.submit(form, 'sign-up', { email, password });
  return { ...flow, page, confirm: (code: string): Promise<Seen> => flow.browser.submit(page, 'confirm', { code }) };
};
/** A reset that waits for its code. */
const forgot = async (email: string) => {
  const flow = await startSignIn(server);
  const form = await flow.browser.get(`${flow.page.url}/forgot`);
  const page = await flow.browser.submit(form, 'forgot', { email });
  return { ...flow, page, reset: (code: string, password: string): Promise<Seen> => flow.browser.submit(page, 'reset', { code, password }) };
};

const plain = (page: Seen, email: string): string =>
  page.html
    .replaceAll(email, 'ADDRESS')
    .replace(/interaction\/[\w-]+/g, 'interaction/UID')
    .replace(/name="token" value="[\w-]+"/g, 'TOKEN');

describe('signing up', () => {
  it('makes no account before the address is proven', async () => {
    const { email, password } = newPerson();
    await signUp(email, password);
    await expect(signInForTest(server, { email, password })).rejects.toThrow('not sent back');
  });

  it('takes the code once', async () => {
    const { email, password } = newPerson();
    const waiting = await signUp(email, password);
    const code = await mailedCode(server.origin, email);
    expect((await waiting.confirm(`${code.slice(0, 3)} ${code.slice(3)}`)).url).toContain('code=');
    expect((await waiting.confirm(code)).status).toBe(400);
  });

  it('takes five wrong codes and then none, not even the right one', async () => {
    const { email, password } = newPerson();
    const waiting = await signUp(email, password);
    const code = await mailedCode(server.origin, email);
    for (let tries = 0; tries < 5; tries += 1) expect((await waiting.confirm(wrongCode(code))).status).toBe(400);
    const last = await waiting.confirm(code);
    expect([last.status, last.html.includes('Too many wrong codes')]).toEqual([400, true]);
    const again = await waiting.browser.submit(waiting.page, 'resend', {});
    expect(again.html).toContain('A new code is on its way');
    expect((await waiting.confirm(code)).status).toBe(400);
    expect((await waiting.confirm(await mailedCode(server.origin, email))).url).toContain('code=');
  });

  it('takes no code that is older than 15 minutes', async () => {
    const { email, password } = newPerson();
    const waiting = await signUp(email, password);
    const code = await mailedCode(server.origin, email);
    shift += 15 * 60_000 + 1000;
    expect((await waiting.confirm(code)).html).toContain('has expired');
  });

  it('takes a code only in the browser that asked for it', async () => {
    const { email, password } = newPerson();
    await signUp(email, password);
    const code = await mailedCode(server.origin, email);
    const other = await signUp(email, 'the password of a stranger');
    expect((await other.confirm(code)).status).toBe(400);
  });

  it.each([
    ['short', 'short'],
    ['repeated', 'aaaaaaaaaaaaaaaa'],
    ['too long', 'correct horse '.repeat(30)],
  ])('refuses a password that is %s, and mails nothing', async (_name, password) => {
    const { email } = newPerson();
    const refused = await signUp(email, password);
    expect(refused.page.status).toBe(400);
    expect(refused.page.html).toContain('role="alert"');
    expect(await mailsTo(email)).toEqual([]);
  });

  it.each(['nobody', 'a@b', 'a b@example.com', 'a@example.com\r\nBcc: x@example.com', `${'a'.repeat(300)}@example.com`, '"><script>@example.com'])(
    'refuses what is no address (%.30s)',
    async (email) => {
      const refused = await signUp(email, 'correct horse battery');
      expect(refused.page.status).toBe(400);
      expect(refused.page.html).not.toContain('"><script>');
    },
  );

  it('with an address that has an account looks the same, and only the mailbox learns it', async () => {
    const known = await signUpForTest(server);
    const fresh = newPerson();
    const first = await signUp(known.email, 'another good password');
    const second = await signUp(fresh.email, 'another good password');
    expect(plain(first.page, known.email)).toBe(plain(second.page, fresh.email));
    const [mail] = await mailsTo(known.email);
    expect(mail?.subject).toBe('You have an HQ Cloud account already');
    expect(plain(await first.confirm('000000'), known.email)).toBe(plain(await second.confirm('000000'), fresh.email));
    expect((await signInForTest(server, known)).expiresIn).toBe(3600);
  });

  it('mails one address five times in a quarter of an hour at most', async () => {
    const { email, password } = newPerson();
    const waiting = await signUp(email, password);
    for (let more = 0; more < 4; more += 1) expect((await waiting.browser.submit(waiting.page, 'resend', {})).status).toBe(200);
    expect((await waiting.browser.submit(waiting.page, 'resend', {})).status).toBe(429);
    expect(await mailsTo(email)).toHaveLength(5);
  });

  it('is not offered, and not possible, where the deployment says so', async () => {
    await server.restart({ signUp: 'closed' });
    const flow = await startSignIn(server);
    expect(flow.page.html).not.toContain('sign-up');
    expect((await flow.browser.get(`${flow.page.url}/sign-up`)).status).toBe(404);
    const forged = { ...flow.page, html: flow.page.html.replace('/sign-in">', '/sign-up">') };
    const { email, password } = newPerson();
    expect((await flow.browser.submit(forged, 'sign-up', { email, password })).status).toBe(404);
    expect(await mailsTo(email)).toEqual([]);
    await server.restart({ signUp: 'open' });
  });
});

describe('a lost password', () => {
  it('is replaced by a mailed code; the old one and every old sign-in end', async () => {
    const person = await signUpForTest(server);
    const waiting = await forgot(person.email);
    const done = await waiting.reset(await mailedCode(server.origin, person.email), 'a wholly new password');
    expect((await waiting.finish(done.url)).expiresIn).toBe(3600);
    await expect(signInForTest(server, person)).rejects.toThrow('not sent back');
    const body = { grant_type: 'refresh_token', client_id: 'hq', refresh_token: person.refreshToken };
    await expect(tokenRequest(`${server.origin}/sign-in`, body)).rejects.toThrow('invalid_grant');
    expect((await signInForTest(server, { email: person.email, password: 'a wholly new password' })).expiresIn).toBe(3600);
  });

  it('stays as it was after a wrong code or a bad new password', async () => {
    const person = await signUpForTest(server);
    const waiting = await forgot(person.email);
    const code = await mailedCode(server.origin, person.email);
    expect((await waiting.reset(wrongCode(code), 'a wholly new password')).status).toBe(400);
    expect((await waiting.reset(code, 'short')).status).toBe(400);
    expect((await signInForTest(server, person)).expiresIn).toBe(3600);
    expect((await waiting.reset(code, 'a wholly new password')).url).toContain('code=');
  });

  it('of an unknown address looks the same, and gives a mail without a code', async () => {
    const { email } = newPerson();
    const waiting = await forgot(email);
    expect(waiting.page.html).toContain(`If <strong>${email}</strong> has an account`);
    expect((await mailsTo(email)).map(({ subject }) => subject)).toEqual(['No HQ Cloud account for this address']);
    expect((await waiting.reset('000000', 'a wholly new password')).status).toBe(400);
  });

  it('cannot be replaced with the code of a sign-up', async () => {
    const { email, password } = newPerson();
    const waiting = await signUp(email, password);
    const code = await mailedCode(server.origin, email);
    const forged = { ...waiting.page, html: waiting.page.html.replace('/confirm">', '/reset">') };
    expect((await waiting.browser.submit(forged, 'reset', { code, password: 'a wholly new password' })).status).toBe(400);
  });
});
