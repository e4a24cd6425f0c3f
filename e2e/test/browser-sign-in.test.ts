/** A person with Chromium and a terminal: makes an account, comes back, mistypes, and loses the password. */
import { randomUUID } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { newPerson, type TestPerson } from '@hq/local-cloud/test-support/sign-up';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumInstalled, launchChromium, openWindow } from '../browser/chromium.ts';
import { expectGoodPage, expectProblem } from '../browser/page-quality.ts';
import { fillAndSend, readMailedCode, tabTo } from '../browser/person.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { openShell, type Shell } from '../support/shell.ts';

/** Someone with an address as long as they come. */
const newcomer = (): TestPerson => newPerson(`${randomUUID().replaceAll('-', '')}@${'mail'.repeat(12)}.example.com`);
const phone = { viewport: { width: 360, height: 640 } };

describe.runIf(chromiumInstalled)('in Chromium', () => {
  let server: TestServer;
  let browser: Browser;
  let shell: Shell;

  beforeAll(async () => {
    [server, browser] = await Promise.all([startServer(), launchChromium()]);
    shell = openShell(server.apiUrl);
  });
  afterAll(async () => {
    shell[Symbol.dispose]();
    await Promise.all([browser.close(), server[Symbol.asyncDispose]()]);
  });

  const whoami = async (): Promise<unknown> => JSON.parse(await shell.ok('whoami', '--json'));

  test.each([
    ['with scripts', {}],
    ['without scripts, on a narrow screen', { ...phone, javaScriptEnabled: false }],
    ['in the dark, on a narrow screen', { ...phone, colorScheme: 'dark' as const }],
  ])('a newcomer signs up %s, and the terminal then knows them', async (_how, options) => {
    const { email, password } = newcomer();
    const { page, complaints, close } = await openWindow(browser, options);
    const { address, ended } = await shell.beginLogin();
    await page.goto(address);
    await expectGoodPage(page, 'Sign in');
    await page.getByRole('link', { name: 'Create an account' }).click();
    await expectGoodPage(page, 'Create an account');
    await fillAndSend(page, { 'E-mail address': email, 'Choose a password': password }, 'Continue');
    await expectGoodPage(page, 'Check your mail');
    const openMailbox = () => page.getByRole('link', { name: 'open the local mailbox' }).click();
    const code = await readMailedCode(page, email, openMailbox, (mailbox) => expectGoodPage(mailbox, 'Local mail'));
    await fillAndSend(page, { 'Six-digit code': code }, 'Confirm');
    await page.getByRole('heading', { name: 'Signed in' }).waitFor();
    await expectGoodPage(page, 'Signed in');
    expect(new URL(page.url()).hostname).toBe('127.0.0.1');
    expect(await ended).toMatchObject({ code: 0 });
    expect(await whoami()).toMatchObject({ email });
    expect(complaints).toEqual([]);
    await close();
  });

  test('the keyboard is enough', async () => {
    const { email, password } = newPerson();
    const { page, complaints, close } = await openWindow(browser);
    const { address, ended } = await shell.beginLogin();
    await page.goto(address);
    const press = async (name: string, next: string): Promise<void> => {
      await tabTo(page, name);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: next }).waitFor();
    };
    await press('Create an account', 'Create an account');
    await tabTo(page, 'E-mail address');
    await page.keyboard.type(email);
    await tabTo(page, 'Choose a password');
    await page.keyboard.type(password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Check your mail' }).waitFor();
    await tabTo(page, 'open the local mailbox');
    const code = await readMailedCode(page, email, () => page.keyboard.press('Enter'));
    await tabTo(page, 'Six-digit code');
    await page.keyboard.type(code);
    await press('Confirm', 'Signed in');
    expect(await ended).toMatchObject({ code: 0 });
    expect(await whoami()).toMatchObject({ email });
    expect(complaints).toEqual([]);
    await close();
  });

  test('a mistake is said beside its field, and says nothing about who has an account', async () => {
    const known = await shell.login();
    const { page, complaints, close } = await openWindow(browser, phone);
    const { address } = await shell.beginLogin();
    await page.goto(address);
    const refusals: string[] = [];
    for (const email of [known.email, newPerson().email]) {
      await fillAndSend(page, { 'E-mail address': email, Password: 'not the password of anyone' }, 'Sign in');
      await expectProblem(page, 'password', 'This address and password do not fit');
      expect(await page.getByLabel('E-mail address').inputValue()).toBe(email);
      expect(await page.getByLabel('Password').inputValue()).toBe('');
      refusals.push((await page.content()).replaceAll(email, 'ADDRESS'));
      await expectGoodPage(page, 'Sign in');
    }
    expect(refusals[0]).toBe(refusals[1]);

    await page.getByRole('link', { name: 'Create an account' }).click();
    const { email } = newcomer();
    await fillAndSend(page, { 'E-mail address': email, 'Choose a password': email }, 'Continue');
    await expectProblem(page, 'password', 'contains your e-mail address');
    await expectGoodPage(page, 'Create an account');
    // An address that is taken looks like any other: only its mailbox learns the difference.
    await fillAndSend(page, { 'E-mail address': known.email, 'Choose a password': newPerson().password }, 'Continue');
    await page.getByRole('heading', { name: 'Check your mail' }).waitFor();
    await fillAndSend(page, { 'Six-digit code': '000000' }, 'Confirm');
    await expectProblem(page, 'code', 'That code is not right');
    await expectGoodPage(page, 'Check your mail');
    await page.getByRole('button', { name: 'Send a new code' }).click();
    expect(await page.getByRole('status').textContent()).toContain('A new code is on its way');
    await page.goto(address);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('heading', { name: 'Not signed in' }).waitFor();
    await expectGoodPage(page, 'Not signed in');
    expect(complaints).toEqual([]);
    await close();
  });

  test('who comes back signs in, then only agrees, or lets somebody else in', async () => {
    const [ada, bob] = [await shell.login(), await shell.login()];
    const { page, complaints, close } = await openWindow(browser, phone);
    const begin = async () => {
      const login = await shell.beginLogin();
      await page.goto(login.address);
      return login;
    };
    const first = await begin();
    await fillAndSend(page, { 'E-mail address': ada.email, Password: ada.password }, 'Sign in');
    expect(await first.ended).toMatchObject({ code: 0 });
    expect(await whoami()).toMatchObject({ email: ada.email });

    const second = await begin();
    await expectGoodPage(page, 'Continue?');
    expect(await page.getByRole('main').textContent()).toContain(ada.email);
    await page.getByRole('button', { name: 'Continue', exact: true }).click();
    expect(await second.ended).toMatchObject({ code: 0 });
    expect(await whoami()).toMatchObject({ email: ada.email });

    const third = await begin();
    await page.getByRole('button', { name: 'Use another account' }).click();
    await fillAndSend(page, { 'E-mail address': bob.email, Password: bob.password }, 'Sign in');
    expect(await third.ended).toMatchObject({ code: 0 });
    expect(await whoami()).toMatchObject({ email: bob.email });
    expect(complaints).toEqual([]);
    await close();
  });

  test('a lost password is replaced by a mailed code, and the old one is then worth nothing', async () => {
    const { email, password } = await shell.login();
    const { page, complaints, close } = await openWindow(browser, phone);
    const { address, ended } = await shell.beginLogin();
    await page.goto(address);
    await page.getByRole('link', { name: 'Forgot your password?' }).click();
    await expectGoodPage(page, 'Forgot your password?');
    await fillAndSend(page, { 'E-mail address': email }, 'Mail me a code');
    await expectGoodPage(page, 'Choose a new password');
    const code = await readMailedCode(page, email, () => page.getByRole('link', { name: 'open the local mailbox' }).click());
    const change = (typed: string, chosen: string) => fillAndSend(page, { 'Six-digit code': typed, 'New password': chosen }, 'Change password and sign in');
    const renewed = newPerson().password;
    await change(code === '123456' ? '654321' : '123456', renewed);
    await expectProblem(page, 'code', 'That code is not right');
    await expectGoodPage(page, 'Choose a new password');
    await change(code, email);
    await expectProblem(page, 'password', 'contains your e-mail address');
    await change(code, renewed);
    expect(await ended).toMatchObject({ code: 0 });
    expect(await whoami()).toMatchObject({ email });

    const later = await openWindow(browser);
    const again = await shell.beginLogin();
    await later.page.goto(again.address);
    await fillAndSend(later.page, { 'E-mail address': email, Password: password }, 'Sign in');
    await expectProblem(later.page, 'password', 'do not fit');
    await fillAndSend(later.page, { Password: renewed }, 'Sign in');
    expect(await again.ended).toMatchObject({ code: 0 });
    expect([...complaints, ...later.complaints]).toEqual([]);
    await Promise.all([close(), later.close()]);
  });
});
